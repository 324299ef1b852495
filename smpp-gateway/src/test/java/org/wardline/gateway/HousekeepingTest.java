package org.wardline.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.wardline.gateway.GatewayWorld.number;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.wardline.config.Secret;
import org.wardline.gateway.FakeCarrier.Answer;
import org.wardline.jdbc.Db;
import org.wardline.sms.DeliveryState;

/** What happens days later; the moment is handed to {@link Housekeeping#runOnce}. */
@Timeout(120)
class HousekeepingTest {
  private final GatewayWorld world = new GatewayWorld();
  private final HikariDataSource pool =
      PostgresFixture.shared().pool(world.database, "wardline_gateway", 2);
  private final LinkSettings link = world.link();
  private final Housekeeping housekeeping = new Housekeeping(link, new Db(pool));
  private final Instant expiry = Instant.now().plus(Duration.ofHours(1));

  @BeforeEach
  void begin() {
    world.startBound();
  }

  @AfterEach
  void end() throws IOException {
    pool.close();
    world.close();
  }

  private void days(Duration afterExpiry) {
    Instant then = expiry.plus(afterExpiry);
    while (housekeeping.runOnce(then) > 0) {
      world.take();
    }
    world.take();
  }

  @Test
  void a_text_without_receipt_is_unknown_once_the_limit_is_over_and_a_late_receipt_still_counts() {
    world.carrier.script = taken -> Answer.NO_RECEIPT;
    UUID brief = world.send(number(1), "hello", expiry);
    UUID lengthy = world.send(number(2), "x".repeat(400), expiry);
    world.awaitState(brief, DeliveryState.SENT);
    world.awaitState(lengthy, DeliveryState.SENT);
    days(link.receiptLimit().minusMinutes(1));
    assertThat(List.of(brief, lengthy)).noneMatch(world::isFinal);
    days(link.receiptLimit().plusMinutes(1));
    for (UUID id : List.of(brief, lengthy)) {
      assertThat(world.states(id)).containsExactly("submitting", "sent", "unknown");
      assertThat(world.last(id).detail()).isEqualTo(CarrierWords.NO_RECEIPT);
    }
    for (int segment = 1001; segment <= 1004; segment++) {
      assertThat(world.carrier.receipt("m" + segment, "DELIVRD").join()).isZero();
    }
    world.await(
        "the late receipts count",
        () -> List.of(brief, lengthy).stream().allMatch(id -> isDelivered(id)));
  }

  private boolean isDelivered(UUID id) {
    return world.last(id).state() == DeliveryState.DELIVERED;
  }

  @Test
  void sent_segments_and_strange_receipts_are_forgotten_after_the_retention() {
    UUID id = world.send(number(1), "hello", expiry);
    world.awaitFinal(id);
    assertThat(world.carrier.receipt("nobodys", "DELIVRD").join()).isZero();
    days(Duration.ZERO);
    assertThat(world.gatewayCount("segment")).isEqualTo(1);
    assertThat(world.gatewayCount("receipt")).isEqualTo(1);
    days(link.retention());
    assertThat(world.gatewayCount("segment")).isZero();
    assertThat(world.gatewayCount("receipt")).isZero();
    assertThat(world.states(id)).containsExactly("submitting", "sent", "delivered");
  }

  /** Rows that a look has read through an index of sms.segment, so far. */
  private static long readThrough(Db db, String index) {
    db.run(tx -> tx.query("SELECT pg_stat_force_next_flush()", row -> ""));
    return db.inTransaction(
        tx ->
            tx.one(
                "SELECT idx_scan + idx_tup_read AS n FROM pg_stat_user_indexes WHERE indexrelname = ?",
                row -> row.longValue("n"),
                index));
  }

  @Test
  void a_long_history_is_looked_through_by_time_and_not_from_end_to_end() {
    PostgresFixture.shared()
        .execute(
            world.database,
            "postgres",
            """
            INSERT INTO sms.segment (link, smsc_id, outbound_id, number, total, may_be_duplicate, expires_at,
              accepted_at, state, detail, settled_at, reported)
            SELECT '%s', md5(g::text), gen_random_uuid(), 1, 1, false, now(),
                   now() - interval '3 days' * (1 - g / 30000.0), 'delivered', '', now(), 'delivered'
            FROM generate_series(1, 30000) AS g
            """
                .formatted(link.name()),
            "ANALYZE sms.segment");
    try (HikariDataSource asItIs =
        GatewayPool.open(
            PostgresFixture.shared().url(world.database),
            "wardline_gateway",
            Secret.of(PostgresFixture.password()))) {
      Db db = new Db(asItIs);
      long byId = readThrough(db, "segment_smsc_id");
      long byTime = readThrough(db, "segment_accepted_at");
      new Housekeeping(link, db).runOnce(Instant.now());
      db.run(
          tx ->
              Overdue.take(
                  tx,
                  link.name(),
                  Instant.now(),
                  Duration.ofHours(1),
                  Duration.ofHours(2),
                  Duration.ofHours(1),
                  10));
      assertThat(readThrough(db, "segment_smsc_id")).isEqualTo(byId);
      assertThat(readThrough(db, "segment_accepted_at")).isGreaterThan(byTime);
    }
  }
}
