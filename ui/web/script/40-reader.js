// The article beside the conversation

const article = () => find('#dl-reader .dl-reader');

function showMark() {
  const mark = find('#dl-reader mark.dl-current') || find('#dl-reader mark');
  const target = mark || find('#dl-reader .dl-headline');
  if (!target) return;
  target.setAttribute('tabindex', '-1');
  if (!writes(document.activeElement)) target.focus({ preventScroll: true });  // a reader who types already goes on typing
  const pane = article();
  const place = target.getBoundingClientRect();
  const room = pane.getBoundingClientRect();
  pane.scrollTo({ top: pane.scrollTop + place.top - room.top - room.height / 3, behavior: 'auto' });
}

function markCurrent() {
  const open = article();
  for (const button of all('#dl-talk [data-act="cite"]')) {
    const same = open && button.dataset.n === open.dataset.n && button.dataset.number === open.dataset.current;
    if (same) button.setAttribute('aria-current', 'true'); else button.removeAttribute('aria-current');
  }
}

function readerChanged() {
  const open = article();
  markCurrent();
  if (open) frame().reading = '1'; else delete frame().reading;
  const drawer = !!open && narrow.matches;
  for (const id of ['dl-main', 'dl-browse', 'dl-head']) {
    const part = document.getElementById(id);
    if (part) part.inert = drawer;
  }
  goTo({ read: open ? reading : null }, !!open && !place.read);
  if (!open) return;
  showOnly();
  if (drawer) { open.setAttribute('role', 'dialog'); open.setAttribute('aria-modal', 'true'); }
  requestAnimationFrame(showMark);
}

let reading = null;  // the event that opened the article
let opener = null;   // what had the focus before

function openArticle(data, event) {
  reading = { act: data.act, n: data.n, number: data.number, id: data.id };
  if (event && !event.target.closest('#dl-reader')) opener = { ...reading };
  const open = article();
  if (open && open.dataset.n === data.n && open.dataset.current === data.number && data.act === 'cite') showMark();
  fire(data.act === 'article' ? 'reader' : 'talk', data.act, { ...data });
}

function closeReader() {
  if (place.read && place.pushed) {
    place = { ...place, pushed: false };  // closed twice at once, it must not go back twice
    history.back();  // so that a later "back" does not open it again
  } else emptyReader();
}

function emptyReader() {
  parts.reader.props.value = '';
  setTimeout(readerChanged);
  if (opener === 'box') setTimeout(() => box().focus());
  if (!opener || opener === 'box') return;
  const same = ['n', 'number', 'id'].filter((name) => opener[name] !== undefined)
    .map((name) => `[data-${name}="${CSS.escape(opener[name])}"]`).join('');
  const again = find(`[data-act="${opener.act}"]${same}`);
  if (again) again.focus();
}
