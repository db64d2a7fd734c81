// The conversation. The server sends only what is new: "keep the first `start` questions; these come after them".

const talk = () => find('#dl-talk .dl-turns');
const turns = () => all('#dl-talk .dl-turns > [data-n]');
const lastTurn = () => turns().at(-1);
const waiting = () => (lastTurn() && lastTurn().dataset.waiting) || '';
let asked = 0;  // the number of the last question that the server has taken
let change = 0;  // the number of the last change that is shown
let read = '';  // the number of the question that waits for its answer

function patch(value) {
  if (!value || typeof value !== 'object') return;
  const list = talk();
  if (value.change > change + ('only' in value ? 0 : 1) && value.start !== 0) { fire('talk', 'resync'); return; }  // one was lost
  if ('only' in value) { changeOne(value); return; }
  if (value.change <= change) return;  // it came late, and a newer one is shown
  change = value.change;
  const focus = list.contains(document.activeElement) && document.activeElement;
  for (const mine of all('#dl-talk .dl-mine')) mine.remove();
  const shown = [...list.children];
  const made = document.createElement('template');
  made.innerHTML = value.turns.join('');
  const fresh = [...made.content.children];
  shown.slice(value.start + fresh.length).forEach((turn) => turn.remove());
  fresh.forEach((turn, k) => {
    const before = shown[value.start + k];
    if (!before) list.append(turn);
    else if (before.outerHTML !== turn.outerHTML) replaceTurn(before, turn);
  });
  markCurrent();
  settle(value);
  if (value.opened === 'new' || (focus && !focus.checkVisibility())) toBox();
}

function replaceTurn(before, turn) {
  if (!before.matches('.dl-welcome') || !turn.matches('.dl-welcome')) before.replaceWith(turn);
  else renew(before, turn);  // its questions are found one after the other
}

function toBox() {  // where the reader goes on, once what had the focus is gone; on a phone that would bring up the keyboard
  if (!matchMedia('(hover: none)').matches && view() === 'ask') box().focus({ preventScroll: true });
}

function changeOne(value) {  // what could be asked next has been found
  const last = lastTurn();
  if (!last || waiting() || value.c !== current() || last.dataset.n !== String(value.only)) return;
  const made = document.createElement('template');
  made.innerHTML = value.turns[0];
  const found = made.content.querySelector('.dl-questions');
  delete last.dataset.unsought;
  for (const old of last.querySelectorAll('.dl-questions')) old.remove();
  if (found) last.append(found);
}

// After a change: request the answer that is awaited, read out one that has come, show what waits in this tab
function settle(value) {
  const last = lastTurn();
  const now = waiting();
  asked = value.asked;
  talk().dataset.c = value.c;
  if (value.opened === 'new' || value.c) place.s = '';
  if (value.c !== place.c || value.opened) goTo({ c: value.c, read: value.opened ? null : place.read }, pushNext);
  pushNext = false;
  if (value.opened) arrived(value.opened);
  outbox(value);
  if (now && now !== read) {
    if (!quietly) last.scrollIntoView({ block: 'start', behavior: calm });
    quietly = false;
    fire('talk', 'answer');
  }
  if (read && !now && last) {
    const told = last.querySelector('.dl-none-head, .dl-trouble, .dl-answer, .dl-facts');
    if (told) say(told.textContent);
  }
  read = now;
  if (last && !now && 'unsought' in last.dataset) {
    delete last.dataset.unsought;
    fire('talk', 'suggest', { n: last.dataset.n });
  }
}

function showPlace() {  // in the queue; Gradio tells it in English only
  const looking = find('#dl-talk .dl-turn .dl-looking');
  const tracker = find('#dl-talk > [data-testid="status-tracker"]');
  if (!looking || !tracker) return;
  const place = /queue: (\d+)\//.exec(tracker.textContent);
  const told = place && Number(place[1]) > 0 ? looking.dataset.place.replace('{number}', place[1]) : looking.dataset.said;
  if (looking.textContent !== told) looking.textContent = told;
}
