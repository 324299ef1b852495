package org.wardline.server.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardline.server.archive.CassandraArchive.Stored;

/** How events are cut into writes, and which partition a patient lies in. */
class CassandraArchiveTest {
  private static final Instant MARCH = Instant.parse("2026-03-31T23:59:59Z");
  private static final Instant APRIL = Instant.parse("2026-04-01T00:00:00Z");

  private static Stored event(UUID patient, Instant at, int bytes) {
    return new Stored(UUID.randomUUID(), patient, "message", at, new byte[bytes]);
  }

  private static Stored event(int bytes) {
    return event(UUID.randomUUID(), MARCH, bytes);
  }

  @ParameterizedTest(name = "{0} events of {1} bytes are written as {2}")
  @CsvSource({
    "0, 100, ''",
    "1, 100, 1",
    "32, 100, 32",
    "33, 100, 32 1",
    "100, 100, 32 32 32 4",
    "31, 512, 31",
    "33, 511, 32 1",
    "33, 528, 32 1",
    "33, 529, 31 2",
    "4, 6000, 3 1",
    "6, 8192, 2 2 2",
    "5, 8191, 3 2",
    "3, 16384, 1 1 1",
    "3, 16383, 2 1",
    "2, 20000, 1 1",
  })
  void a_write_is_full_at_32_events_or_16_kib(int events, int bytes, String sizes) {
    List<Stored> all = Stream.generate(() -> event(bytes)).limit(events).toList();

    List<List<Stored>> writes = CassandraArchive.writes(all);

    assertThat(String.join(" ", writes.stream().map(write -> "" + write.size()).toList()))
        .isEqualTo(sizes);
    assertThat(writes.stream().flatMap(List::stream).toList())
        .containsExactlyInAnyOrderElementsOf(all);
  }

  @Test
  void events_of_one_partition_lie_together_and_a_month_is_another_partition() {
    List<Stored> all = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      all.add(event(new UUID(i, i % 5), i % 2 == 0 ? MARCH : APRIL, 100));
    }

    List<Stored> written = CassandraArchive.writes(all).stream().flatMap(List::stream).toList();

    assertThat(written).containsExactlyInAnyOrderElementsOf(all);
    List<String> partitions = new ArrayList<>();
    for (Stored event : written) {
      String partition = event.at() + " " + CassandraArchive.bucket(event.patient());
      if (partitions.isEmpty() || !partitions.getLast().equals(partition)) {
        partitions.add(partition);
      }
    }
    assertThat(partitions).hasSize(10).doesNotHaveDuplicates();
  }

  /** A bucket is a part of every key ever written: another one, and the events are not found. */
  @ParameterizedTest
  @CsvSource({
    "8f14e45f-ceea-467f-a3c2-91b7d05e6a40, 0",
    "2c624232-cc70-4d1f-8b5e-f0a9c3d7e215, 21",
    "0195a3c8-7b1e-7c42-bd90-6e1f2a48d7ff, 31",
  })
  void a_patient_s_bucket_never_changes(UUID patient, int bucket) {
    assertThat(CassandraArchive.bucket(patient)).isEqualTo(bucket);
  }
}
