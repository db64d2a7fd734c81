// Events to the server. Those that change something go one after the other, each when the one before is answered: sent at
// once, the second could overtake the first. Of what is only read, the last one counts. None is lost while a part of the
// page is still to come.

const READ = { cite: 'reader', near: 'reader', article: 'reader', search: 'browse', overview: 'index' };
const LONG = ['answer', 'suggest', 'reindex'];  // their results come in pieces, or late: nothing waits for them
const PATIENCE = 20000;  // milliseconds; then a later event goes on its way all the same
const lines = {};
const pressed = {};  // the button that each event comes from, if one does: it shows that something is under way
let fired = 0;

function fire(name, event, data) {
  fired += 1;
  const key = String(fired);
  const line = LONG.includes(event) ? `${event} ${key}` : READ[event] || 'changes';
  lines[line] = lines[line] || { next: [], busy: '' };
  if (event in READ) lines[line].next.splice(0).forEach((dropped) => released(dropped.key));
  lines[line].next.push({ name, event, key, data: { ...data, key } });
  advance(line);
}

function advance(name) {
  const line = lines[name];
  const next = line.next[0];
  if (line.busy || !next || !parts[next.name]) return;
  line.next.shift();
  line.busy = next.key;
  setTimeout(() => over(next.key), PATIENCE);
  parts[next.name].trigger(next.event, next.data);
}

function press(button, earlier) {
  if (fired === earlier) return;
  pressed[fired] = button;
  button.setAttribute('aria-busy', 'true');
}

function released(key) {
  if (pressed[key]) pressed[key].removeAttribute('aria-busy');
  delete pressed[key];
}

function over(key) {  // the event was answered, or failed
  released(key);
  const name = lineOf(key);
  if (!name) return;
  lines[name].busy = '';
  if (LONG.includes(name.split(' ')[0])) delete lines[name]; else advance(name);
}

const lineOf = (key) => Object.keys(lines).find((one) => lines[one].busy === key);
const underWay = (line) => !!lines[line] && lines[line].busy !== '';

function keyOf(request) {  // of an event that Gradio sends, if it is one of ours
  try { return String(JSON.parse(request.body).event_data.key || ''); } catch { return ''; }
}
