package org.wardline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.wardline.jdbc.Db;

/** What {@code Tx} binds as an array is what PostgreSQL reads, element by element. */
class ArraysTest {
  private static final UUID ONE = UUID.fromString("01234567-89ab-4def-8123-456789abcdef");
  private static final UUID HIGH = UUID.fromString("ffffffff-ffff-ffff-ffff-ffffffffffff");

  private final String database = PostgresFixture.shared().freshDatabase();

  private <T> List<Optional<T>> elements(String type, Object array, Read<T> read) {
    try (HikariDataSource pool = PostgresFixture.shared().pool(database, "wardline_gateway", 1)) {
      return new Db(pool)
          .inTransaction(
              tx ->
                  tx.query(
                      "SELECT e FROM unnest(?::%s[]) WITH ORDINALITY AS t (e, n) ORDER BY n"
                          .formatted(type),
                      read::from,
                      array));
    }
  }

  private Optional<Instant> alone(Instant time) {
    try (HikariDataSource pool = PostgresFixture.shared().pool(database, "wardline_gateway", 1)) {
      return new Db(pool)
          .inTransaction(
              tx -> tx.one("SELECT ?::timestamptz AS e", row -> row.optionalInstant("e"), time));
    }
  }

  private interface Read<T> {
    Optional<T> from(org.wardline.jdbc.Row row);
  }

  @Test
  void ids_arrive_whole_and_in_order() {
    @Nullable UUID[] ids = {ONE, null, HIGH, new UUID(0, 0)};
    assertThat(elements("uuid", ids, row -> row.optionalUuid("e")))
        .isEqualTo(Arrays.stream(ids).map(Optional::ofNullable).toList());
  }

  @Test
  void times_arrive_to_the_microsecond_rounded_like_a_single_one() {
    Instant[] times = {
      Instant.parse("2026-11-29T06:30:00.123456499Z"),
      Instant.parse("2026-11-29T06:30:00.123456500Z"),
      Instant.parse("2026-11-29T06:30:00.999999999Z"),
      Instant.parse("1969-12-31T23:59:59.999999Z"),
      Instant.parse("1900-01-01T00:00:00Z"),
      Instant.parse("2999-12-31T23:59:59Z")
    };
    assertThat(elements("timestamptz", times, row -> row.optionalInstant("e")))
        .isEqualTo(Arrays.stream(times).map(this::alone).toList())
        .contains(Optional.of(Instant.parse("2026-11-29T06:30:01Z")));
  }

  @Test
  void a_missing_time_is_null_and_an_empty_array_has_no_elements() {
    assertThat(
            elements(
                "timestamptz",
                new @Nullable Instant[] {null, Instant.EPOCH},
                row -> row.optionalInstant("e")))
        .containsExactly(Optional.empty(), Optional.of(Instant.EPOCH));
    assertThat(elements("timestamptz", new Instant[0], row -> row.optionalInstant("e"))).isEmpty();
    assertThat(elements("uuid", new UUID[0], row -> row.optionalUuid("e"))).isEmpty();
  }
}
