package org.wardline.sms;

import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which link a text takes. Pure: the gateway asks it before every claim, and the route preview of
 * console and command line asks the same.
 *
 * <p>A link must carry the line and the prefix. Among those that do, in this order: it can be
 * counted on now; it names the line; its prefix fits longer; its preference number is lower; it
 * costs less; its name comes first. When none can be counted on, the text waits for the first of
 * them.
 */
public final class Routes {
  /** Before a link's name in {@code sms.outbound.prefix}: that link and no other. */
  private static final String PINNED = "@";

  /**
   * What routing knows of a link.
   *
   * @param lines those it carries; empty means all
   * @param prefixes of numbers it carries, each {@code +} and digits; {@code +} alone means all
   * @param preference lower is taken first
   * @param cost of a segment, in the practice's currency; only compared
   * @param usable whether it can be counted on now: bound, or lost so briefly that it may be back
   *     soon; and wanted to run
   */
  public record Link(
      String name,
      Set<String> lines,
      List<String> prefixes,
      int preference,
      BigDecimal cost,
      boolean usable) {
    /** Length of the longest prefix that fits, 0 when none does. */
    private int fit(String number) {
      if (number.startsWith(PINNED)) {
        return number.equals(PINNED + name) ? number.length() : 0;
      }
      return prefixes.stream().filter(number::startsWith).mapToInt(String::length).max().orElse(0);
    }

    public Link withUsable(boolean now) {
      return new Link(name, lines, prefixes, preference, cost, now);
    }

    /** Whether one of its prefixes fits. */
    public boolean carries(String number) {
      return fit(number) > 0;
    }

    private boolean carries(String line, String number) {
      boolean pinned = number.startsWith(PINNED);
      return carries(number) && (pinned || lines.isEmpty() || lines.contains(line));
    }
  }

  /** What decides between two links that carry a text, the first criterion first. */
  public enum Criterion {
    USABLE,
    NAMES_LINE,
    LONGER_PREFIX,
    PREFERENCE,
    COST,
    NAME;

    private int compare(Link one, Link other, String number) {
      return switch (this) {
        case USABLE -> Boolean.compare(other.usable(), one.usable());
        case NAMES_LINE -> Boolean.compare(one.lines().isEmpty(), other.lines().isEmpty());
        case LONGER_PREFIX -> Integer.compare(other.fit(number), one.fit(number));
        case PREFERENCE -> Integer.compare(one.preference(), other.preference());
        case COST -> one.cost().compareTo(other.cost());
        case NAME -> one.name().compareTo(other.name());
      };
    }
  }

  private Routes() {}

  /** What to file a text under that only this link may carry. */
  public static String pinned(String link) {
    return PINNED + link;
  }

  /** The link of {@link #pinned}; empty for a prefix of numbers. */
  public static Optional<String> pinnedTo(String prefix) {
    return prefix.startsWith(PINNED)
        ? Optional.of(prefix.substring(PINNED.length()))
        : Optional.empty();
  }

  /**
   * The links a text may take, the best first; empty when none carries it.
   *
   * @param number in E.164 form, or the prefix it is filed under
   */
  public static List<Link> order(List<Link> links, String line, String number) {
    return links.stream()
        .filter(link -> link.carries(line, number))
        .sorted((one, other) -> decisive(one, other, number).compare(one, other, number))
        .toList();
  }

  /** The first criterion that tells two links apart which both carry {@code number}. */
  public static Criterion decisive(Link one, Link other, String number) {
    for (Criterion criterion : Criterion.values()) {
      if (criterion.compare(one, other, number) != 0) {
        return criterion;
      }
    }
    return Criterion.NAME;
  }

  /** The longest of {@code prefixes} that {@code number} begins with, else {@code +}. */
  static String prefixOf(PhoneNumber number, List<String> prefixes) {
    return prefixes.stream()
        .filter(number.e164()::startsWith)
        .max(Comparator.comparingInt(String::length))
        .orElse("+");
  }
}
