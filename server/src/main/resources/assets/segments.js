// What a text costs on the air, counted as org.wardline.sms.SmsText counts it: the number under the
// composer is the number of texts the carrier is handed. The tables come from that package, see
// org.wardline.sms.BrowserTables; here is only the counting, and a test holds the two together.
import {
  ACCENTS, CONCATENATION_OCTETS, DEFAULT, EXTENDERS, LANGUAGES, MAX_CLUSTER_UNITS, NOTHING, OCTETS,
  PLAIN, SAME_LETTER, SPLIT_LETTER,
} from './sms-tables.js';

const USUAL = 'gsm7 udh-8';
const ESCAPE = 0x1b;
/** What an information element that names a national table takes. */
const SHIFT_OCTETS = 3;
const JOINER = 0x200d;

// ---- alphabets -----------------------------------------------------------------------------

const latin1 = {
  encoding: 'latin1',
  announced: 0,
  cost: (c) => (c.charCodeAt(0) <= 0xff ? 1 : 0),
  unitsIn: (octets) => octets,
  endOfPiece: (text, from) => from + 1,
};

const ucs2 = {
  encoding: 'ucs2',
  announced: 0,
  cost: () => 1,
  unitsIn: (octets) => Math.floor(octets / 2),
  endOfPiece: endOfCluster,
};

function gsm7(locking, single) {
  const septets = new Map();
  const take = (table, cost) => {
    for (let i = 0; i < table.length; i++) {
      if (i !== ESCAPE && table[i] !== NOTHING && !septets.has(table[i])) septets.set(table[i], cost);
    }
  };
  take(locking ?? DEFAULT.locking, 1);
  take(single ?? DEFAULT.single, 2);
  return {
    encoding: 'gsm7',
    announced: (locking ? SHIFT_OCTETS : 0) + (single ? SHIFT_OCTETS : 0),
    cost: (c) => septets.get(c) ?? 0,
    unitsIn: (octets) => Math.floor((octets * 8) / 7),
    endOfPiece: (text, from) => from + 1,
  };
}

/** The plainest way first, as in Gsm7.of. */
function national({ locking, single }) {
  const codings = [gsm7(null, single)];
  if (locking) codings.push(gsm7(locking, null), gsm7(locking, single));
  return codings;
}

const formats = new Map();

/** A format as SmsFormat writes it: alphabet, concatenation, languages. */
function read(written) {
  if (!formats.has(written)) {
    const [alphabet, concatenation, ...languages] = written.split(' ');
    formats.set(written, {
      alphabet: alphabet === 'latin1' ? latin1 : gsm7(null, null),
      elementOctets: CONCATENATION_OCTETS[concatenation],
      nationals: languages.flatMap((language) => national(LANGUAGES[language])),
    });
  }
  return formats.get(written);
}

// ---- cutting -------------------------------------------------------------------------------

const hangs = (codePoint) =>
  codePoint >= EXTENDERS[0][0] && EXTENDERS.some(([first, last]) => codePoint >= first && codePoint <= last);
const isFlagLetter = (codePoint) => codePoint >= 0x1f1e6 && codePoint <= 0x1f1ff;
const unitsOf = (codePoint) => (codePoint > 0xffff ? 2 : 1);

/** What a reader takes for one character is not cut; see Clusters.java. */
function endOfCluster(text, from) {
  let last = text.codePointAt(from);
  let at = from + unitsOf(last);
  let halfFlag = isFlagLetter(last);
  while (at < text.length) {
    const next = text.codePointAt(at);
    const belongs = hangs(next) || last === JOINER || (halfFlag && isFlagLetter(next));
    const end = at + unitsOf(next);
    if (!belongs || end - from > MAX_CLUSTER_UNITS) return at;
    halfFlag = false;
    last = next;
    at = end;
  }
  return at;
}

/** Units of the whole text, or -1 when the coding cannot write it. */
function costOf(coding, text) {
  let units = 0;
  for (let i = 0; i < text.length; i++) {
    const cost = coding.cost(text[i]);
    if (cost === 0) return -1;
    units += cost;
  }
  return units;
}

function cut(coding, units, text, format) {
  const room = (elements) => coding.unitsIn(OCTETS - (elements === 0 ? 0 : 1 + elements));
  const encoding = coding.encoding;
  const whole = room(coding.announced);
  if (units <= whole) return { encoding, units, segments: 1, left: whole - units };
  const limit = room(coding.announced + format.elementOctets);
  let segments = 1;
  let used = 0;
  for (let i = 0; i < text.length; ) {
    const end = coding.endOfPiece(text, i);
    let needed = 0;
    for (let k = i; k < end; k++) needed += coding.cost(text[k]);
    if (used + needed > limit) {
      segments++;
      used = 0;
    }
    used += needed;
    i = end;
  }
  return { encoding, units, segments, left: limit - used };
}

/**
 * @param {string} text
 * @param {string} written the line's format
 * @returns {{encoding: 'gsm7'|'latin1'|'ucs2', units: number, segments: number, left: number, firstNonGsm: string}}
 *   units are septets with their escapes, octets or UTF-16 units; left is what fits before one more
 *   text is needed; firstNonGsm is the whole code point that forces UCS-2, or empty
 */
export function measure(text, written = USUAL) {
  const format = read(written);
  const units = costOf(format.alphabet, text);
  if (units >= 0) return { ...cut(format.alphabet, units, text, format), firstNonGsm: '' };
  let best = cut(ucs2, text.length, text, format);
  for (const coding of format.nationals) {
    const septets = costOf(coding, text);
    if (septets < 0) continue;
    const other = cut(coding, septets, text, format);
    if (other.segments < best.segments) best = other;
  }
  return { ...best, firstNonGsm: best.encoding === 'ucs2' ? firstForeign(format.alphabet, text) : '' };
}

function firstForeign(alphabet, text) {
  let at = 0;
  while (alphabet.cost(text[at]) > 0) at++;
  return String.fromCodePoint(text.codePointAt(at));
}

// ---- look-alikes ---------------------------------------------------------------------------

const plainForms = new Map(PLAIN.map(([from, to, name]) => [from, { to, name }]));

function changeOf(alphabet, from) {
  const joined = from.normalize('NFC');
  if (joined.length !== 1 || (from.length === 1 && alphabet.cost(from) > 0)) return null;
  if (alphabet.cost(joined) > 0) return { to: joined, name: from.length === 1 ? SAME_LETTER : SPLIT_LETTER };
  return plainForms.get(joined) ?? null;
}

/**
 * Plain characters to offer for this text, as org.wardline.sms.Lookalikes does, or null when nothing
 * is gained.
 *
 * @returns {null | {text: string, times: number, changes: {from: string, to: string, name: string}[], before: object, after: object}}
 *   changes in the order of their first place; before and after as from measure
 */
export function offer(text, written = USUAL) {
  const before = measure(text, written);
  if (before.encoding !== 'ucs2') return null;
  const { alphabet } = read(written);
  const changes = new Map();
  let plain = '';
  let times = 0;
  for (let i = 0; i < text.length; ) {
    const split = i + 1 < text.length && text[i + 1] >= ACCENTS[0] && text[i + 1] <= ACCENTS[1];
    let from = text.slice(i, i + (split ? 2 : 1));
    let change = changeOf(alphabet, from);
    if (!change && split) {
      from = text[i];
      change = changeOf(alphabet, from);
    }
    plain += change ? change.to : from;
    if (change) {
      times++;
      if (!changes.has(from)) changes.set(from, { from, ...change });
    }
    i += from.length;
  }
  const after = measure(plain, written);
  if (after.encoding === 'ucs2' || after.segments > before.segments) return null;
  return { text: plain, times, changes: [...changes.values()], before, after };
}

/** The character as a person would call it. */
export function nameOf(character) {
  const known = plainForms.get(character);
  if (known) return known.name;
  if (/\p{Extended_Pictographic}/u.test(character)) return 'emoji';
  if (/\p{L}/u.test(character)) return 'letter';
  return 'U+' + character.codePointAt(0).toString(16).toUpperCase().padStart(4, '0');
}

/** Whether nobody sees the character: it is better named than shown. */
export const isUnseen = (character) => plainForms.get(character)?.to === '';
