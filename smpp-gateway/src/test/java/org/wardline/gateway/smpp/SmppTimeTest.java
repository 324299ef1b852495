package org.wardline.gateway.smpp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SmppTimeTest {
  @Test
  void validity_is_written_as_a_relative_time() {
    assertThat(new Validity.For(Duration.ofHours(49).plusSeconds(61)).field())
        .isEqualTo("000002010101000R");
    assertThat(new Validity.For(Duration.ofDays(400)).field()).isEqualTo("000030000000000R");
    // All zeros would be the carrier's own period, days perhaps.
    assertThat(new Validity.For(Duration.ofMillis(20)).field()).isEqualTo("000000000001000R");
    assertThat(new Validity.CarriersOwn().field()).isNull();
  }

  @Test
  void validity_is_written_as_an_absolute_time_in_utc() {
    String field = new Validity.Until(Instant.parse("2026-03-01T05:06:07.890Z")).field();
    assertThat(field).isEqualTo("260301050607000+");
    assertThat(SmppTime.parse(String.valueOf(field)))
        .isEqualTo(Optional.of(Instant.parse("2026-03-01T05:06:07Z")));
  }

  @ParameterizedTest
  @CsvSource({
    "260301120000004+,2026-03-01T11:00:00Z",
    "260301120000020-,2026-03-01T17:00:00Z",
    "260301120000,2026-03-01T12:00:00Z",
    "2603011200,2026-03-01T12:00:00Z"
  })
  void final_dates_are_read_as_carriers_write_them(String written, String instant) {
    assertThat(SmppTime.parse(written)).isEqualTo(Optional.of(Instant.parse(instant)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "000000000000000R", "261301120000000+", "yesterday", "260301120000099+"})
  void what_is_no_time_is_none(String written) {
    assertThat(SmppTime.parse(written)).isEmpty();
  }
}
