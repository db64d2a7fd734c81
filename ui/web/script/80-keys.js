// Keys. They are shown under "?"

function step(by) {
  const open = article();
  const label = by > 0 ? '.dl-bar [data-step="next"]' : '.dl-bar [data-step="back"]';
  if (open) { const button = open.querySelector(label); if (button && !button.disabled) button.click(); return; }
  const last = turns().filter((turn) => turn.querySelector('.dl-cite button')).at(-1);
  if (last) last.querySelector('.dl-cite button').click();
}

function keysHelp() {
  const dialog = find('#dl-keys');
  if (dialog && !dialog.open) dialog.showModal();
}

const writes = (target) => target.closest && target.closest('input, textarea, select, [contenteditable="true"], dialog');
const KEYS = {
  '/': () => { if (view() !== 'ask') turnTo('ask'); box().focus(); },
  j: () => step(1),
  k: () => step(-1),
  '?': keysHelp,
};

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || composes(event)) return;
  if (event.key === 'Escape') escaped(event);
  else if (event.key in KEYS && !writes(event.target)) { event.preventDefault(); KEYS[event.key](); }
});

function escaped(event) {
  if (event.target.closest && event.target.closest('dialog')) return;
  const stop = find('#dl-box .stop-button');
  const cancel = find('#dl-list [data-escape]') || find('#dl-note [data-act="keep"]');
  if (card) hideCard();
  else if (cancel && cancel.closest('li, #dl-ask').contains(event.target)) cancel.click();
  else if (frame().reading) closeReader();
  else if (narrow.matches && frame().list === 'on') hideSide();
  else if (stop && waiting()) stop.click();
}
