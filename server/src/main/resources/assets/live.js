// Live updates. The server says only that something changed; what changed is fetched again, so
// this page never shows more than a reload would.
import { announce, byId, fetchPart, morphInto } from './console.js';
import { openConversation, refresh } from './thread.js';

const GATHER_MS = 120;
const BANNER_AFTER_MS = 5_000;
const RETRY_FIRST_MS = 1_000;
const RETRY_MOST_MS = 30_000;
// The server says something every 15 s; a stream that is silent for longer is dead, whatever the socket thinks.
const SILENT_MS = 40_000;
const KINDS = ['inbound', 'message', 'state', 'consent', 'heartbeat', 'resync'];

let source = null;
let attempts = 0;
let lost = 0;
let heardAt = 0;
let gathering = 0;
let threadIsStale = false;
let running = false;
let again = false;

export function start() {
  const url = document.querySelector('[data-live]')?.dataset.live;
  if (!url) return;
  connect(url);
  title();
  document.addEventListener('visibilitychange', () => {
    // Loading a thread marks it as read, so a hidden page leaves it for later.
    if (!document.hidden && threadIsStale) changed(openConversation(), true);
  });
  addEventListener('wardline:read', recount);
  addEventListener('pagehide', () => source?.close());
  addEventListener('pageshow', (event) => event.persisted && connect(url));
  addEventListener('online', () => source?.readyState !== EventSource.OPEN && connect(url));
  setInterval(settleTimes, 30_000);
  setInterval(() => {
    if (source?.readyState === EventSource.OPEN && Date.now() - heardAt > SILENT_MS) drop(url);
  }, 5_000);
}

function connect(url) {
  source?.close();
  source = new EventSource(url);
  source.onopen = () => {
    heardAt = Date.now();
    const wasLost = attempts > 0;
    attempts = 0;
    clearTimeout(lost);
    lost = 0;
    byId('connection').hidden = true;
    if (wasLost) changed('all');
  };
  source.onerror = () => drop(url);
  source.onmessage = receive;
  for (const kind of KINDS) source.addEventListener(kind, receive);
}

function drop(url) {
  source?.close();
  lost ||= setTimeout(() => (byId('connection').hidden = false), BANNER_AFTER_MS);
  const wait = Math.min(RETRY_MOST_MS, RETRY_FIRST_MS * 2 ** attempts++);
  // Full jitter: after an outage the browsers of a practice do not come back in one wave.
  setTimeout(() => source.readyState === EventSource.CLOSED && connect(url), wait * (0.3 + 0.7 * Math.random()));
}

function receive(event) {
  heardAt = Date.now();
  if (event.type === 'heartbeat') return;
  changed(event.type === 'resync' ? 'all' : JSON.parse(event.data).conversation);
}

/** @param {string} conversation the changed one, or 'all' */
function changed(conversation, returning = false) {
  if (conversation === 'all' || conversation === openConversation()) threadIsStale = true;
  if (running) return void (again = true);
  clearTimeout(gathering);
  gathering = setTimeout(() => update(returning), GATHER_MS);
}

async function update(returning) {
  running = true;
  again = false;
  try {
    if (threadIsStale && !document.hidden) {
      threadIsStale = false;
      await refresh({ returning });
    }
    await refreshList();
  } catch (refusal) {
    if (refusal.signedOut) return leave();
    threadIsStale = true; // the next event, or the next connection, tries again
  } finally {
    running = false;
    if (again) changed(threadIsStale ? openConversation() : '');
  }
}

async function refreshList() {
  const open = openConversation();
  const part = await fetchPart(open ? `/inbox?open=${open}` : '/inbox', { background: true });
  const before = Number(byId('list').dataset.unread);
  const rows = byId('rows');
  const scroll = rows?.scrollTop;
  morphInto(byId('list'), part.getElementById('list'));
  if (rows?.isConnected) rows.scrollTop = scroll;
  if (Number(byId('list').dataset.unread) > before) announce('New message');
  title();
}

/** Opening a conversation reads it; the list need not be asked for that. */
function recount() {
  const unread = document.querySelectorAll('#rows .unread').length;
  byId('list').dataset.unread = String(unread);
  if (byId('unread-count')) byId('unread-count').textContent = String(unread);
  title();
}

/** No names: titles lie open in tabs, task bars and histories. */
function title() {
  const unread = Number(byId('list').dataset.unread);
  document.title = `${unread ? `(${unread}) ` : ''}Inbox · Wardline`;
}

/** "12 min" becomes a clock time without asking the server. */
function settleTimes() {
  for (const time of document.querySelectorAll('#rows time')) {
    const minutes = Math.floor((Date.now() - Date.parse(time.dateTime)) / 60_000);
    if (minutes < 1) continue;
    time.textContent = minutes < 60 ? `${minutes} min` : time.dataset.settled;
  }
}

function leave() {
  dispatchEvent(new Event('wardline:leaving'));
  location.assign('/sign-in');
}
