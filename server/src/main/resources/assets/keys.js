// Single keys for people who answer texts all day. Off in fields, off in dialogs, and can be switched off.
import { byId } from './console.js';
import { close, openConversation } from './thread.js';

const SWITCH = 'wardline.single-keys';
const SECOND_KEY_MS = 1_200;
let first = '';
let firstAt = 0;

const isOn = () => localStorage.getItem(SWITCH) !== 'off';
const inField = (element) =>
  element.closest('input:not([type="checkbox"], [type="radio"]), textarea, select, [contenteditable]');

function row(step) {
  const links = [...document.querySelectorAll('#rows a')];
  const here = links.indexOf(document.activeElement);
  const from = here >= 0 ? here : links.findIndex((link) => link.hasAttribute('aria-current'));
  const next = links[Math.max(0, Math.min(links.length - 1, from + step))];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}

function toInbox() {
  if (!byId('panes')) location.assign('/inbox');
  else if (openConversation()) close();
  else row(0);
}

const KEYS = {
  j: () => row(+1),
  k: () => row(-1),
  c: () => byId('text')?.focus(),
  n: () => document.querySelector('a[href="/patients/new"]')?.click(),
  '?': () => byId('help')?.showModal(),
};

export function listen() {
  const box = byId('single-keys');
  if (box) {
    box.checked = isOn();
    box.addEventListener('change', () => localStorage.setItem(SWITCH, box.checked ? 'on' : 'off'));
  }
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && event.target.id === 'text' && !event.isComposing) {
      (document.querySelector('#rows a[aria-current]') ?? byId('thread-name'))?.focus();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (inField(event.target) || document.querySelector('dialog[open]')) return;
    if (!isOn() && event.key !== '?') return;
    if (first === 'g' && event.key === 'i' && event.timeStamp - firstAt < SECOND_KEY_MS) {
      event.preventDefault();
      first = '';
      toInbox();
      return;
    }
    first = event.key;
    firstAt = event.timeStamp;
    const act = KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
