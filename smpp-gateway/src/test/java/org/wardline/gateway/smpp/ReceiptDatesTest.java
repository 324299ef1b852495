package org.wardline.gateway.smpp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReceiptDatesTest {
  private static final LocalDateTime NOW = LocalDateTime.of(2026, 11, 22, 9, 0);

  @ParameterizedTest
  @CsvSource({
    "2611210102,2026-11-21T01:02",
    "261121010203,2026-11-21T01:02:03",
    "20261121010203,2026-11-21T01:02:03",
    "202611210102,2026-11-21T01:02",
  })
  void every_length_is_read(String digits, LocalDateTime date) {
    assertThat(ReceiptDates.read(digits, NOW)).contains(date);
  }

  @Test
  void of_two_readings_of_twelve_digits_the_nearest_is_meant() {
    // 2020-12-11 10:00:00, or 2012-11-10 00:00 with a century too early.
    assertThat(ReceiptDates.read("201211100000", LocalDateTime.of(2020, 12, 12, 0, 0)))
        .contains(LocalDateTime.of(2020, 12, 11, 10, 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "2613451201", "0000000000", "26112101020", "99999999999999"})
  void what_is_no_date_is_none(String digits) {
    assertThat(ReceiptDates.read(digits, NOW)).isEmpty();
  }
}
