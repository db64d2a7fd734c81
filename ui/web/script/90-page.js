// What each button does: here, or on the server

const TOLD = { edit: 'talk', undo: 'talk', retry: 'talk', pass_on: 'talk', keep: 'note', pin: 'side', reindex: 'index' };
const CHANGES = ['edit', 'undo', 'retry'];  // of what was said: not while an answer is made
const ONCE = [...CHANGES, 'suggested', 'alone', 'unfiltered', 'pass_on'];  // also where it is clicked twice in a moment
const HERE = {
  suggested: (button) => send(button.dataset.question),
  cite: (button, event) => openArticle(button.dataset, event),
  near: (button, event) => openArticle(button.dataset, event),
  article: (button, event) => openArticle(button.dataset, event),
  copy: (button) => copied(button, button.dataset.text, rich(button.closest('.dl-turn'))),
  link: (button) => copied(button, `${location.origin}${location.pathname}?${button.dataset.query}`),
  close: closeReader,
  dismiss: () => { parts.toast.props.value = ''; },
  begin: () => { pushNext = true; fire('side', 'begin'); },
  open: (button) => { pushNext = true; if (view() !== 'ask') show('ask'); fire('side', 'open', { id: button.dataset.id }); },
  view: (button) => turnTo(button.dataset.view),
  api: () => { const link = find('footer .show-api'); if (link) link.click(); },  // Gradio's page opens by no address
  side: showSide,
  more,
  keys: keysHelp,
  only: askOnly,
  alone: (button) => send(button.dataset.question, { alone: '1' }),
  unfiltered: (button) => send(button.dataset.question, NOTHING),
  unfilter: (button) => unfilter(button.dataset.name),
  preset: (button) => filtered({ since: button.dataset.since, until: '' }),
  renaming,
  deleting,
  like: (button) => rate(button, 1),
  dislike: (button) => rate(button, -1),
  dark: () => {
    const dark = document.body.classList.toggle('dark');
    localStorage.setItem('dateline-dark', dark ? '1' : '0');
  },
};

function rich(turn) {  // the answer for a document: its statements, and its sources as links
  const made = make('div', '');
  for (const said of turn.querySelectorAll('.dl-answer > li')) made.append(make('p', said.innerText));
  const list = make('ol', '');
  for (const source of turn.querySelectorAll('.dl-sources > li')) {
    const [title, byline, address] = ['.dl-title', '.dl-byline', '.dl-address'].map((part) => source.querySelector(part));
    const item = make('li', '');
    item.append(address ? make('a', title.textContent, { href: address.textContent }) : title.textContent);
    if (byline && byline.textContent) item.append(`, ${byline.textContent}`);
    list.append(item);
  }
  if (turn.querySelector('.dl-answer')) made.append(list);
  return turn.querySelector('.dl-answer') ? made.innerHTML : '';
}

function clicked(event) {
  const button = event.target.closest('[data-act]');
  if (!button || button.disabled) return;
  const act = button.dataset.act;
  if (event.detail > 1 && ONCE.includes(act)) return;
  if (CHANGES.includes(act) && waiting()) { notify(words('busy')); return; }
  const earlier = fired;
  if (act in HERE) HERE[act](button, event);
  else if (act in TOLD) fire(TOLD[act], act, { ...button.dataset });
  press(button, earlier);
  const question = button.closest('.dl-turn') && button.closest('.dl-turn').querySelector('.dl-question').textContent;
  if (act === 'edit') edited(question);
  if (act === 'keep') { bringBack(); box().focus(); }
  if (act === 'undo' && !box().value) fill(question);
  if (act === 'retry') button.closest('.dl-turn').dataset.waiting = 'again';  // until the server says so
}

// What happens when a part has arrived or changed

let fading;
const CHANGED = {
  talk: () => patch(parts.talk.props.value),
  reader: readerChanged,
  side: () => { shown('side'); narrowList(find('#dl-side .dl-find')); listChanged(); },
  browse: () => shown('browse'),
  filters: () => {
    if (!parts.filters.props.value) return;
    const open = Boolean(find('#dl-filters details[open]'));
    shown('filters');
    find('#dl-filters details').open = open;
    filtersChanged();
  },
  toast: () => {
    clearTimeout(fading);
    if (parts.toast.props.value) fading = setTimeout(() => { parts.toast.props.value = ''; }, 15000);
  },
};

function arrives(part) {
  const name = part.element.closest('[id^="dl-"]').id.slice(3);
  parts[name] = part;
  part.element.addEventListener('click', clicked);
  if (name === 'talk') {
    const outer = find('#dl-talk');
    new MutationObserver(showPlace).observe(outer, { childList: true, characterData: true, subtree: true });
  }
  if (name in CHANGED) {
    part.watch('value', CHANGED[name]);
    if (part.props.value) CHANGED[name]();  // it came before
  }
  Object.keys(lines).forEach(advance);
  if (name === 'head') {
    const choice = localStorage.getItem('dateline-dark');
    if (choice !== null) document.body.classList.toggle('dark', choice === '1');
  }
}

const early = window.datelineParts || [];
window.datelineParts = { push: arrives };
early.forEach(arrives);
narrow.addEventListener('change', () => { if (article()) readerChanged(); });

// Send and stop need a name, and Gradio gives them none
new MutationObserver(() => {
  for (const [kind, key] of [['submit', 'send'], ['stop', 'stop']]) {
    const button = find(`#dl-box .${kind}-button`);
    if (button && !button.title) Object.assign(button, { title: words(key), ariaLabel: words(key) });
  }
}).observe(document.body, { childList: true, subtree: true });
