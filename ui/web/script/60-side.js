// The list of conversations

function renaming(button) {
  const item = button.closest('li');
  const form = make('form', '');
  const name = make('input', '', { value: button.dataset.title, 'aria-label': button.dataset.label, maxlength: 80 });
  const cancel = make('button', button.dataset.cancel, { type: 'button', 'data-escape': '' });
  const done = () => { form.remove(); item.classList.remove('dl-renaming'); };
  form.append(name, make('button', button.dataset.save, { type: 'submit' }), cancel);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    fire('side', 'rename', { id: button.dataset.id, title: name.value });
    done();
  });
  cancel.addEventListener('click', () => { done(); button.focus(); });
  item.classList.add('dl-renaming');
  item.append(form);
  name.select();
}

function deleting(button) {
  const tools = button.closest('div');
  const ask = make('p', button.dataset.sure, { role: 'alert' });
  const yes = make('button', button.dataset.delete, { type: 'button', class: 'dl-bad' });
  const no = make('button', button.dataset.cancel, { type: 'button', 'data-escape': '' });
  ask.append(yes, no);
  yes.addEventListener('click', () => { ask.remove(); fire('side', 'delete', { id: button.dataset.id }); });
  no.addEventListener('click', () => { ask.remove(); button.focus(); });
  tools.after(ask);
  no.focus();
}

function listed() {
  const side = document.getElementById('dl-side');
  return !!side && getComputedStyle(side).display !== 'none';
}

function showSide(button) {
  const open = !listed();
  frame().list = open ? 'on' : 'off';
  button.setAttribute('aria-expanded', String(open));
}

function hideSide() {
  if (narrow.matches && frame().list === 'on') frame().list = 'off';
}

document.addEventListener('click', (event) => {
  const inside = event.target.closest('#dl-side');
  if (event.target.closest('[data-act="open"], [data-act="begin"]') || !(inside || event.target.closest('[data-act]'))) hideSide();
});

document.addEventListener('input', (event) => { if (event.target.matches('#dl-side .dl-find')) narrowList(event.target); });

function narrowList(field) {
  const wanted = field ? field.value.trim().toLowerCase() : '';
  for (const item of all('#dl-list li')) item.hidden = !item.textContent.toLowerCase().includes(wanted);
  for (const list of all('#dl-list ul')) {
    const none = [...list.children].every((item) => item.hidden);
    list.previousElementSibling.hidden = none;
  }
}
