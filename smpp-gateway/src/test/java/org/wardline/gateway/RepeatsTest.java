package org.wardline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.wardline.gateway.smpp.InboundPdu;
import org.wardline.jdbc.Db;
import org.wardline.jdbc.Tx;
import org.wardline.sms.SmsQueue;

/** A carrier that delivers a text twice, and a patient who writes one twice. */
@Timeout(120)
class RepeatsTest {
  private static final String LINE = "15550009999";
  private static final String PATIENT = "13125550001";

  private final GatewayWorld world = new GatewayWorld();
  private final HikariDataSource pool =
      PostgresFixture.shared().pool(world.database, "wardline_gateway", 2);
  private final Db db = new Db(pool);
  private final UUID session = UUID.randomUUID();
  private final UUID nextSession = UUID.randomUUID();
  private InboundStore store = new InboundStore(world.queue, world.keys, Duration.ofMinutes(10));
  private Instant now = Instant.now();

  @BeforeEach
  void begin() {
    restart();
  }

  @AfterEach
  void end() throws IOException {
    pool.close();
    world.close();
  }

  /** What a process remembers that was killed: nothing. */
  private void restart() {
    store = new InboundStore(world.queue, world.keys, Duration.ofMinutes(10));
  }

  private Arrival arrival(String text, UUID on, String stamp) {
    return Arrival.of(
        new InboundPdu(
            PATIENT,
            LINE,
            0,
            0,
            text.getBytes(StandardCharsets.US_ASCII),
            false,
            Optional.empty(),
            stamp,
            new InboundPdu.Origin(on, () -> true)),
        now);
  }

  /** Stores it; {@code heard} when the carrier gets our answer. */
  private void deliver(String text, UUID on, String stamp, boolean heard) {
    now = now.plusSeconds(1);
    InboundStore.Stored stored =
        db.inTransaction(tx -> store.store(tx, List.of(arrival(text, on, stamp)), now));
    if (heard) {
      stored.seen().forEach(seen -> seen.ifPresent(store::answered));
    }
  }

  private void heard(String text, UUID on) {
    deliver(text, on, "", true);
  }

  private void unheard(String text, UUID on) {
    deliver(text, on, "", false);
  }

  private List<String> texts() {
    world.take();
    return world.inbound.stream().map(SmsQueue.InboundText::text).toList();
  }

  private List<String> notes() {
    world.take();
    return world.inbound.stream().map(SmsQueue.InboundText::note).toList();
  }

  @Test
  void a_patient_who_writes_yes_twice_is_heard_twice() {
    heard("Yes", session);
    heard("Yes", session);
    assertThat(texts()).containsExactly("Yes", "Yes");
    assertThat(notes()).containsExactly("", "");
  }

  @Test
  void two_at_once_on_one_session_are_two() {
    db.run(
        tx ->
            store.store(
                tx, List.of(arrival("Yes", session, ""), arrival("Yes", session, "")), now));
    assertThat(texts()).containsExactly("Yes", "Yes");
  }

  @Test
  void what_the_carrier_was_told_to_deliver_later_is_stored_once_however_often_it_comes() {
    unheard("Yes", session);
    unheard("Yes", session);
    heard("Yes", nextSession);
    assertThat(texts()).containsExactly("Yes");
    // Now the carrier has our answer: the next one is the patient's.
    heard("Yes", nextSession);
    assertThat(texts()).containsExactly("Yes", "Yes");
  }

  @Test
  void a_text_delivered_twice_by_the_carrier_after_a_kill_is_stored_once() {
    unheard("Yes", session);
    restart();
    heard("Yes", nextSession);
    assertThat(texts()).containsExactly("Yes");
    heard("Yes", nextSession);
    assertThat(texts()).containsExactly("Yes", "Yes");
  }

  @Test
  void an_answer_that_was_noted_before_a_kill_is_not_in_doubt_and_the_next_one_is_only_marked() {
    heard("Yes", session);
    db.run(tx -> store.release(tx, now));
    restart();
    heard("Yes", nextSession);
    assertThat(texts()).containsExactly("Yes", "Yes");
    assertThat(notes()).containsExactly("", CarrierWords.PERHAPS_A_REPEAT);
  }

  @Test
  void after_a_broken_link_the_same_words_are_stored_and_marked_unless_the_answer_surely_came() {
    heard("Yes", session);
    heard("Yes", nextSession);
    assertThat(notes()).containsExactly("", CarrierWords.PERHAPS_A_REPEAT);
    heard("No", nextSession);
    now = now.plusSeconds(30);
    heard("Anything else", nextSession);
    heard("No", UUID.randomUUID());
    assertThat(notes()).endsWith("", "", "");
  }

  @Test
  void days_later_nothing_is_a_repeat() {
    unheard("Yes", session);
    now = now.plus(Duration.ofMinutes(20));
    heard("Yes", nextSession);
    assertThat(notes()).containsExactly("", CarrierWords.PERHAPS_A_REPEAT);
    now = now.plus(Duration.ofHours(25));
    db.run(tx -> store.release(tx, now));
    heard("Yes", UUID.randomUUID());
    assertThat(notes()).containsExactly("", CarrierWords.PERHAPS_A_REPEAT, "");
    assertThat(world.gatewayCount("inbound_seen")).isEqualTo(1);
  }

  @Test
  void stop_start_stop_is_three_texts_even_when_every_answer_was_lost() {
    unheard("STOP", session);
    unheard("START", session);
    restart();
    heard("STOP", nextSession);
    assertThat(texts()).containsExactly("STOP", "START", "STOP");
    assertThat(notes()).containsExactly("", "", CarrierWords.PERHAPS_A_REPEAT);
  }

  @Test
  void the_carriers_own_stamp_decides_where_there_is_one() {
    deliver("Yes", session, "516=1234", true);
    deliver("Yes", nextSession, "516=1234", true);
    assertThat(texts()).containsExactly("Yes");
    deliver("Yes", nextSession, "516=1235", true);
    // A carrier that gives every text the same stamp must not swallow one.
    deliver("Yes", nextSession, "516=1235", true);
    assertThat(texts()).containsExactly("Yes", "Yes", "Yes");
    assertThat(notes()).containsExactly("", "", "");
  }

  @Test
  void a_text_delivered_twice_by_the_carrier_is_stored_once() {
    world.startBound();
    byte[] yes = "Yes".getBytes(StandardCharsets.US_ASCII);
    List<CompletableFuture<Integer>> unanswered = new ArrayList<>();
    world.server.run(
        tx -> {
          // Holds up the commit until the link is gone, so that our answer cannot be written.
          tx.update("LOCK TABLE sms.inbound IN ACCESS EXCLUSIVE MODE");
          unanswered.add(world.carrier.deliver(PATIENT, LINE, 0, 0, yes));
          until(() -> isBeingStored(tx));
          world.carrier.dropAll();
          until(() -> world.carrier.binds.get() == 2);
        });
    assertThat(unanswered.getFirst().join()).isEqualTo(-1);
    world.await("stored", () -> world.inbound.size() == 1);
    assertThat(world.carrier.deliver(PATIENT, LINE, 0, 0, yes).join()).isZero();
    assertThat(texts()).containsExactly("Yes");
    assertThat(world.carrier.deliver(PATIENT, LINE, 0, 0, yes).join()).isZero();
    assertThat(texts()).containsExactly("Yes", "Yes");
  }

  private static boolean isBeingStored(Tx tx) {
    return tx.one(
        """
        SELECT count(*) > 0 AS waits FROM pg_locks
        WHERE NOT granted AND relation = 'sms.inbound'::regclass
        """,
        row -> row.bool("waits"));
  }

  /** Without looking into the table that is locked. */
  private static void until(BooleanSupplier reached) {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!reached.getAsBoolean()) {
      assertThat(System.nanoTime()).as("within 20 seconds").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}
