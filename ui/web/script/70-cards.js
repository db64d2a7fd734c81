// What stands behind a citation, beside the pointer or the focus: headline, outlet, day and the quoted words

let card = null;
let cardTimer;

function hideCard() {
  clearTimeout(cardTimer);
  if (!card) return;
  card.remove();
  card = null;
  for (const button of all('[aria-describedby="dl-card"]')) button.removeAttribute('aria-describedby');
}

function showCard(button) {
  hideCard();
  card = make('div', '', { id: 'dl-card', role: 'tooltip' });
  card.append(make('p', button.dataset.title, { class: 'dl-title' }));
  if (button.dataset.byline) card.append(make('p', button.dataset.byline, { class: 'dl-byline' }));
  card.append(make('p', `“${button.dataset.quote}”`, { class: 'dl-quote' }));
  find('#dl-head .dl-head').append(card);
  const place = button.getBoundingClientRect();
  const size = card.getBoundingClientRect();
  const above = place.top - size.height - 8;
  card.style.left = `${Math.max(8, Math.min(place.left - 20, innerWidth - size.width - 8))}px`;
  card.style.top = `${above > 60 ? above : place.bottom + 8}px`;
  button.setAttribute('aria-describedby', 'dl-card');
}

const cited = (event) => event.target.closest && event.target.closest('.dl-cite button');
document.addEventListener('pointerover', (event) => {
  const button = event.pointerType === 'mouse' && cited(event);
  if (button) { clearTimeout(cardTimer); cardTimer = setTimeout(() => showCard(button), 150); }
});
document.addEventListener('pointerout', (event) => { if (cited(event)) hideCard(); });
document.addEventListener('focusin', (event) => {
  const button = cited(event);
  if (button && button.matches(':focus-visible')) showCard(button); else hideCard();
});
addEventListener('scroll', hideCard, { passive: true });
document.addEventListener('click', hideCard, true);
