// Parts of a page that change by themselves and hold nothing typed: asked for again and again while
// somebody looks. Watching is no act of a person, so it does not keep the session alive.
import { byId, fetchPart, morphInto } from './console.js';

const EVERY_MS = 2_000;
const SLOWEST_MS = 30_000;

export function start() {
  for (const part of document.querySelectorAll('[data-poll]')) follow(part, EVERY_MS);
}

function follow(part, wait) {
  setTimeout(async () => {
    let next = EVERY_MS;
    try {
      if (!document.hidden) {
        const fresh = await fetchPart(part.dataset.poll, { background: true });
        morphInto(part, fresh.getElementById(part.id));
        part.removeAttribute('data-stale');
      }
    } catch (refusal) {
      if (refusal.signedOut) return location.assign('/sign-in');
      // Figures that are no longer true must not look as if they were.
      part.setAttribute('data-stale', '');
      next = Math.min(SLOWEST_MS, wait * 2);
    }
    follow(byId(part.id) ?? part, next);
  }, wait);
}
