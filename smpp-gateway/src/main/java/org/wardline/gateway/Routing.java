package org.wardline.gateway;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What a link is for, see {@link org.wardline.sms.Routes}.
 *
 * @param lines those it carries; empty means all
 * @param prefixes of numbers it carries, {@code +} and digits; {@code +} alone means all
 * @param preference lower is taken first
 * @param cost of a segment; only compared with other links'
 * @param failoverAfter how long it may be lost before other links take its texts
 * @param returnAfter how long it must hold before texts return to it
 */
public record Routing(
    Set<String> lines,
    List<String> prefixes,
    int preference,
    BigDecimal cost,
    Duration failoverAfter,
    Duration returnAfter) {
  static final int MAX_PREFERENCE = 1_000;

  /** Carries everything, and gives it to others after half a minute. */
  static final Routing EVERYTHING =
      new Routing(
          Set.of(),
          List.of("+"),
          10,
          BigDecimal.ZERO,
          Duration.ofSeconds(30),
          Duration.ofSeconds(60));

  public Routing {
    lines = Set.copyOf(lines);
    prefixes = List.copyOf(prefixes);
    for (String prefix : prefixes) {
      if (!prefix.matches("\\+[0-9]{0,14}")) {
        throw new IllegalArgumentException(
            "A prefix is + and up to 14 digits, such as +1 or +1312, not \"" + prefix + "\".");
      }
    }
    if (prefixes.isEmpty()) {
      throw new IllegalArgumentException("A link needs a prefix; + alone means all numbers.");
    }
    if (preference < 1 || preference > MAX_PREFERENCE || cost.signum() < 0) {
      throw new IllegalArgumentException(
          "The preference must be 1 to " + MAX_PREFERENCE + ", the cost 0 or more.");
    }
  }
}
