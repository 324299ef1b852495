// The open conversation: opening and refreshing it, the composer, texts on their way. What a person
// types lives in this module's memory and nowhere else in the browser.
import { announce, byId, fetchPart, keepingFocus, morphInto, Refusal } from './console.js';
import { isUnseen, measure, nameOf, offer } from './segments.js';

const AT_BOTTOM_PX = 48;

/** Unsent text of every conversation visited on this page, by conversation. */
const drafts = new Map();
/** Texts handed to the server without an answer so far, or refused; by idempotency key. */
const outbox = new Map();
let leaving = false;

export const openConversation = () => byId('thread')?.dataset.conversation ?? null;

// ---- opening -------------------------------------------------------------------------------

export async function open(url, { push = true } = {}) {
  const wanted = new URL(url, location.href);
  keepDraft();
  markRow(wanted.pathname.split('/').pop());
  byId('thread').setAttribute('aria-busy', 'true');
  // The list already shows the new name: nothing may be typed or sent to the old one from here on.
  byId('thread').inert = true;
  try {
    const part = await fetchPart(wanted);
    if (push) history.pushState({ console: true }, '', wanted);
    show(part.getElementById('thread'));
    byId('thread-name')?.focus({ preventScroll: true });
  } catch {
    leaving = true;
    location.assign(wanted); // the server has a page for whatever is wrong
  }
}

/** Closes the conversation and shows the list alone, as a small screen does. */
export function close({ push = true } = {}) {
  const row = document.querySelector('#rows a[aria-current]');
  keepDraft();
  if (push) history.pushState({ console: true }, '', '/inbox');
  show(byId('no-thread').content.firstElementChild.cloneNode(true));
  markRow(null);
  (row ?? document.querySelector('#rows a') ?? byId('main')).focus();
}

function show(fresh) {
  byId('thread').replaceWith(fresh);
  window.htmx?.process(fresh);
  begin();
}

/** Prepares the thread that is now on the page. */
export function begin() {
  const thread = byId('thread');
  if (!thread?.dataset.conversation) return;
  const text = byId('text');
  if (text && !text.value) text.value = drafts.get(openConversation()) ?? '';
  drawOutbox();
  count();
  const mark = byId('new-here');
  const scroller = byId('scroller');
  scroller.scrollTop = 0;
  // In very low windows the page scrolls, not the thread.
  if (getComputedStyle(scroller).overflowY === 'visible') {
    (mark ?? byId('messages').lastElementChild)?.scrollIntoView({ block: 'nearest' });
  } else if (mark && mark.getBoundingClientRect().top < scroller.getBoundingClientRect().top) {
    mark.scrollIntoView({ block: 'start' });
  }
}

function markRow(id) {
  for (const link of document.querySelectorAll('#rows a')) {
    if (link.dataset.open !== id) {
      link.removeAttribute('aria-current');
      continue;
    }
    link.setAttribute('aria-current', 'true');
    link.parentElement.classList.remove('unread');
    link.querySelectorAll('.dot, .row-top > .visually-hidden').forEach((mark) => mark.remove());
  }
  dispatchEvent(new Event('wardline:read'));
}

// ---- refreshing ----------------------------------------------------------------------------

/** Loads the open conversation again, without a jump and without touching what is typed. */
export async function refresh({ returning = false } = {}) {
  const conversation = openConversation();
  if (!conversation || byId('thread').dataset.before !== '0') return;
  const part = await fetchPart(`/conversations/${conversation}`, { background: true });
  if (openConversation() === conversation) apply(part.getElementById('thread'), { returning });
}

/** @param {Element} fresh the same conversation, newer */
export function apply(fresh, { returning = false } = {}) {
  const thread = byId('thread');
  if (!fresh || fresh.dataset.conversation !== thread.dataset.conversation) return;
  keepDraft();
  const hadComposer = Boolean(byId('text'));
  const scroller = byId('scroller');
  const atBottom = isAtBottom(scroller);
  const anchor = atBottom ? null : firstVisible(scroller);
  const top = anchor?.getBoundingClientRect().top;

  const arrived = keepOlder(fresh);
  if (atBottom && !returning && !document.getElementById('new-here')) {
    fresh.querySelector('#new-here')?.remove();
  }
  morphInto(thread, fresh);
  drawOutbox();

  if (atBottom) scroller.scrollTop = 0;
  else if (anchor?.isConnected) scroller.scrollTop += anchor.getBoundingClientRect().top - top;
  if (arrived) {
    announce('New message');
    if (!atBottom) byId('jump').hidden = false;
  }
  const text = byId('text');
  if (text && !hadComposer) text.value = drafts.get(openConversation()) ?? '';
  count();
}

/**
 * Puts the older messages and marks that this page already shows into the fresh one.
 * @returns {boolean} whether the fresh one holds a text of the patient that was not here before
 */
function keepOlder(fresh) {
  const shown = byId('messages');
  const messages = fresh.querySelector('#messages');
  const firstSeq = Number(messages.querySelector('.msg')?.dataset.seq ?? Infinity);
  const older = [...shown.children].filter(
    (item) => !item.hasAttribute('data-local') && Number(item.dataset.seq) < firstSeq,
  );
  if (older.some((item) => item.matches('.msg'))) {
    for (const item of older) fresh.querySelector(`#${CSS.escape(item.id)}`)?.remove();
    messages.prepend(...older.map((item) => item.cloneNode(true)));
    fresh.querySelector('#earlier')?.remove();
    const earlier = byId('earlier')?.cloneNode(true);
    if (earlier) messages.parentElement.prepend(earlier);
  }
  const mark = byId('new-here');
  if (mark && !fresh.querySelector('#new-here')) {
    const next = mark.nextElementSibling;
    const place = next?.id && messages.querySelector(`#${CSS.escape(next.id)}`);
    place?.before(mark.cloneNode(true));
  }
  let arrived = false;
  for (const message of messages.querySelectorAll('.msg')) {
    if (byId(message.id)) continue;
    message.classList.add('arrived');
    arrived ||= message.matches('.in');
  }
  return arrived;
}

async function loadEarlier(link) {
  const conversation = openConversation();
  link.setAttribute('aria-disabled', 'true');
  try {
    const part = await fetchPart(link.href);
    if (openConversation() !== conversation) return;
    const scroller = byId('scroller');
    const first = byId('messages').querySelector('.msg');
    const top = first?.getBoundingClientRect().top;
    const older = part.getElementById('messages');
    keepingFocus(() => {
      for (const item of older.querySelectorAll('.day')) byId(item.id)?.remove();
      byId('messages').prepend(...older.children);
      byId('earlier').remove();
      const earlier = part.getElementById('earlier');
      if (earlier) byId('messages').parentElement.prepend(earlier);
    });
    if (first) scroller.scrollTop += first.getBoundingClientRect().top - top;
    (byId('earlier')?.querySelector('a') ?? scroller).focus({ preventScroll: true });
    announce('Earlier messages loaded');
  } catch {
    link.removeAttribute('aria-disabled');
    announce('Earlier messages could not be loaded. Try again.');
  }
}

const isAtBottom = (scroller) => Math.abs(scroller.scrollTop) < AT_BOTTOM_PX;

function firstVisible(scroller) {
  const edge = scroller.getBoundingClientRect().top;
  return [...scroller.querySelectorAll('.msg')].find(
    (message) => message.getBoundingClientRect().bottom > edge,
  );
}

// ---- the composer --------------------------------------------------------------------------

function keepDraft() {
  const text = byId('text');
  if (text) drafts.set(openConversation(), text.value);
}

const CODINGS = { gsm7: 'GSM-7', latin1: 'Latin-1', ucs2: 'UCS-2' };
/** Characters shown as examples in the offer of plain ones. */
const MAX_EXAMPLES = 3;
let lastCost = '';

const smsFormat = () => byId('compose').dataset.smsFormat;
const inTexts = (segments) => (segments === 1 ? '1 text' : `${segments} texts`);

function count() {
  const text = byId('text');
  if (!text) return;
  if (!CSS.supports('field-sizing', 'content')) {
    text.style.height = 'auto';
    text.style.height = `${text.scrollHeight + 2}px`;
  }
  const cost = measure(text.value, smsFormat());
  const maxChars = Number(byId('compose').dataset.maxChars);
  const over = text.value.length - maxChars;
  const counter = byId('counter');
  const texts = inTexts(cost.segments);
  const coding = CODINGS[cost.encoding];
  counter.textContent =
    over > 0 ? `${over} characters too long` : `${coding} · ${texts} · ${cost.left} left`;
  counter.classList.toggle('over', over > 0);
  counter.classList.toggle('many', over <= 0 && cost.segments > 3);
  text.toggleAttribute('aria-invalid', false);
  if (over > 0) text.setAttribute('aria-invalid', 'true');
  const offers = explain(text.value, cost);

  const said = `${coding}, ${texts}${offers ? '. Plain characters are offered after the text' : ''}`;
  if (lastCost && said !== lastCost && text.value) announce(said);
  lastCost = said;
}

/**
 * Says which characters make the text dearer, and offers plain ones where that is harmless. Returns
 * whether it does.
 */
function explain(text, cost) {
  const plain = offer(text, smsFormat());
  const swap = byId('swap');
  swap.hidden = !cost.firstNonGsm;
  swap.querySelector('[data-swap]').hidden = !plain;
  const what = swap.querySelector('[data-swap-what]');
  // Emptied when hidden: the field is described by it.
  if (swap.hidden) what.replaceChildren();
  else what.replaceChildren(...(plain ? offered(plain) : dear(cost)));
  return plain !== null;
}

function dear(cost) {
  return [...shown(cost.firstNonGsm), ` ${nameOf(cost.firstNonGsm)}: leaves 70 characters a text, not 160.`];
}

function offered({ times, changes, before, after }) {
  const examples = changes.slice(0, MAX_EXAMPLES).flatMap(({ from, to, name }) =>
    to === '' ? [` ${name}`] : [' ', ...shown(from)],
  );
  const more = changes.length > MAX_EXAMPLES ? ' …' : '';
  const costs =
    after.segments < before.segments
      ? ` make${times === 1 ? 's' : ''} this ${inTexts(before.segments)} instead of ${after.segments}.`
      : ` leave${times === 1 ? 's' : ''} room for 70 characters a text, not 160.`;
  return [times === 1 ? 'The character' : `${times} characters such as`, ...examples, more, costs];
}

/** The character itself, or nothing to see: then its name stands for it. */
function shown(character) {
  if (isUnseen(character)) return [];
  const said = document.createElement('bdi');
  said.className = 'said';
  said.textContent = character;
  return [said];
}

function usePlain() {
  const text = byId('text');
  const plain = offer(text.value, smsFormat());
  text.focus();
  if (!plain) return;
  // By way of the browser's own editing where it has one, so that Ctrl+Z brings the old text back.
  text.select();
  if (!document.execCommand('insertText', false, plain.text)) {
    text.setRangeText(plain.text, 0, text.value.length, 'end');
  }
  count();
}

// ---- sending -------------------------------------------------------------------------------

function submit(form) {
  const text = byId('text');
  const words = text.value;
  if (!words.trim()) {
    text.focus();
    return;
  }
  if (words.length > Number(form.dataset.maxChars)) {
    announce(byId('counter').textContent);
    text.focus();
    return;
  }
  const entry = {
    key: form.elements.key.value,
    conversation: openConversation(),
    action: form.action,
    csrf: form.elements._csrf.value,
    text: words,
    why: '',
  };
  // From here on the next click is another text.
  form.elements.key.value = crypto.randomUUID();
  text.value = '';
  drafts.delete(entry.conversation);
  outbox.set(entry.key, entry);
  count();
  drawOutbox();
  byId('scroller').scrollTop = 0;
  text.focus({ preventScroll: true });
  deliver(entry);
}

async function deliver(entry) {
  try {
    const body = new URLSearchParams({ _csrf: entry.csrf, key: entry.key, text: entry.text });
    if (entry.again) body.set('again', '1');
    const part = await fetchPart(entry.action, { body });
    outbox.delete(entry.key);
    if (openConversation() === entry.conversation) apply(part.getElementById('thread'));
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    entry.why = refusal.unanswered
      ? 'Wardline did not answer, so it is not known whether this was sent. Check the network, then retry: it goes out only once.'
      : `Not sent. ${refusal.message}`;
    announce('The text was not sent.');
    const fresh = refusal.fragment?.getElementById('thread');
    const insist = fresh?.querySelector('[data-again]');
    entry.again = Boolean(insist);
    insist?.remove();
    if (fresh) {
      fresh.querySelector('.composer-notice')?.replaceChildren();
      apply(fresh);
    }
  }
  drawOutbox();
}

/** Draws the texts under way at the end of their conversation. */
function drawOutbox() {
  const messages = byId('messages');
  if (!messages) return;
  const mine = [...outbox.values()].filter((entry) => entry.conversation === openConversation());
  for (const item of messages.querySelectorAll('[data-local]')) {
    if (!outbox.has(item.dataset.local)) item.remove();
  }
  for (const entry of mine) {
    let item = messages.querySelector(`[data-local="${CSS.escape(entry.key)}"]`);
    if (!item) {
      const sending = byId('sending') ?? lastTemplate;
      if (!sending) continue;
      lastTemplate = sending;
      item = sending.content.firstElementChild.cloneNode(true);
      item.dataset.local = entry.key;
      item.querySelector('.text').textContent = entry.text;
      messages.append(item);
    }
    const failed = entry.why !== '';
    item.toggleAttribute('data-failed', failed);
    item.querySelector('.meta').hidden = failed;
    item.querySelector('.unsent').hidden = !failed;
    item.querySelector('[data-why]').textContent = entry.why;
    item.querySelector('[data-retry]').textContent = entry.again ? 'Send it once more' : 'Retry';
  }
}

/** The composer may be gone when a refusal is drawn, because consent was withdrawn meanwhile. */
let lastTemplate = null;

function retry(item) {
  const entry = outbox.get(item.dataset.local);
  entry.why = '';
  drawOutbox();
  byId('text')?.focus({ preventScroll: true });
  deliver(entry);
}

function edit(item) {
  const entry = outbox.get(item.dataset.local);
  const text = byId('text');
  if (!text) return;
  outbox.delete(entry.key);
  text.value = text.value ? `${entry.text}\n${text.value}` : entry.text;
  drawOutbox();
  count();
  text.focus();
}

// ---- events --------------------------------------------------------------------------------

const plainClick = (event) =>
  event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;

export function listen() {
  document.addEventListener('click', (event) => {
    const on = (selector) => event.target.closest(selector);
    let hit;
    if ((hit = on('a[data-open], a[data-back], a[data-earlier]')) && plainClick(event)) {
      event.preventDefault();
      if (hit.matches('[data-open]')) open(hit.href);
      else if (hit.matches('[data-back]')) close();
      else loadEarlier(hit);
    } else if ((hit = on('[data-retry]'))) retry(hit.closest('[data-local]'));
    else if ((hit = on('[data-edit]'))) edit(hit.closest('[data-local]'));
    else if (on('[data-swap]')) usePlain();
    else if (on('[data-jump]')) {
      byId('scroller').scrollTop = 0;
      byId('jump').hidden = true;
      byId('scroller').focus({ preventScroll: true });
    }
  });
  document.addEventListener('submit', (event) => {
    if (event.target.id !== 'compose') return;
    event.preventDefault();
    submit(event.target);
  });
  document.addEventListener('input', (event) => {
    if (event.target.id === 'text') count();
  });
  document.addEventListener('keydown', (event) => {
    if (event.target.id !== 'text' || event.isComposing) return;
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      if (!event.repeat) byId('compose').requestSubmit();
    }
  });
  document.addEventListener(
    'scroll',
    (event) => {
      const jump = byId('jump');
      if (event.target.id === 'scroller' && jump && isAtBottom(event.target)) jump.hidden = true;
    },
    true,
  );
  addEventListener('popstate', () => {
    if (location.pathname.startsWith('/conversations/')) open(location.href, { push: false });
    else close({ push: false });
  });
  addEventListener('beforeunload', (event) => {
    keepDraft();
    const unsent = outbox.size > 0 || [...drafts.values()].some((draft) => draft.trim());
    if (unsent && !leaving) event.preventDefault();
  });
  addEventListener('wardline:leaving', () => (leaving = true));

  // Forms in the thread are htmx's; its answers come in through the same door as ours.
  window.htmx?.defineExtension('morph', {
    isInlineSwap: (style) => style === 'morph',
    handleSwap(style, target, fragment) {
      if (style !== 'morph') return false;
      const fresh = fragment.querySelector?.('#thread') ?? fragment.firstElementChild;
      apply(fresh);
      // The button that was pressed is gone or was disabled meanwhile, and its focus with it.
      if (document.activeElement === document.body) (byId('text') ?? byId('thread-name'))?.focus();
      return [byId('thread')];
    },
  });
}
