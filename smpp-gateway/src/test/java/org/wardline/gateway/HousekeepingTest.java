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
}
