// What a text costs on the air, counted as org.wardline.sms.SmsText counts it: the number under the
// composer is the number of texts the carrier is handed. 3GPP TS 23.038 (alphabet), 23.040 (parts).

const DEFAULT_TABLE =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ' +
  ' !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§' +
  '¿abcdefghijklmnopqrstuvwxyzäöñüà';
const EXTENSION_TABLE = '\f^{}\\[~]|€';

const SEPTETS = new Map([
  ...Array.from(DEFAULT_TABLE, (c) => [c, 1]),
  ...Array.from(EXTENSION_TABLE, (c) => [c, 2]),
]);

const LIMITS = { gsm7: { single: 160, part: 153 }, ucs2: { single: 70, part: 67 } };

// Look-alikes that word processors and phones put in by themselves. Letters are never in here:
// replacing one would change a word or a name.
const PLAIN = new Map([
  ...Array.from('‘’‚‛′ʼ`´', (c) => [c, "'"]),
  ...Array.from('“”„‟″«»', (c) => [c, '"']),
  ...Array.from('‐‑‒–—―−•', (c) => [c, '-']),
  ...Array.from('\t\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000', (c) => [c, ' ']),
  ...Array.from('\u00ad\u200b\u2060\ufeff', (c) => [c, '']),
  ['…', '...'],
  ['\u2028', '\n'],
  ['⁄', '/'],
  ['×', 'x'],
]);

const NAMES = new Map([
  ['‘', 'curly quote'], ['’', 'curly apostrophe'], ['“', 'curly quote'], ['”', 'curly quote'],
  ['–', 'long dash'], ['—', 'long dash'], ['…', 'ellipsis'], ['•', 'bullet'], ['\t', 'tab'],
  ['`', 'backtick'], ['´', 'accent'], ['\u00a0', 'non-breaking space'], ['\u202f', 'narrow space'],
  ['\u00ad', 'soft hyphen'], ['\u200b', 'invisible space'], ['\ufeff', 'invisible mark'],
]);

const isHigh = (unit) => unit >= 0xd800 && unit <= 0xdbff;
const isLow = (unit) => unit >= 0xdc00 && unit <= 0xdfff;

function isPairAt(text, i) {
  return i + 1 < text.length && isHigh(text.charCodeAt(i)) && isLow(text.charCodeAt(i + 1));
}

function firstNonGsmIndex(text) {
  for (let i = 0; i < text.length; i++) {
    if (!SEPTETS.has(text[i])) return i;
  }
  return -1;
}

/**
 * @param {string} text
 * @returns {{encoding: 'gsm7'|'ucs2', units: number, segments: number, left: number, firstNonGsm: string}}
 *   units are septets with their escapes, or UTF-16 units; left is what fits before one more text is
 *   needed; firstNonGsm is the whole code point that forces UCS-2, or empty
 */
export function measure(text) {
  const nonGsm = firstNonGsmIndex(text);
  const encoding = nonGsm < 0 ? 'gsm7' : 'ucs2';
  const cost = (i) => (encoding === 'gsm7' ? SEPTETS.get(text[i]) : 1);
  const limit = LIMITS[encoding];
  const firstNonGsm = nonGsm < 0 ? '' : String.fromCodePoint(text.codePointAt(nonGsm));

  let units = 0;
  for (let i = 0; i < text.length; i++) units += cost(i);
  if (units <= limit.single) {
    return { encoding, units, segments: 1, left: limit.single - units, firstNonGsm };
  }
  let segments = 1;
  let used = 0;
  for (let i = 0; i < text.length; ) {
    const step = isPairAt(text, i) ? 2 : 1;
    // A surrogate pair or an escape pair moves to the next part as a whole.
    const needed = step === 2 ? 2 : cost(i);
    if (used + needed > limit.part) {
      segments++;
      used = 0;
    }
    used += needed;
    i += step;
  }
  return { encoding, units, segments, left: limit.part - used, firstNonGsm };
}

/** The text with every look-alike in its plain form, and how many were changed. */
export function plain(text) {
  let changed = 0;
  const result = Array.from(text, (c) => {
    if (!PLAIN.has(c)) return c;
    changed++;
    return PLAIN.get(c);
  }).join('');
  return { text: result, changed };
}

/** What a plain look-alike would be, or null when the character has none. */
export function lookAlike(character) {
  return PLAIN.has(character) ? PLAIN.get(character) : null;
}

/** The character as a person would call it. */
export function nameOf(character) {
  const code = 'U+' + character.codePointAt(0).toString(16).toUpperCase().padStart(4, '0');
  if (NAMES.has(character)) return NAMES.get(character);
  if (/\p{Extended_Pictographic}/u.test(character)) return 'emoji';
  if (/\p{L}/u.test(character)) return 'letter';
  return code;
}
