// The filters. Their form is sent with each question, and this tab keeps what is chosen in it

const LISTS = ['source', 'category', 'author', 'language', 'article'];
const NOTHING = { since: '', until: '', ...Object.fromEntries(LISTS.map((name) => [name, []])) };
const linked = new URLSearchParams(location.search).has('q');  // the address has filters of its own
let known = false;  // the form has come before

function chosen() {
  const form = find('#dl-filters form');
  if (!form) return NOTHING;
  const given = new FormData(form);
  const lists = LISTS.map((name) => [name, given.getAll(name)]);
  return { since: given.get('since'), until: given.get('until'), ...Object.fromEntries(lists) };
}

function choose(filters) {
  const form = find('#dl-filters form');
  if (!form) return;
  for (const field of all('#dl-filters [name="article"]')) field.remove();  // articles have no field that is always there
  for (const id of filters.article || []) form.append(make('input', '', { type: 'hidden', name: 'article', value: id }));
  for (const field of all('#dl-filters [name]:not([type="hidden"])')) {
    const value = filters[field.name];
    if (field.type === 'checkbox') field.checked = (value || []).includes(field.value); else field.value = value || '';
  }
}

function filtered(change) {
  choose({ ...chosen(), ...change });
  memory.set('filters', chosen());
  fire('filters', 'filtered', chosen());
  showOnly();
}

function showOnly() {  // whether the open article is the one that is asked alone
  const asked = chosen().article;
  for (const button of all('#dl-reader [data-act="only"]')) {
    button.setAttribute('aria-pressed', String(asked.length === 1 && asked[0] === button.dataset.id));
  }
}

function askOnly(button) {
  if (button.getAttribute('aria-pressed') === 'true') { filtered({ article: [] }); return; }
  filtered({ ...NOTHING, article: [button.dataset.id] });
  if (view() !== 'ask') turnTo('ask');
  if (narrow.matches) { opener = 'box'; closeReader(); }  // it covers the box
  else box().focus();
}

function unfilter(name) {  // as the chip is named: "since", "source:Harbour Post", "all"
  const now = chosen();
  const [kind, ...rest] = name.split(':');
  if (kind === 'all') filtered(NOTHING);
  else filtered({ [kind]: Array.isArray(now[kind]) ? now[kind].filter((one) => one !== rest.join(':')) : '' });
}

function filtersChanged() {  // the form has come: for the first time, or with the names of a new generation
  const before = memory.get('filters');
  if (!known && linked) memory.set('filters', chosen());
  else if (before && Object.values(before).flat().some(Boolean)) filtered(before);
  known = true;
}

document.addEventListener('change', (event) => {
  if (event.target.matches('#dl-filters [name]')) filtered({});
});
document.addEventListener('input', (event) => {
  const list = event.target.matches('#dl-filters .dl-find') && event.target.parentElement.querySelectorAll('label');
  const wanted = event.target.value.trim().toLowerCase();
  for (const name of list || []) name.hidden = !name.textContent.toLowerCase().includes(wanted);
});
document.addEventListener('submit', (event) => { if (event.target.closest('#dl-filters')) event.preventDefault(); });
