// What a reader thinks of an answer, and why

const REASONS = ['wrong', 'beside', 'missing', 'old'];

function rate(button, value) {
  const wanted = button.getAttribute('aria-pressed') === 'true' ? 0 : value;
  for (const other of button.parentElement.querySelectorAll('[aria-pressed]')) {
    other.setAttribute('aria-pressed', String(other === button && wanted !== 0));
  }
  fire('talk', 'rate', { n: button.dataset.n, value: wanted });
  const turn = button.closest('.dl-turn');
  for (const before of turn.querySelectorAll('.dl-reasons')) before.remove();
  if (wanted === -1) turn.querySelector('.dl-actions').after(reasons(button.dataset.n));
}

function reasons(n) {
  const form = make('form', '', { class: 'dl-reasons', 'aria-label': words('why_not') });
  const tell = (comment) => {
    fire('talk', 'rate', { n, value: -1, comment });
    form.replaceChildren(make('span', words('thanks')));
    say(words('thanks'));
  };
  form.append(make('span', words('why_not')));
  for (const reason of REASONS) {
    const label = words(`reason_${reason}`);
    const button = make('button', label, { type: 'button' });
    button.addEventListener('click', () => tell(reason));
    form.append(button);
  }
  const own = make('input', '', { maxlength: 500, placeholder: words('comment'), 'aria-label': words('comment') });
  form.append(own, make('button', words('send'), { type: 'submit' }));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (own.value.trim()) tell(own.value);
  });
  return form;
}
