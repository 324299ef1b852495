// Warns before the session ends for want of use, and clears the screen when it has ended. The server
// decides; this asks it, so that work in another tab counts too.
import { byId } from './console.js';

const TICK_MS = 5_000;
const WARN_SECONDS = 60;
const TELL_SERVER_SECONDS = 60;

export function start() {
  const idleSeconds = Number(document.body.dataset.idleSeconds);
  const warning = byId('idle-warning');
  if (document.body.dataset.signedIn !== 'true' || !idleSeconds || !warning) return;
  const warnSeconds = Math.min(WARN_SECONDS, idleSeconds / 2);
  const tellSeconds = Math.min(TELL_SERVER_SECONDS, idleSeconds / 4);
  let endsAt = Date.now() + idleSeconds * 1000;
  let toldAt = Date.now();
  let acted = false;

  async function ask(background) {
    const headers = { Accept: 'application/json', 'HX-Request': 'true' };
    if (background) headers['Wardline-Background'] = '1';
    let response;
    try {
      response = await fetch('/session', { headers, cache: 'no-store', credentials: 'same-origin' });
    } catch {
      return; // no network: nothing is known, so nothing changes
    }
    if (response.status === 401 || response.headers.has('HX-Redirect')) return leave();
    if (!response.ok) return;
    endsAt = Date.now() + (await response.json()).idleSecondsLeft * 1000;
  }

  function leave() {
    dispatchEvent(new Event('wardline:leaving'));
    document.body.hidden = true;
    location.replace('/sign-in');
  }

  async function stay() {
    acted = false;
    toldAt = Date.now();
    await ask(false);
    if (warning.open) warning.close();
  }

  async function tick() {
    const now = Date.now();
    if (acted && !warning.open && now - toldAt > tellSeconds * 1000) return stay();
    if (endsAt - now > warnSeconds * 1000) return;
    await ask(true);
    const left = Math.ceil((endsAt - Date.now()) / 1000);
    if (left > warnSeconds) {
      if (warning.open) warning.close();
    } else if (left <= 0) {
      leave();
    } else {
      byId('idle-seconds').textContent = String(left);
      if (!warning.open) warning.showModal();
    }
  }

  for (const act of ['keydown', 'pointerdown', 'input']) {
    document.addEventListener(act, () => (acted = true), { capture: true, passive: true });
  }
  warning.addEventListener('cancel', stay);
  warning.querySelector('[data-stay-signed-in]').addEventListener('click', stay);
  document.addEventListener('visibilitychange', () => document.hidden || tick());
  setInterval(tick, TICK_MS);
}
