package org.wardline.sms;

/**
 * What a reader takes for one character: a letter with its accents, a flag, an emoji with its skin
 * color. Phones join parts before they draw, but not all do, so a cut does not go through one.
 * Fixed ranges instead of the JDK's grapheme rules: the counter in the browser must cut at the same
 * place, whatever version of Unicode it knows.
 */
final class Clusters {
  /** A longer heap of accents is no character, and must not fill a part. */
  static final int MAX_UNITS = 20;

  private static final int JOINER = 0x200D;

  /** Pairs of first and last code point of what hangs on the character before. */
  static final int[] EXTENDERS = {
    0x0300, 0x036F, // combining accents
    0x1AB0, 0x1AFF, 0x1DC0, 0x1DFF, JOINER, JOINER, 0x20D0, 0x20FF, 0xFE00,
    0xFE0F, // variation selectors
    0xFE20, 0xFE2F, 0x1F3FB, 0x1F3FF, // skin colors
    0xE0020, 0xE007F, // tags of regional flags
  };

  private Clusters() {}

  /** The index after the cluster that starts at {@code from}. */
  static int end(String text, int from) {
    int last = text.codePointAt(from);
    int at = from + Character.charCount(last);
    boolean halfFlag = isFlagLetter(last);
    while (at < text.length()) {
      int next = text.codePointAt(at);
      boolean hangs = extendsWhatIsBefore(next) || last == JOINER;
      boolean secondHalf = halfFlag && isFlagLetter(next);
      int end = at + Character.charCount(next);
      if (!(hangs || secondHalf) || end - from > MAX_UNITS) {
        return at;
      }
      halfFlag = false;
      last = next;
      at = end;
    }
    return at;
  }

  private static boolean extendsWhatIsBefore(int codePoint) {
    // Nearly every text stops here.
    if (codePoint < EXTENDERS[0]) {
      return false;
    }
    for (int i = 0; i < EXTENDERS.length; i += 2) {
      if (codePoint >= EXTENDERS[i] && codePoint <= EXTENDERS[i + 1]) {
        return true;
      }
    }
    return false;
  }

  /** Two of these are a country's flag. */
  private static boolean isFlagLetter(int codePoint) {
    return codePoint >= 0x1F1E6 && codePoint <= 0x1F1FF;
  }
}
