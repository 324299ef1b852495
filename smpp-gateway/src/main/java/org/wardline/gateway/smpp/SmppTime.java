package org.wardline.gateway.smpp;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Absolute times of SMPP 3.4 §7.1.1.1: YYMMDDhhmmss, tenths, quarters of an hour, direction. */
final class SmppTime {
  /** Seconds and all that follows are missing with some. */
  private static final Pattern ABSOLUTE =
      Pattern.compile("(\\d\\d)(\\d\\d)(\\d\\d)(\\d\\d)(\\d\\d)(\\d\\d)?(?:\\d(\\d\\d)([+-]))?");

  private static final int CENTURY = 2000;
  private static final int MINUTES_PER_QUARTER = 15;

  private SmppTime() {}

  /** Empty when it is no absolute time. Without a direction it is taken for UTC. */
  static Optional<Instant> parse(String written) {
    Matcher field = ABSOLUTE.matcher(written);
    if (!field.matches()) {
      return Optional.empty();
    }
    try {
      int quarters = field.group(7) == null ? 0 : number(field, 7);
      int minutes = quarters * MINUTES_PER_QUARTER * ("-".equals(field.group(8)) ? -1 : 1);
      LocalDateTime local =
          LocalDateTime.of(
              CENTURY + number(field, 1),
              number(field, 2),
              number(field, 3),
              number(field, 4),
              number(field, 5),
              field.group(6) == null ? 0 : number(field, 6));
      return Optional.of(local.toInstant(ZoneOffset.ofTotalSeconds(minutes * 60)));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static int number(Matcher field, int group) {
    return Integer.parseInt(field.group(group));
  }
}
