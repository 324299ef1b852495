// What the console's modules share: fetching a part of a page, putting it in place without
// disturbing the person, speaking to screen readers.
import { morph } from './morph.js';

const FETCH_TIMEOUT_MS = 20_000;

export const byId = (id) => document.getElementById(id);

/** A request's answer that is no success, with words a person can act on. */
export class Refusal extends Error {
  constructor(words, { fragment = null, signedOut = false, unanswered = false } = {}) {
    super(words);
    this.fragment = fragment;
    this.signedOut = signedOut;
    this.unanswered = unanswered;
  }
}

/**
 * Fetches a part of a page.
 * @param {{background?: boolean, body?: URLSearchParams}} options background: not an act of the
 *   person, so it does not keep the session alive
 * @returns {Promise<Document>}
 */
export async function fetchPart(url, { background = false, body } = {}) {
  const headers = { 'HX-Request': 'true', Accept: 'text/html' };
  if (background) headers['Wardline-Background'] = '1';
  let response;
  try {
    response = await fetch(url, {
      method: body ? 'POST' : 'GET',
      body,
      headers,
      cache: 'no-store',
      credentials: 'same-origin',
      signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
    });
  } catch {
    throw new Refusal('Wardline cannot be reached. Check the network, then try again.', { unanswered: true });
  }
  const elsewhere = response.headers.get('HX-Redirect');
  if (response.status === 401 || elsewhere?.startsWith('/sign-in') || response.redirected) {
    throw new Refusal('You were signed out. Copy what you wrote, then sign in again.', { signedOut: true });
  }
  const part = new DOMParser().parseFromString(await response.text(), 'text/html');
  if (!response.ok) throw new Refusal(wordsOf(part), { fragment: part });
  return part;
}

function wordsOf(part) {
  const notice = part.querySelector('.composer-notice .note span, .notice, main');
  const words = notice?.textContent.replace(/\s+/g, ' ').trim();
  return words || 'Wardline could not do this. Try again; if it keeps failing, ask your administrator.';
}

/** Runs a change of the page and gives the focus back when the change took it away. */
export function keepingFocus(change) {
  const before = document.activeElement;
  const region = before?.closest('#thread, #list');
  const id = before?.id;
  change();
  if (!before || before === document.body || document.activeElement === before) return;
  if (document.activeElement && document.activeElement !== document.body) return;
  const again = before.isConnected ? before : id && byId(id);
  const fallback = region?.id === 'thread' ? byId('thread-name') : document.querySelector('#rows a');
  (again || fallback || byId('main'))?.focus({ preventScroll: true });
}

/** Morphs an element into its newer self and wakes what is new in it. */
export function morphInto(live, fresh) {
  keepingFocus(() => morph(live, fresh));
  window.htmx?.process(live);
}

let announcing = 0;

/** Says something to screen readers, without a word about a patient. */
export function announce(words) {
  const live = byId('live');
  if (!live) return;
  live.textContent = '';
  clearTimeout(announcing);
  announcing = setTimeout(() => (live.textContent = words), 100);
}
