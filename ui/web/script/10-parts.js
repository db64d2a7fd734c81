// The page's script: these files, joined in the order of their names, run once. Each HTML part of the page hands over its
// `element`, `trigger`, `props` and `watch`, which Gradio gives to it; `fire` tells the server of an event by its name.
// Nothing is ever evaluated, and what the server sends as HTML has been escaped there (`ui.web.views.markup`).
const parts = {};
const calm = matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth';
const narrow = matchMedia('(max-width: 62rem)');
const frame = () => document.getElementById('dl-body').dataset;  // what style.css looks at
const find = (selector) => document.querySelector(selector);
const all = (selector) => [...document.querySelectorAll(selector)];

function words(key, gaps) {
  const status = document.getElementById('dl-said');
  let text = (status && JSON.parse(status.dataset.words)[key]) || '';
  for (const [name, value] of Object.entries(gaps || {})) text = text.replace(`{${name}}`, value);
  return text;
}

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

function notify(text) {  // a toast of our own, where the server cannot send one
  const made = make('div', '', { class: 'dl-toast', role: 'alert' });
  const close = make('button', '×', { type: 'button', 'aria-label': words('close') });
  close.addEventListener('click', () => made.remove());
  made.append(make('p', text), close);
  for (const other of all('#dl-said ~ .dl-toast')) other.remove();
  find('.dl-head').append(made);
}

// What a tab keeps over a reload: drafts, questions without an answer, places

const memory = {
  get: (name) => { try { return JSON.parse(sessionStorage.getItem(`dateline-${name}`)); } catch { return null; } },
  set: (name, value) => { try { sessionStorage.setItem(`dateline-${name}`, JSON.stringify(value)); } catch { /* full */ } },
};

// The next to sign in with this tab may be somebody else
document.addEventListener('submit', (event) => { if (event.target.matches('form[action="logout"]')) sessionStorage.clear(); });

async function toClipboard(text, html) {
  if (navigator.clipboard && window.isSecureContext) {
    if (!html || !window.ClipboardItem) return navigator.clipboard.writeText(text);
    const kind = (type, content) => [type, new Blob([content], { type })];
    return navigator.clipboard.write([
      new ClipboardItem(Object.fromEntries([kind('text/plain', text), kind('text/html', html)])),
    ]);
  }
  const area = make('textarea', text, { class: 'dl-sr' });
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
  return undefined;
}

async function copied(button, text, html) {
  await toClipboard(text, html);
  const before = button.textContent;
  button.textContent = button.dataset.said;
  say(button.dataset.said);
  setTimeout(() => { button.textContent = before; }, 1500);
}
