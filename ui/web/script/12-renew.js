// A part shows new HTML around what the reader is in: a field that is typed in, a form, a button that has the focus. To
// replace all of it would take the focus, and what was typed.

const SIGNS = ['data-act', 'data-id', 'data-n', 'data-number', 'data-question', 'data-search', 'name', 'type', 'class'];

function signed(node) {  // a selector of the same element in other HTML
  const signs = SIGNS.filter((sign) => node.hasAttribute(sign));
  return node.tagName + signs.map((sign) => `[${sign}="${CSS.escape(node.getAttribute(sign))}"]`).join('');
}

function twinOf(node, fresh) {
  if (node.tagName !== 'LI') return fresh.querySelector(signed(node));
  const button = fresh.querySelector(signed(node.querySelector('[data-id]')));
  return button && button.closest('li');
}

function renew(part, fresh) {  // `fresh` is a template's content, or another element
  const focus = part.contains(document.activeElement) && document.activeElement;
  // The script's own forms, to rename or delete, are no part of the new HTML: what they stand in stays whole
  const stays = focus && (focus.closest('li:has(> form, > [role="alert"])') || focus.closest('form, [data-act]') || focus);
  const twin = stays && stays !== part && twinOf(stays, fresh);
  if (twin) renewAround(part, fresh, stays, twin); else part.replaceChildren(...fresh.childNodes);
}

function renewAround(old, fresh, stays, twin) {
  const kept = [...old.children].find((child) => child.contains(stays));
  const other = [...fresh.children].find((child) => child.contains(twin));
  for (const child of [...old.childNodes]) if (child !== kept) child.remove();
  let after = false;
  for (const child of [...fresh.childNodes]) {
    if (child === other) after = true;
    else if (after) old.append(child);
    else kept.before(child);
  }
  if (kept !== stays && other !== twin) renewAround(kept, other, stays, twin);
  else if (kept.tagName === 'BUTTON') {
    for (const { name } of [...kept.attributes]) kept.removeAttribute(name);
    for (const { name, value } of other.attributes) kept.setAttribute(name, value);
    kept.replaceChildren(...other.childNodes);
  }
}

function shown(name) {  // what the server has sent for a part
  const made = document.createElement('template');
  made.innerHTML = parts[name].props.value || '';
  renew(find(`#dl-${name} .dl-own`), made.content);
}
