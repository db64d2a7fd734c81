// Browsing: the form is sent as an event, and what was searched last comes back with the view

function search(data) {
  memory.set('browse', data);
  memory.set('spot-browse', 0);
  fire('browse', 'search', data);
}

function browse() { search(memory.get('browse') || {}); }

function more(button) {  // all articles on a question
  const given = new URLSearchParams(button.dataset.query);
  const first = (name) => (given.getAll(name).length === 1 && given.get(name)) || '';  // several outlets have no field there
  search({
    query: first('q'), ...Object.fromEntries(['since', 'until', 'source', 'category', 'author', 'language'].map((name) => [name, first(name)])),
  });
  turnTo('browse');
}

document.addEventListener('submit', (event) => {
  const form = event.target.closest('[data-search]');
  if (!form) return;
  event.preventDefault();
  window.scrollTo(0, 0);  // what is found begins there
  search(Object.fromEntries(new FormData(form)));
});
document.addEventListener('change', (event) => {
  const form = event.target.closest('[data-search]');
  if (form && !event.target.matches('[type="search"]')) form.requestSubmit();
});
