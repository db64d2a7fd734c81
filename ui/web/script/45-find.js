// Words found in the open article: shown without touching its text, in which the quoted words are marked

let hits = [];
let hit = -1;

function findInArticle(wanted) {
  [hits, hit] = [[], -1];
  const text = find('#dl-reader .dl-text');
  const plain = wanted.trim().toLowerCase();
  for (const paragraph of plain && text ? text.children : []) {
    const nodes = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
    for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
      const within = node.data.toLowerCase();
      for (let at = within.indexOf(plain); at >= 0; at = within.indexOf(plain, at + plain.length)) {
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + plain.length);
        hits.push(range);
      }
    }
  }
  showHits();
  nextHit();
}

function showHits() {
  if (!window.CSS || !CSS.highlights) return;
  CSS.highlights.set('dl-hits', new Highlight(...hits));
  CSS.highlights.set('dl-hit', new Highlight(...hits.slice(hit, hit < 0 ? 0 : hit + 1)));
}

function nextHit() {
  const told = find('#dl-reader .dl-hits');
  const field = find('#dl-reader .dl-search-text');
  hit = hits.length ? (hit + 1) % hits.length : -1;
  if (told) told.textContent = hits.length ? words('found', { number: hit + 1, count: hits.length }) : field.value.trim() ? words('not_there') : '';
  showHits();
  if (hit < 0) return;
  const place = hits[hit].getBoundingClientRect();
  const room = article().getBoundingClientRect();
  article().scrollBy({ top: place.top - room.top - room.height / 3, behavior: 'auto' });
}

document.addEventListener('input', (event) => {
  if (event.target.matches('#dl-reader .dl-search-text')) findInArticle(event.target.value);
});
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !event.target.matches('#dl-reader .dl-search-text')) return;
  event.preventDefault();
  nextHit();
});
