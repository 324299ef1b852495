package org.wardline.gateway.smpp;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** For how long the carrier shall try (validity_period, SMPP 3.4 §5.2.16). */
public sealed interface Validity {
  /** The field stays empty: the carrier decides. */
  record CarriersOwn() implements Validity {}

  /** Relative time (§7.1.1.2), what nearly all carriers take. Kept between a second and 30 days. */
  record For(Duration period) implements Validity {
    /** Days are the largest unit every SMSC reads the same way. */
    private static final Duration MAX = Duration.ofDays(30);

    private static final Duration MIN = Duration.ofSeconds(1);

    /** YYMMDDhhmmss000R; all zeros would be the carrier's own period with some. */
    String onTheWire() {
      Duration kept = period.compareTo(MAX) > 0 ? MAX : period.compareTo(MIN) < 0 ? MIN : period;
      return "0000%02d%02d%02d%02d000R"
          .formatted(kept.toDays(), kept.toHoursPart(), kept.toMinutesPart(), kept.toSecondsPart());
    }
  }

  /** Absolute time in UTC (§7.1.1.1), for devices that do not know relative time. */
  record Until(Instant end) implements Validity {
    private static final DateTimeFormatter WRITTEN =
        DateTimeFormatter.ofPattern("uuMMddHHmmss'000+'", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** YYMMDDhhmmss, tenths, quarters of an hour from UTC, their sign. */
    String onTheWire() {
      return WRITTEN.format(end);
    }
  }

  /** Null is the empty field. */
  default @Nullable String field() {
    return switch (this) {
      case CarriersOwn none -> null;
      case For relative -> relative.onTheWire();
      case Until absolute -> absolute.onTheWire();
    };
  }
}
