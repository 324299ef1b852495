// Small helps for long forms. Without script the server does the same with a reload.
import { byId } from './console.js';

export function listen() {
  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-add-phone]');
    if (!button) return;
    event.preventDefault();
    const phones = byId('phones');
    const count = phones.children.length;
    const another = byId('another-phone').content.cloneNode(true);
    for (const element of another.querySelectorAll('[id], [for]')) {
      for (const name of ['id', 'for']) {
        const value = element.getAttribute(name);
        if (value) element.setAttribute(name, value.replace('number-x', `number-${count}`));
      }
    }
    phones.append(another);
    phones.lastElementChild.querySelector('input').focus();
    button.hidden = phones.children.length >= Number(phones.dataset.max);
  });
}
