package org.wardline.sms;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.wardline.jdbc.Tx;

/**
 * What a carrier's error codes mean, in words for the people of a practice. The usual meanings are
 * built in ({@link UsualReasons}); a practice writes its own over them, for one link or for all,
 * because the codes are the carrier's own (SMPP 3.4 Appendix B, "err"). They are applied when a
 * receipt is stored, so a change does not touch what was told before.
 *
 * <p>A code is compared in lower case and without leading zeros: {@code 011} is {@code 11}. A code
 * of the network_error_code TLV is {@code network type/code}, such as {@code 3/11} (§5.3.2.31);
 * words for {@code 11} serve it too when there are none for {@code 3/11}.
 */
public final class Reasons {
  /** Stands for every link. */
  public static final String EVERY_LINK = "*";

  private static final int MAX_CODE_CHARS = 32;
  private static final int MAX_WORDS_CHARS = 500;

  private Reasons() {}

  /** Where words come from; the first has precedence. */
  public enum Source {
    LINK,
    EVERY_LINK,
    BUILT_IN
  }

  /**
   * @param code normalised
   * @param words one or two sentences
   */
  public record Reason(String code, String words, Source source) {}

  /** Every code that has words on this link, with the words that apply, in order of the code. */
  public static List<Reason> list(Tx tx, String link) {
    Map<String, Reason> all = new TreeMap<>();
    UsualReasons.all()
        .forEach((code, words) -> all.put(code, new Reason(code, words, Source.BUILT_IN)));
    // The link's own come last and replace the others.
    for (Reason reason :
        tx.query(
            """
            SELECT link, code, words FROM sms.reason WHERE link IN (?, '*')
            ORDER BY link <> '*', code
            """,
            row ->
                new Reason(
                    row.string("code"),
                    row.string("words"),
                    row.string("link").equals(EVERY_LINK) ? Source.EVERY_LINK : Source.LINK),
            link)) {
      all.put(reason.code(), reason);
    }
    return new ArrayList<>(all.values());
  }

  /**
   * Writes words for a code, over those it had.
   *
   * @param link its name, or {@link #EVERY_LINK}
   * @throws IllegalArgumentException when code or words are empty or too long, in words for people
   */
  public static void put(Tx tx, String link, String code, String words) {
    String key = normalise(code);
    String said = words.strip();
    if (key.isEmpty() || key.length() > MAX_CODE_CHARS || !key.chars().allMatch(c -> c > ' ')) {
      throw new IllegalArgumentException(
          "A carrier's code has 1 to " + MAX_CODE_CHARS + " characters without spaces.");
    }
    if (said.isEmpty() || said.length() > MAX_WORDS_CHARS || said.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "The words for a code have 1 to " + MAX_WORDS_CHARS + " characters.");
    }
    tx.update(
        """
        INSERT INTO sms.reason (link, code, words) VALUES (?, ?, ?)
        ON CONFLICT (link, code) DO UPDATE SET words = excluded.words, changed_at = now()
        """,
        link,
        key,
        said);
  }

  /** Takes a practice's own words back, so that the next best apply; false when there were none. */
  public static boolean remove(Tx tx, String link, String code) {
    return tx.update("DELETE FROM sms.reason WHERE link = ? AND code = ?", link, normalise(code))
        > 0;
  }

  /**
   * The words for these codes on a link; for the gateway. One statement for any number.
   *
   * @return by the code as it was given; a code without words is missing
   */
  public static Map<String, String> find(Tx tx, String link, Collection<String> codes) {
    Map<String, Map<String, String>> written = new HashMap<>();
    tx.query(
        "SELECT link, code, words FROM sms.reason WHERE link IN (?, '*') AND code = ANY(?)",
        row ->
            written
                .computeIfAbsent(row.string("link"), any -> new HashMap<>())
                .put(row.string("code"), row.string("words")),
        link,
        codes.stream().flatMap(code -> keys(code).stream()).distinct().toArray(String[]::new));
    List<Map<String, String>> bySource =
        List.of(
            written.getOrDefault(link, Map.of()),
            written.getOrDefault(EVERY_LINK, Map.of()),
            UsualReasons.all());
    Map<String, String> found = new HashMap<>();
    for (String code : codes) {
      first(bySource, keys(code)).ifPresent(words -> found.put(code, words));
    }
    return found;
  }

  private static Optional<String> first(List<Map<String, String>> bySource, List<String> keys) {
    for (Map<String, String> source : bySource) {
      for (String key : keys) {
        if (source.containsKey(key)) {
          return Optional.of(source.get(key));
        }
      }
    }
    return Optional.empty();
  }

  /** The keys that serve a code, the best first. */
  private static List<String> keys(String code) {
    String whole = normalise(code);
    int slash = whole.indexOf('/');
    // CDMA networks (types 1 and 2) number their causes anew; only GSM's are the plain numbers.
    return slash > 0 && whole.startsWith("3/")
        ? List.of(whole, normalise(whole.substring(slash + 1)))
        : List.of(whole);
  }

  static String normalise(String code) {
    String plain = code.strip().toLowerCase(Locale.ROOT);
    int start = 0;
    while (start < plain.length() - 1
        && plain.charAt(start) == '0'
        && plain.charAt(start + 1) != 'x') {
      start++;
    }
    return plain.substring(start);
  }
}
