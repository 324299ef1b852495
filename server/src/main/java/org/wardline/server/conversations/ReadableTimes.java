package org.wardline.server.conversations;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Moments as the practice reads them: in its own zone, on a 12-hour clock, near days in words. One
 * instance serves one page, so that everything on it is relative to the same now.
 */
public final class ReadableTimes {
  private static final int SHOW_MINUTES_UP_TO = 59;
  private static final int SHOW_WEEKDAY_UP_TO_DAYS = 6;

  private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("h:mm a", Locale.US);
  private static final DateTimeFormatter WEEKDAY = DateTimeFormatter.ofPattern("EEE", Locale.US);
  private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("MMM d", Locale.US);
  private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("M/d/yyyy", Locale.US);
  private static final DateTimeFormatter LONG_DAY =
      DateTimeFormatter.ofPattern("EEEE, MMMM d", Locale.US);
  private static final DateTimeFormatter LONG_DATE =
      DateTimeFormatter.ofPattern("EEEE, MMMM d, yyyy", Locale.US);
  private static final DateTimeFormatter ABSOLUTE =
      DateTimeFormatter.ofPattern("EEEE, MMMM d, yyyy 'at' h:mm:ss a zzz", Locale.US);
  private static final DateTimeFormatter CLOCK_WITH_ZONE =
      DateTimeFormatter.ofPattern("EEE h:mm a zzz", Locale.US);

  private final ZoneId zone;
  private final Instant now;

  public ReadableTimes(ZoneId zone, Instant now) {
    this.zone = zone;
    this.now = now;
  }

  public ZoneId zone() {
    return zone;
  }

  /** {@code 3:07 PM}. */
  public String clock(Instant at) {
    return CLOCK.format(at.atZone(zone));
  }

  /** For lists, where room is scarce: minutes, then the clock, then the day. */
  public String brief(Instant at) {
    long minutes = Duration.between(at, now).toMinutes();
    if (minutes < 1) {
      return "now";
    }
    return minutes <= SHOW_MINUTES_UP_TO ? minutes + " min" : settled(at);
  }

  /** What {@link #brief} says once the first hour is over; the browser switches to it by itself. */
  public String settled(Instant at) {
    LocalDate day = dateOf(at);
    LocalDate today = dateOf(now);
    if (!day.isBefore(today)) {
      return clock(at);
    }
    if (day.equals(today.minusDays(1))) {
      return "Yesterday";
    }
    if (!day.isBefore(today.minusDays(SHOW_WEEKDAY_UP_TO_DAYS))) {
      return WEEKDAY.format(day);
    }
    return day.getYear() == today.getYear() ? DAY.format(day) : DATE.format(day);
  }

  /** Heading of a day in a thread. */
  public String day(Instant at) {
    LocalDate day = dateOf(at);
    LocalDate today = dateOf(now);
    if (day.equals(today)) {
      return "Today";
    }
    if (day.equals(today.minusDays(1))) {
      return "Yesterday";
    }
    return day.getYear() == today.getYear() ? LONG_DAY.format(day) : LONG_DATE.format(day);
  }

  /** Heading of a day on paper, where "today" soon means nothing. */
  public static String date(LocalDate day) {
    return LONG_DATE.format(day);
  }

  public LocalDate dateOf(Instant at) {
    return at.atZone(zone).toLocalDate();
  }

  /** To the second, with the zone: for tooltips and print. */
  public String absolute(Instant at) {
    return ABSOLUTE.format(at.atZone(zone));
  }

  /** What the patient's clock says now: {@code Tue 8:14 AM PST}. */
  public String nowIn(ZoneId other) {
    return CLOCK_WITH_ZONE.format(now.atZone(other));
  }

  /** Whether the patient's clock differs from the practice's at this moment. */
  public boolean differsNow(ZoneId other) {
    return !other.getRules().getOffset(now).equals(zone.getRules().getOffset(now));
  }

  public String printedAt() {
    return absolute(now);
  }
}
