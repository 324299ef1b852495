package org.wardline.sms;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The tables of this package as an ES module, so that the counter in the browser has no tables of
 * its own that could differ: the alphabets, what a header takes, where a text may be cut, and the
 * plain forms of look-alikes.
 */
public final class BrowserTables {
  private BrowserTables() {}

  /** ASCII only. */
  public static String module() {
    return """
    // Made by org.wardline.sms.BrowserTables from the tables that encode texts.
    export const OCTETS = %d;
    export const CONCATENATION_OCTETS = {%s};
    export const NOTHING = %s;
    export const DEFAULT = {locking: %s, single: %s};
    export const LANGUAGES = {%s};
    export const EXTENDERS = [%s];
    export const MAX_CLUSTER_UNITS = %d;
    export const ACCENTS = [%s, %s];
    export const SPLIT_LETTER = %s;
    export const SAME_LETTER = %s;
    export const PLAIN = [%s];
    """
        .formatted(
            SmsText.MAX_OCTETS,
            concatenations(),
            quoted(String.valueOf(GsmTable.NOTHING)),
            quoted(GsmTable.DEFAULT.characters()),
            quoted(GsmTable.EXTENSION.characters()),
            languages(),
            extenders(),
            Clusters.MAX_UNITS,
            quoted(String.valueOf(Lookalikes.FIRST_ACCENT)),
            quoted(String.valueOf(Lookalikes.LAST_ACCENT)),
            quoted(Lookalikes.SPLIT_LETTER),
            quoted(Lookalikes.SAME_LETTER),
            plain());
  }

  private static String concatenations() {
    List<String> entries = new ArrayList<>();
    for (SmsFormat.Concatenation kind : SmsFormat.Concatenation.values()) {
      entries.add(quoted(kind.written()) + ": " + kind.elementOctets());
    }
    return String.join(", ", entries);
  }

  private static String languages() {
    List<String> entries = new ArrayList<>();
    for (NationalLanguage language : NationalLanguage.values()) {
      String locking = GsmTable.locking(language).map(t -> quoted(t.characters())).orElse("null");
      entries.add(
          "%s: {locking: %s, single: %s}"
              .formatted(
                  language.wireName(), locking, quoted(GsmTable.single(language).characters())));
    }
    return String.join(",\n", entries);
  }

  private static String extenders() {
    List<String> pairs = new ArrayList<>();
    for (int i = 0; i < Clusters.EXTENDERS.length; i += 2) {
      pairs.add("[" + Clusters.EXTENDERS[i] + ", " + Clusters.EXTENDERS[i + 1] + "]");
    }
    return String.join(", ", pairs);
  }

  private static String plain() {
    return Lookalikes.TABLE.stream()
        .map(
            p ->
                "[%s, %s, %s]"
                    .formatted(quoted(String.valueOf(p.from())), quoted(p.to()), quoted(p.name())))
        .collect(Collectors.joining(",\n"));
  }

  /** As a JavaScript string; what is not plain ASCII as a number. */
  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("'");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~' || c == '\'' || c == '\\') {
        out.append("\\u%04x".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('\'').toString();
  }
}
