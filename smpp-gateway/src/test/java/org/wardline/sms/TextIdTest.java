package org.wardline.sms;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TextIdTest {
  private static final Instant NOW = Instant.parse("2026-11-29T06:30:00.123Z");

  @Test
  void an_id_is_of_version_7_and_begins_with_its_millisecond() {
    UUID id = TextId.next(NOW);
    assertThat(id.version()).isEqualTo(7);
    assertThat(id.variant()).isEqualTo(2);
    assertThat(id.getMostSignificantBits() >>> 16).isEqualTo(NOW.toEpochMilli());
  }

  @Test
  void a_later_id_sorts_after_an_earlier_one() {
    assertThat(TextId.next(NOW.plusMillis(1)).toString())
        .isGreaterThan(TextId.next(NOW).toString());
  }

  @Test
  void ids_of_one_millisecond_differ() {
    Set<UUID> ids = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      ids.add(TextId.next(NOW));
    }
    assertThat(ids).hasSize(10_000);
  }
}
