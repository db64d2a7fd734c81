// Places: a conversation, an open article, a view. Each is an entry of the browser's history, and finds itself again.

const VIEWS = ['ask', 'browse', 'index'];
const view = () => frame().view || 'ask';
const current = () => (talk() && talk().dataset.c) || '';
let place = (history.state && history.state.dateline) || fromAddress();
let pushNext = false;   // the next change of the conversation is the reader's wish, and not an answer that was stored
let then = null;        // the article to open once the conversation is there
history.scrollRestoration = 'manual';

function fromAddress() {
  const named = location.hash.slice(1);
  const query = new URLSearchParams(location.search);
  const [c, s] = [query.get('c') || '', query.get('s') || ''];  // a conversation, or an answer that was shared
  return { c, s, view: VIEWS.includes(named) ? named : 'ask', read: null, pushed: false };
}

function goTo(change, push) {
  const next = { ...place, ...change };
  if (JSON.stringify(next) === JSON.stringify(place)) return;
  if (push) next.pushed = !!(next.read && !place.read);
  place = next;
  const address = `${location.pathname}${next.c ? `?c=${next.c}` : next.s ? `?s=${next.s}` : ''}${next.view === 'ask' ? '' : `#${next.view}`}`;
  history[push ? 'pushState' : 'replaceState']({ dateline: place }, '', address);
}

function listChanged() {
  const open = find('#dl-list [aria-current]');
  document.title = open ? `${open.textContent} · Dateline` : 'Dateline';
}

function show(name) {
  if (name === view() && parts[name] && parts[name].shown) return;
  frame().view = name;
  for (const link of all('.dl-nav [data-view]')) {
    if (link.dataset.view === name) link.setAttribute('aria-current', 'page'); else link.removeAttribute('aria-current');
  }
  if (name === 'index') fire('index', 'overview');
  if (name === 'browse' && !find('#dl-browse .dl-found') && !underWay('browse')) browse();
  const at = memory.get(spot()) || 0;  // before it is shown: the window scrolls by itself where it is shorter
  requestAnimationFrame(() => window.scrollTo(0, at));
}

function turnTo(name) {
  const change = { view: name };
  if (name === 'index' && article()) { emptyReader(); change.read = null; }
  goTo(change, true);
  show(name);
}

addEventListener('popstate', (event) => {
  const was = place;
  place = (event.state && event.state.dateline) || fromAddress();
  if (place.c !== current()) {
    then = place.read;
    back = true;
    fire('side', place.c ? 'open' : 'begin', { id: place.c });
  } else if (place.read && JSON.stringify(place.read) !== JSON.stringify(was.read)) openArticle(place.read);
  else if (!place.read && article()) emptyReader();
  if (place.view !== view()) show(place.view);
});

// Where a conversation stands: at its end, or where this tab has left it

const spot = () => `spot-${view() === 'ask' ? current() : view()}`;
let placed = false;
let back = false;

function arrived(how) {
  const at = back || how === 'arrived' ? memory.get(spot()) : null;
  [placed, back] = [true, false];
  if (how === 'arrived') { show(place.view); then = place.read; }
  requestAnimationFrame(() => {
    const last = lastTurn();
    if (view() !== 'ask') return;
    if (at !== null) window.scrollTo(0, at);
    else if (last) last.scrollIntoView({ block: 'end' });
    else window.scrollTo(0, 0);
  });
  if (then) openArticle(then);
  then = null;
}

addEventListener('scroll', () => {
  if (placed && (view() === 'browse' || (view() === 'ask' && turns().length))) memory.set(spot(), Math.round(scrollY));
}, { passive: true });
