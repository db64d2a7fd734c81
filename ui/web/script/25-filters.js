// The filters. Their form is sent with each question, and this tab keeps what is chosen in it

const NOTHING = { since: '', until: '', source: [], category: [] };
const linked = new URLSearchParams(location.search).has('q');  // the address has filters of its own
let known = false;  // the form has come before

function chosen() {
  const form = find('#dl-filters form');
  if (!form) return NOTHING;
  const given = new FormData(form);
  return { since: given.get('since'), until: given.get('until'), source: given.getAll('source'), category: given.getAll('category') };
}

function choose(filters) {
  for (const field of all('#dl-filters [name]')) {
    const value = filters[field.name];
    if (field.type === 'checkbox') field.checked = (value || []).includes(field.value); else field.value = value || '';
  }
}

function filtered(change) {
  choose({ ...chosen(), ...change });
  memory.set('filters', chosen());
  fire('filters', 'filtered', chosen());
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
