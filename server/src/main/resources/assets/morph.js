// Makes a live element look like a freshly rendered one while keeping what a person is doing with
// it: focus, selection, scroll, what is typed. Elements are the same when their ids are; without
// ids, when they are the next of the same name.

/**
 * @param {Element} live in the document
 * @param {Element} fresh as the server rendered it; its children are moved out of it
 */
export function morph(live, fresh) {
  if (live.isEqualNode(fresh)) return;
  copyAttributes(live, fresh);
  if (keepsContent(live)) return;
  morphChildren(live, fresh);
}

// What is typed belongs to the person, not to the server.
function keepsContent(element) {
  return element.matches('textarea, input, select, [data-keep]');
}

function copyAttributes(live, fresh) {
  for (const { name } of [...live.attributes]) {
    if (!fresh.hasAttribute(name) && !isOurs(live, name)) live.removeAttribute(name);
  }
  for (const { name, value } of [...fresh.attributes]) {
    if (live.getAttribute(name) !== value && !isOurs(live, name)) live.setAttribute(name, value);
  }
}

// Set by the person or by a script, unknown to the server. A send key changes with every attempt.
function isOurs(live, name) {
  return (
    name === 'style' ||
    (name === 'open' && live.matches('details, dialog')) ||
    (name === 'value' && live.matches('input')) ||
    (name === 'hidden' && live.hasAttribute('data-shown-by-script'))
  );
}

function morphChildren(live, fresh) {
  const keyed = new Map();
  for (const child of live.children) if (child.id) keyed.set(child.id, child);
  let at = live.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    const match = find(at, wanted, keyed, fresh);
    if (match === null) {
      live.insertBefore(wanted, at);
      continue;
    }
    if (match === at) at = at.nextSibling;
    else live.insertBefore(match, at);
    if (match.nodeType === Node.ELEMENT_NODE) morph(match, wanted);
    else if (match.data !== wanted.data) match.data = wanted.data;
  }
  while (at) {
    const next = at.nextSibling;
    if (!(at.nodeType === Node.ELEMENT_NODE && at.hasAttribute('data-local'))) at.remove();
    at = next;
  }
}

function find(at, wanted, keyed, fresh) {
  if (wanted.id) {
    const match = keyed.get(wanted.id);
    return match && match.nodeName === wanted.nodeName ? match : null;
  }
  for (let node = at; node; node = node.nextSibling) {
    if (node.nodeType !== wanted.nodeType || node.nodeName !== wanted.nodeName) continue;
    if (node.nodeType === Node.ELEMENT_NODE && (node.id || node.hasAttribute('data-local'))) continue;
    return node;
  }
  return null;
}
