// Asking. A question is shown at once, and stays here until its answer has come: no reload, no answer under way and no
// lost connection may lose it.

// `sent` is the question that the server was sent, and `next` are those that wait for its answer, each with its filters.
// `aside` is the draft that stood in the box when a question came into it to be edited
const kept = Object.assign({ draft: '', aside: '', sent: null, next: [], tries: 0, said: [] }, memory.get('outbox'));
const box = () => find('#dl-box textarea');
let quietly = false;  // the next question to be shown was typed while another one waited: its answer is being read now
let before = 0;  // how many questions the server had taken when the one in `kept.sent` was sent

function keep(change) { memory.set('outbox', Object.assign(kept, change)); }

function fill(text) {
  const field = box();
  field.value = text;
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

function tooLong(text) {
  const most = Number(find('#dl-said').dataset.limit);
  const note = find('#dl-long');
  const long = [...text].length > most;
  if (note) note.remove();
  if (long) {
    const count = [...text].length.toLocaleString(document.documentElement.lang || 'en');
    find('#dl-box').after(make('p', words('too_long', { count, most }), { id: 'dl-long', class: 'dl-trouble', role: 'alert' }));
  }
  return long;
}

function send(question, how) {
  if (!question.trim() || tooLong(question)) return;
  keep({ said: [...kept.said.filter((one) => one !== question), question].slice(-20) });
  const sent = { ...chosen(), ...how, question };
  if (kept.sent || waiting()) keep({ next: [...kept.next, sent] });
  else dispatch(sent, 0);
  showMine(true);
}

function sendTyped() {
  const question = box().value;
  send(question);
  if (!find('#dl-long') && question.trim()) bringBack();
}

function bringBack() {
  fill(kept.aside);
  keep({ aside: '' });
}

function edited(question) {
  if (!find('#dl-note .dl-note')) keep({ aside: box().value });
  fill(question);
  box().focus();
}

function dispatch(sent, tries) {
  before = asked;
  keep({ sent, tries });
  fire('talk', 'ask', sent);
}

function giveBack() {  // what could not be sent goes into the box again
  const { sent } = kept;
  keep({ sent: null });
  if (sent && box() && !box().value) fill(sent.question);
  else if (sent) keep({ next: [sent, ...kept.next] });
  showMine();
}

// Called after each change of the conversation
function outbox(value) {
  if (value.opened === 'arrived') resume();
  else if (kept.sent && value.refused && !waiting()) giveBack();
  else if (kept.sent && asked > before && !waiting()) keep({ sent: null, tries: 0 });
  if (value.opened && value.opened !== 'arrived') leave();
  if (!kept.sent && !waiting() && kept.next.length) {
    const [first, ...next] = kept.next;
    keep({ next });
    quietly = true;
    dispatch(first, 0);
  }
  showMine();
}

function leave() {  // the conversation; a question that was never sent comes back
  const left = kept.next.at(-1);
  keep({ sent: null, next: [] });
  if (left && !box().value) fill(left.question);
}

function resume() {  // after a reload
  if (!box().value && kept.draft) fill(kept.draft);
  const last = lastTurn();
  const there = last && last.querySelector('.dl-question').textContent === kept.sent?.question;
  if (!kept.sent || there) keep({ sent: null });
  else if (kept.tries > 1) giveBack();  // perhaps it is the question that brings the server down
  else dispatch(kept.sent, kept.tries + 1);
}

function showMine(come) {
  for (const old of all('#dl-talk .dl-mine')) old.remove();
  const list = talk();
  if (!list) return;
  const taken = asked > before || !kept.sent;
  const mine = taken ? kept.next : [kept.sent, ...kept.next];
  mine.forEach((one, k) => {
    const item = make('section', '', { class: 'dl-mine' });
    item.append(make('h2', one.question, { class: 'dl-question', dir: 'auto' }));
    if (k === 0 && !taken) item.append(make('p', words('looking'), { class: 'dl-looking' }));
    else {
      const note = make('p', `${words('queued')} `, { class: 'dl-facts' });
      const back = make('button', words('take_back'), { type: 'button' });
      back.addEventListener('click', () => {
        keep({ next: kept.next.filter((other) => other !== one) });
        if (!box().value) fill(one.question);
        showMine();
      });
      note.append(back);
      item.append(note);
    }
    list.append(item);
  });
  for (const welcome of all('#dl-talk .dl-welcome')) welcome.hidden = mine.length > 0;
  const last = all('#dl-talk .dl-mine').at(-1);
  if (come && last) last.scrollIntoView({ block: taken ? 'nearest' : 'start', behavior: calm });
}

// Gradio does not tell the page that a request has failed: so its requests are watched here, and their answers
const plainFetch = window.fetch;
let streams = 0;  // through which answers come, open now
window.fetch = async (...given) => {
  const address = String(given[0] && given[0].url || given[0]);
  const event = given[1] && given[1].method === 'POST' && /gradio_api\/(run|queue\/join)/.test(address);
  if (/gradio_api\/queue\/data/.test(address)) watchStream(given[0].signal || (given[1] && given[1].signal));
  try {
    const answer = await plainFetch(...given);
    if (event && !answer.ok) await refused(answer, address, keyOf(given[1]));
    return answer;
  } catch (error) {
    if (event) failed('no_connection', keyOf(given[1]));
    throw error;
  } finally {
    if (event) over(keyOf(given[1]));
  }
};

function watchStream(signal) {
  if (!signal) return;
  streams += 1;
  signal.addEventListener('abort', () => { streams -= 1; }, { once: true });
}

// Gradio closes the stream after the last answer that it knows of. A question that comes in this moment would be answered
// to nobody: asking for its answer again opens the stream, and makes the answer only if nobody makes it.
let unheard = 0;
setInterval(() => {
  unheard = waiting() && waiting() !== 'again' && !streams ? unheard + 1 : 0;
  if (unheard < 2) return;
  unheard = 0;
  fire('talk', 'answer');
  fire('talk', 'resync');  // perhaps it was made already
}, 2000);

async function refused(answer, address, key) {
  const body = answer.status === 503 ? await answer.clone().json().catch(() => null) : null;
  const full = Boolean(body) && /^Queue is full/.test(body.detail);  // else it is a server that stops, or a proxy without one
  const toldInTurn = waiting() && /queue\/join/.test(address) && (full || answer.status === 429);
  if (lineOf(key) === `reindex ${key}` && (full || answer.status === 429)) { notify(words('reindex_full')); return; }
  if (toldInTurn) return;  // the question stays where it is, with Retry: the event `reject` follows
  failed(answer.status === 401 ? 'signed_out' : answer.status === 503 && !full ? 'no_connection' : 'try_again', key);
}

function failed(why, key) {
  const line = lineOf(key) || 'suggest';
  if (line.startsWith('suggest') && why !== 'signed_out') return;  // Gradio's own, or the page's: no reader waits for it
  const asking = kept.sent && /^(changes|answer)/.test(line);
  for (const turn of all('#dl-talk [data-waiting="again"]')) delete turn.dataset.waiting;
  if (asking) giveBack();
  notify(words(why === 'no_connection' && !asking ? 'unreachable' : why));
}

const composes = (event) => event.isComposing || event.keyCode === 229;  // Safari's Enter that ends a composition has only the code

function boxKey(event) {
  const field = event.target;
  if (event.key === 'Enter' && !event.shiftKey && !composes(event)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    sendTyped();
  } else if (event.key === 'ArrowUp' && !field.value && kept.said.length) {
    event.preventDefault();
    fill(kept.said.at(-1));
  }
}

document.addEventListener('keydown', (event) => { if (event.target.matches('#dl-box textarea')) boxKey(event); }, true);
document.addEventListener('click', (event) => {
  const button = event.target.closest('#dl-box :is(.submit-button, .stop-button)');
  if (!button) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (button.matches('.stop-button')) fire('talk', 'end'); else sendTyped();
}, true);
document.addEventListener('input', (event) => {
  if (!event.target.matches('#dl-box textarea')) return;
  keep({ draft: event.target.value });
  if (find('#dl-long')) tooLong(event.target.value);
}, true);
