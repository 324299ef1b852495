package org.wardline.server.conversations;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardline.server.conversations.DeliveryWorld.Told;
import org.wardline.server.conversations.MessageSteps.Step;

/** Events look at states without a lock, and look again when one was changed under them. */
class DeliveryEventsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path dir = Path.of("");
  private DeliveryWorld world;

  @BeforeEach
  void start() {
    world = new DeliveryWorld(dir);
  }

  @AfterEach
  void stop() {
    world.close();
  }

  private boolean somebodyWaitsForALock() {
    return world.db.inTransaction(
        tx ->
            tx.one(
                """
                SELECT EXISTS (SELECT 1 FROM pg_stat_activity
                  WHERE datname = current_database() AND wait_event_type = 'Lock') AS waits
                """,
                row -> row.bool("waits")));
  }

  private void awaitTheUpdate(FutureTask<Integer> applying) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!somebodyWaitsForALock()) {
      assertThat(applying).as("must wait for the recall").isNotDone();
      assertThat(System.nanoTime()).as("did not come to wait").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  private boolean mayBeDuplicate(UUID message) {
    return world.db.inTransaction(
        tx ->
            tx.one(
                "SELECT may_be_duplicate FROM wardline.message WHERE id = ?",
                row -> row.bool("may_be_duplicate"),
                message));
  }

  @Test
  void a_recall_between_look_and_update_stays_and_everything_told_is_applied_once()
      throws Exception {
    UUID recalled = world.message("out", "queued", "");
    UUID other = world.message("out", "queued", "");
    Instant sent = DeliveryWorld.START.plusSeconds(5);
    FutureTask<Integer> applying = new FutureTask<>(world.events::runOnce);
    world.gatewayTells(
        List.of(
            new Told(recalled, "sent", sent, null, true),
            new Told(other, "sent", sent, null, false)));

    world.db.run(
        tx -> {
          world.ended.recall(tx, List.of(recalled), "");
          Thread.ofVirtual().start(applying);
          awaitTheUpdate(applying);
        });

    assertThat(applying.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(2);
    assertThat(world.state(recalled)).isEqualTo("recalled");
    assertThat(mayBeDuplicate(recalled)).as("what the second look alone could write").isTrue();
    assertThat(world.state(other)).isEqualTo("sent");
    assertThat(world.steps(recalled).stream().map(Step::state))
        .containsExactly("queued", "recalled", "sent");
    assertThat(world.steps(other).stream().map(Step::state)).containsExactly("queued", "sent");
    assertThat(world.events.runOnce()).isZero();
  }
}
