package org.wardline.gateway.smpp;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The dates of receipts: YYMMDDhhmm (SMPP 3.4 Appendix B), YYMMDDhhmmss, YYYYMMDDhhmm and
 * YYYYMMDDhhmmss are all about. They are in the carrier's own local time, which no field names, so
 * they tell a day rather than a moment.
 */
public final class ReceiptDates {
  private static final int CENTURY = 2000;

  private ReceiptDates() {}

  /**
   * Reads a date.
   *
   * @param digits as in {@link ReceiptPdu#doneDate}
   * @param near of two possible readings the one nearest to this is meant: twelve digits begin with
   *     a year of two digits or of four
   * @return empty when it is no date
   */
  public static Optional<LocalDateTime> read(String digits, LocalDateTime near) {
    List<LocalDateTime> readings = new ArrayList<>();
    switch (digits.length()) {
      case 10 -> add(readings, "20" + digits + "00");
      case 12 -> {
        add(readings, "20" + digits);
        add(readings, digits + "00");
      }
      case 14 -> add(readings, digits);
      default -> {}
    }
    return readings.stream().min(Comparator.comparing(one -> Duration.between(one, near).abs()));
  }

  private static void add(List<LocalDateTime> readings, String fourteen) {
    try {
      int year = Integer.parseInt(fourteen, 0, 4, 10);
      if (year >= CENTURY) {
        readings.add(
            LocalDateTime.of(
                year,
                two(fourteen, 4),
                two(fourteen, 6),
                two(fourteen, 8),
                two(fourteen, 10),
                two(fourteen, 12)));
      }
    } catch (DateTimeException | NumberFormatException e) {
      // Not this kind of date.
    }
  }

  private static int two(String digits, int at) {
    return Integer.parseInt(digits, at, at + 2, 10);
  }
}
