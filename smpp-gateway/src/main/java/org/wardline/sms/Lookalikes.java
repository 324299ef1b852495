package org.wardline.sms;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Plain characters for those that word processors and phones put in by themselves and that make a
 * text dearer. Something to offer to the writer, who sees every change; nothing here is ever
 * applied without being asked.
 *
 * <p>What is offered keeps the meaning. Signs: quotes, dashes, spaces, bullets, ligatures,
 * fullwidth forms, and characters that nobody sees. Letters: an accent written as a character of
 * its own joins its letter; an accent is left off where writers of the language do so themselves
 * (capitals, French circumflex, cedilla). Not offered: á, í, ó, ú, ã, õ, because "habló" and
 * "hablo" are two words; letters like ş, ı, ł that are none of the alphabet; fractions, powers,
 * degrees and µ, because "1½" must not become "11/2" nor a dose another one.
 */
public final class Lookalikes {
  /**
   * @param from one character, or a letter with the accent behind it
   * @param to what would stand in its place; empty for a character that nobody sees
   * @param name what a person would call it
   * @param times how often the text has it
   */
  public record Change(String from, String to, String name, int times) {
    /** Not the characters: they are a patient's text. */
    @Override
    public String toString() {
      return "Change[" + name + ", " + times + "]";
    }
  }

  /**
   * @param before the text as it is
   * @param after the text with all changes; in no more segments and not in UCS-2
   * @param changes in the order of their first place in the text; at least one
   */
  public record Offer(SmsText before, SmsText after, List<Change> changes) {
    /** How many characters would change. */
    public int times() {
      return changes.stream().mapToInt(Change::times).sum();
    }
  }

  private static final String LIGATURE = "ligature";
  private static final String CAPITAL = "capital with an accent";
  private static final String ACCENTED = "letter with an accent";

  /** One row of the table. */
  record Plain(char from, String to, String name) {}

  static final List<Plain> TABLE = table();

  private static final Map<Character, Plain> BY_CHARACTER = new HashMap<>();

  static {
    TABLE.forEach(plain -> BY_CHARACTER.put(plain.from(), plain));
  }

  static final char FIRST_ACCENT = '\u0300';
  static final char LAST_ACCENT = '\u036F';
  static final String SPLIT_LETTER = "letter with a separate accent";

  /** Å and Ω exist twice, once as units; normalization makes them one. */
  static final String SAME_LETTER = "letter in another code";

  private Lookalikes() {}

  /**
   * What to offer for this text, in its own format. Empty when its alphabet has all its characters,
   * and when the changes would not get it out of UCS-2, as with an emoji: then nothing is gained.
   */
  public static Optional<Offer> offer(SmsText text) {
    if (text.encoding() != SmsEncoding.UCS2) {
      return Optional.empty();
    }
    Coding alphabet = text.format().alphabet().coding();
    Map<String, Change> changes = new LinkedHashMap<>();
    StringBuilder plain = new StringBuilder();
    String words = text.text();
    for (int i = 0; i < words.length(); ) {
      int length = hasSplitAccent(words, i) ? 2 : 1;
      String from = words.substring(i, i + length);
      Optional<Change> change = change(alphabet, from);
      if (change.isEmpty() && length == 2) {
        // A letter whose accent cannot join it stays, and so does its accent.
        from = words.substring(i, i + 1);
        change = change(alphabet, from);
      }
      plain.append(change.map(Change::to).orElse(from));
      change.ifPresent(
          c ->
              changes.merge(
                  c.from(),
                  c,
                  (a, b) -> new Change(a.from(), a.to(), a.name(), a.times() + b.times())));
      i += from.length();
    }
    SmsText after = SmsText.of(plain.toString(), text.format());
    boolean helps = after.encoding() != SmsEncoding.UCS2 && after.segments() <= text.segments();
    return helps
        ? Optional.of(new Offer(text, after, List.copyOf(changes.values())))
        : Optional.empty();
  }

  private static boolean hasSplitAccent(String text, int at) {
    return at + 1 < text.length()
        && text.charAt(at + 1) >= FIRST_ACCENT
        && text.charAt(at + 1) <= LAST_ACCENT;
  }

  private static Optional<Change> change(Coding alphabet, String from) {
    String joined = Normalizer.normalize(from, Normalizer.Form.NFC);
    if (joined.length() != 1 || (from.length() == 1 && alphabet.cost(from.charAt(0)) > 0)) {
      return Optional.empty();
    }
    char c = joined.charAt(0);
    if (alphabet.cost(c) > 0) {
      String name = from.length() == 1 ? SAME_LETTER : SPLIT_LETTER;
      return Optional.of(new Change(from, joined, name, 1));
    }
    return Optional.ofNullable(BY_CHARACTER.get(c))
        .map(plain -> new Change(from, plain.to(), plain.name(), 1));
  }

  private static List<Plain> table() {
    List<Plain> table = new ArrayList<>();
    each(table, "‘‚‛", "'", "curly quote");
    each(table, "’", "'", "curly apostrophe");
    each(table, "“”„‟", "\"", "curly quote");
    each(table, "«»", "\"", "angle quote");
    each(table, "‹›", "'", "angle quote");
    each(table, "ʼ", "'", "raised apostrophe");
    each(table, "`", "'", "backtick");
    each(table, "´", "'", "loose accent");
    each(table, "′", "'", "minute sign");
    each(table, "″", "\"", "second sign");
    each(table, "‐", "-", "hyphen");
    each(table, "\u2011", "-", "non-breaking hyphen");
    each(table, "‒–—―", "-", "long dash");
    each(table, "−", "-", "minus sign");
    each(table, "…", "...", "ellipsis");
    // Not a hyphen: "•5 mg" must not look like a negative dose.
    each(table, "•◦‣▪●", "*", "bullet");
    each(table, "\t", " ", "tab");
    each(table, "\u00A0", " ", "non-breaking space");
    each(table, "\u202F", " ", "narrow non-breaking space");
    each(table, "\u2009\u200A", " ", "thin space");
    each(table, "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u205F", " ", "wide space");
    each(table, "\u3000", " ", "fullwidth space");
    each(table, "\u2028\u2029", "\n", "line separator");
    each(table, "⁄", "/", "fraction slash");
    each(table, "×", "x", "multiplication sign");
    unseen(table);
    ligatures(table);
    fullwidth(table);
    each(table, "ÀÁÂ", "A", CAPITAL);
    each(table, "ÈÊË", "E", CAPITAL);
    each(table, "ÌÍÎÏ", "I", CAPITAL);
    each(table, "ÒÓÔ", "O", CAPITAL);
    each(table, "ÙÚÛ", "U", CAPITAL);
    each(table, "Ÿ", "Y", CAPITAL);
    each(table, "â", "a", ACCENTED);
    each(table, "êë", "e", ACCENTED);
    each(table, "îï", "i", ACCENTED);
    each(table, "ô", "o", ACCENTED);
    each(table, "û", "u", ACCENTED);
    each(table, "ÿ", "y", ACCENTED);
    each(table, "ç", "c", "c with a cedilla");
    return List.copyOf(table);
  }

  /** Nobody sees them; some turn the direction of what follows, and can hide what a text says. */
  private static void unseen(List<Plain> table) {
    each(table, "\u00AD", "", "invisible soft hyphen");
    each(table, "\u200B", "", "zero-width space");
    each(table, "\u200C", "", "zero-width non-joiner");
    each(table, "\u200D", "", "zero-width joiner");
    each(table, "\u2060", "", "zero-width word joiner");
    each(table, "\uFEFF", "", "zero-width byte order mark");
    each(table, "\u200E", "", "invisible left-to-right mark");
    each(table, "\u200F\u061C", "", "invisible right-to-left mark");
    each(table, "\u202A\u202D\u2066", "", "invisible left-to-right control");
    each(table, "\u202B\u202E\u2067", "", "invisible right-to-left control");
    each(table, "\u202C\u2068\u2069", "", "invisible direction control");
  }

  private static void ligatures(List<Plain> table) {
    each(table, "ﬀ", "ff", LIGATURE);
    each(table, "ﬁ", "fi", LIGATURE);
    each(table, "ﬂ", "fl", LIGATURE);
    each(table, "ﬃ", "ffi", LIGATURE);
    each(table, "ﬄ", "ffl", LIGATURE);
    each(table, "ﬅﬆ", "st", LIGATURE);
    each(table, "œ", "oe", LIGATURE);
    each(table, "Œ", "OE", LIGATURE);
    each(table, "ĳ", "ij", LIGATURE);
    each(table, "Ĳ", "IJ", LIGATURE);
  }

  /** The printable ASCII characters once more, as East Asian keyboards write them. */
  private static void fullwidth(List<Plain> table) {
    for (char c = '!'; c <= '~'; c++) {
      String plain = c == '`' ? "'" : String.valueOf(c);
      table.add(new Plain((char) (c - '!' + '！'), plain, "fullwidth character"));
    }
    each(table, "￡", "£", "fullwidth character");
    each(table, "￥", "¥", "fullwidth character");
  }

  private static void each(List<Plain> table, String characters, String to, String name) {
    characters.chars().forEach(c -> table.add(new Plain((char) c, to, name)));
  }
}
