// Run once for each of the page's HTML parts. Gradio gives `element`, `trigger`, `props` and `watch`.
// What the server must know goes to `trigger` by its name; the rest is done here. Nothing is ever evaluated.
const TOLD = [
  'cite', 'near', 'suggested', 'retry', 'undo', 'edit', 'keep', 'like', 'dislike',
  'open', 'rename', 'delete', 'unfilter',
];
const calm = matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth';
const narrow = matchMedia('(max-width: 62rem)');
const frame = () => document.getElementById('dl-body').dataset;  // what style.css looks at

function say(text) {
  const status = document.getElementById('dl-said');
  if (status) status.textContent = text;
}

function make(tag, text, attributes) {
  const made = document.createElement(tag);
  made.textContent = text;
  for (const [name, value] of Object.entries(attributes || {})) made.setAttribute(name, value);
  return made;
}

async function toClipboard(text) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  const area = make('textarea', text, { class: 'dl-sr' });
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}

async function copied(button, text) {
  await toClipboard(text);
  const before = button.textContent;
  button.textContent = button.dataset.said;
  say(button.dataset.said);
  setTimeout(() => { button.textContent = before; }, 1500);
}

// The article beside the chat

function showMark() {
  const mark = document.querySelector('#dl-reader mark.dl-current') || document.querySelector('#dl-reader mark');
  const target = mark || document.querySelector('#dl-reader .dl-headline');
  if (!target) return;
  target.setAttribute('tabindex', '-1');
  target.focus({ preventScroll: true });
  const box = document.querySelector('#dl-reader .dl-reader');
  const place = target.getBoundingClientRect();
  const room = box.getBoundingClientRect();
  box.scrollTo({ top: box.scrollTop + place.top - room.top - room.height / 3, behavior: 'auto' });
}

function readerChanged() {
  const article = document.querySelector('#dl-reader .dl-reader');
  for (const button of document.querySelectorAll('#dl-talk [data-act="cite"]')) {
    const same = article && button.dataset.n === article.dataset.n && button.dataset.number === article.dataset.current;
    if (same) button.setAttribute('aria-current', 'true'); else button.removeAttribute('aria-current');
  }
  if (article) frame().reading = '1'; else delete frame().reading;
  const drawer = !!article && narrow.matches;
  for (const id of ['dl-main', 'dl-head']) {
    const part = document.getElementById(id);
    if (part) part.inert = drawer;
  }
  if (article) {
    if (drawer) { article.setAttribute('role', 'dialog'); article.setAttribute('aria-modal', 'true'); }
    requestAnimationFrame(showMark);
  }
}

function closeReader() {
  const reader = document.querySelector('#dl-reader');
  if (reader && reader.dlClose) reader.dlClose();
  const opener = window.dlOpener;
  const again = opener && document.querySelector(
    `[data-act="${opener.act}"][data-n="${opener.n}"][data-number="${opener.number}"]`);
  if (again) again.focus();
}

// The list of conversations

function renaming(button) {
  const item = button.closest('li');
  const form = make('form', '');
  const name = make('input', '', { value: button.dataset.title, 'aria-label': button.dataset.label, maxlength: 80 });
  const cancel = make('button', button.dataset.cancel, { type: 'button' });
  form.append(name, make('button', button.dataset.save, { type: 'submit' }), cancel);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    trigger('rename', { id: button.dataset.id, title: name.value });
    form.remove();
    item.classList.remove('dl-renaming');
  });
  cancel.addEventListener('click', () => { form.remove(); item.classList.remove('dl-renaming'); button.focus(); });
  item.classList.add('dl-renaming');
  item.append(form);
  name.select();
}

function deleting(button) {
  const tools = button.closest('div');
  const ask = make('p', button.dataset.sure, { role: 'alert' });
  const yes = make('button', button.dataset.delete, { type: 'button', class: 'dl-bad' });
  const no = make('button', button.dataset.cancel, { type: 'button' });
  ask.append(yes, no);
  yes.addEventListener('click', () => { ask.remove(); trigger('delete', { id: button.dataset.id }); });
  no.addEventListener('click', () => { ask.remove(); button.focus(); });
  tools.after(ask);
  no.focus();
}

function listed() {
  const side = document.getElementById('dl-side');
  return !!side && getComputedStyle(side).display !== 'none';
}

const HERE = {
  copy: (button) => copied(button, button.dataset.text),
  link: (button) => copied(button, `${location.origin}${location.pathname}?${button.dataset.query}`),
  close: closeReader,
  dismiss: () => { props.value = ''; },
  renaming,
  deleting,
  side: (button) => {
    const show = !listed();
    frame().list = show ? 'on' : 'off';
    button.setAttribute('aria-expanded', String(show));
  },
  dark: () => {
    const dark = document.body.classList.toggle('dark');
    localStorage.setItem('dateline-dark', dark ? '1' : '0');
  },
};

element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-act]');
  if (!button || !element.contains(button) || button.disabled) return;
  const act = button.dataset.act;
  if (act === 'cite' || act === 'near') {
    if (!button.closest('#dl-reader')) window.dlOpener = { ...button.dataset };
    const open = document.querySelector('#dl-reader .dl-reader');
    if (open && open.dataset.n === button.dataset.n && open.dataset.current === button.dataset.number) showMark();
  }
  if (act in HERE) HERE[act](button);
  else if (TOLD.includes(act)) trigger(act, { ...button.dataset });
});

if (element.closest('#dl-reader')) {
  element.closest('#dl-reader').dlClose = () => { props.value = ''; setTimeout(readerChanged); };
  watch('value', readerChanged);
  narrow.addEventListener('change', readerChanged);
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && frame().reading) closeReader();
  });
}

if (element.closest('#dl-toast')) {
  let waiting;
  watch('value', () => {
    clearTimeout(waiting);
    if (props.value) waiting = setTimeout(() => { props.value = ''; }, 15000);
  });
}

// The conversation: a new question goes to the top, a finished answer is read out

if (element.closest('#dl-talk')) {
  const talk = element.closest('#dl-talk');
  const showPlace = () => {
    const looking = element.querySelector('.dl-looking');
    const tracker = talk.querySelector(':scope > [data-testid="status-tracker"]');
    if (!looking || !tracker) return;
    const place = /queue: (\d+)\//.exec(tracker.textContent);  // Gradio's, in English only
    const said = place ? looking.dataset.place.replace('{number}', place[1]) : looking.dataset.said;
    if (looking.textContent !== said) looking.textContent = said;
  };
  new MutationObserver(showPlace).observe(talk, { childList: true, characterData: true, subtree: true });
  let waiting = '';
  watch('value', () => {
    const turns = element.querySelectorAll('.dl-turn');
    const last = turns[turns.length - 1];
    const now = (last && last.dataset.waiting) || '';
    if (now && now !== waiting) {
      last.scrollIntoView({ block: 'start', behavior: calm });
      trigger('answer', {});
    }
    if (waiting && !now && last) say(last.querySelector('.dl-none-head, .dl-trouble, .dl-answer, .dl-facts').textContent);
    waiting = now;
  });
}

// The address names the conversation, so that a reload finds it again

if (element.closest('#dl-side')) {
  const hide = () => { if (narrow.matches && frame().list === 'on') frame().list = 'off'; };
  document.addEventListener('click', (event) => {
    const inside = event.target.closest('#dl-side');
    if (event.target.closest('[data-act="open"], #dl-new') || !(inside || event.target.closest('[data-act]'))) hide();
  });
  document.addEventListener('keydown', (event) => { if (event.key === 'Escape') hide(); });
  watch('value', () => {
    const current = element.querySelector('[aria-current]');
    history.replaceState(null, '', current ? `?c=${current.dataset.id}` : location.pathname);
  });
}

if (element.closest('#dl-head')) {
  const kept = localStorage.getItem('dateline-dark');
  if (kept !== null) document.body.classList.toggle('dark', kept === '1');
}
