package org.wardline.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.wardline.gateway.GatewayWorld.WINDOW;
import static org.wardline.gateway.GatewayWorld.number;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.wardline.gateway.FakeCarrier.Answer;
import org.wardline.gateway.FakeCarrier.Taken;
import org.wardline.sms.DeliveryState;
import org.wardline.sms.LinkStatus;

/** Things break in the middle; the carrier's own log says what was sent how often. */
@Timeout(180)
class FaultTest {
  private final GatewayWorld world = new GatewayWorld();

  @AfterEach
  void end() throws IOException {
    world.close();
  }

  private static List<String> numbers(int count) {
    return IntStream.range(0, count).mapToObj(GatewayWorld::number).toList();
  }

  private Map<String, Long> copies() {
    return world.carrier.log.stream()
        .collect(Collectors.groupingBy(Taken::text, Collectors.counting()));
  }

  /** None lost; whatever came twice is marked; and how many came twice. */
  private int assertNoneLostAndDuplicatesMarked(List<UUID> ids, String prefix) {
    Map<String, Long> copies = copies();
    int duplicates = 0;
    for (int i = 0; i < ids.size(); i++) {
      long times = copies.getOrDefault(prefix + i, 0L);
      assertThat(times).as("copies of text %d", i).isBetween(1L, 2L);
      if (times > 1) {
        duplicates++;
        assertThat(world.last(ids.get(i)).mayBeDuplicate()).as("text %d is marked", i).isTrue();
      }
    }
    return duplicates;
  }

  @Test
  void a_text_whose_answer_was_lost_with_the_link_is_sent_once_more_and_marked() {
    AtomicInteger seen = new AtomicInteger();
    world.carrier.script =
        taken -> seen.incrementAndGet() == 1 ? Answer.TAKE_AND_DROP : Answer.ACCEPT;
    world.startBound();
    UUID id = world.send(number(1), "twice");
    world.awaitFinal(id);
    assertThat(world.states(id))
        .containsExactly("submitting", "queued", "submitting", "sent", "delivered");
    assertThat(world.last(id).mayBeDuplicate()).isTrue();
    assertThat(copies()).containsEntry("twice", 2L);
  }

  @Test
  void the_second_try_waits_until_the_link_has_stood_for_a_while() {
    Duration resendAfter = Duration.ofSeconds(2);
    List<Long> seen = new CopyOnWriteArrayList<>();
    world.carrier.script =
        taken -> {
          seen.add(System.nanoTime());
          return seen.size() == 1 ? Answer.TAKE_AND_DROP : Answer.ACCEPT;
        };
    LinkSettings.Doubt usual = LinkSettings.Doubt.USUAL;
    world.start(
        world
            .link()
            .withDoubt(
                new LinkSettings.Doubt(usual.lateAnswerLimit(), usual.queryAfter(), resendAfter)));
    UUID id = world.send(number(1), "twice");
    world.awaitFinal(id);
    assertThat(world.last(id).mayBeDuplicate()).isTrue();
    assertThat(seen).hasSize(2);
    // It was bound again after the first try.
    assertThat(seen.getLast() - seen.getFirst()).isGreaterThanOrEqualTo(resendAfter.toNanos());
  }

  @Test
  void a_text_whose_answer_is_lost_twice_is_unknown_and_never_sent_a_third_time() {
    world.carrier.script = taken -> Answer.TAKE_AND_DROP;
    world.startBound();
    UUID id = world.send(number(1), "lost");
    world.awaitFinal(id);
    assertThat(world.states(id)).containsExactly("submitting", "queued", "submitting", "unknown");
    world.carrier.script = taken -> Answer.ACCEPT;
    UUID next = world.send(number(1), "next");
    world.awaitFinal(next);
    assertThat(copies()).containsEntry("lost", 2L).containsEntry("next", 1L);
  }

  @Test
  void an_answer_that_never_comes_on_a_living_link_is_resolved_within_the_time_out() {
    AtomicInteger seen = new AtomicInteger();
    world.carrier.script =
        taken -> seen.incrementAndGet() == 1 ? Answer.TAKE_AND_STAY_SILENT : Answer.ACCEPT;
    Gateway gateway = world.start(world.link(Duration.ofSeconds(1)));
    world.await("bound", () -> gateway.status().bound());
    UUID id = world.send(number(1), "silent");
    UUID behind = world.send(number(1), "behind");
    world.awaitFinal(id);
    world.awaitFinal(behind);
    assertThat(world.states(id)).contains("queued").endsWith("delivered");
    assertThat(world.last(behind).mayBeDuplicate()).isFalse();
    assertThat(world.carrier.log.stream().map(Taken::text))
        .containsExactly("silent", "silent", "behind");
    assertThat(world.carrier.binds).hasValue(1);
  }

  @Test
  void only_the_segments_the_carrier_has_not_taken_are_sent_again() {
    AtomicInteger seen = new AtomicInteger();
    world.carrier.script = taken -> seen.incrementAndGet() == 2 ? Answer.DROP : Answer.ACCEPT;
    world.startBound();
    UUID id = world.send(number(1), "y".repeat(400));
    world.awaitFinal(id);
    assertThat(world.states(id)).endsWith("sent", "delivered");
    assertThat(world.carrier.log.stream().map(Taken::number)).containsExactly(1, 2, 3);
    assertThat(world.carrier.log.stream().map(Taken::reference).distinct()).hasSize(1);
  }

  @Test
  void a_link_that_dies_again_and_again_loses_nothing_and_keeps_the_order() {
    AtomicInteger seen = new AtomicInteger();
    world.carrier.script =
        taken -> {
          int n = seen.incrementAndGet();
          return n % 150 == 75 ? Answer.DROP : n % 150 == 0 ? Answer.TAKE_AND_DROP : Answer.ACCEPT;
        };
    world.startBound();
    List<String> numbers = IntStream.range(0, 1_000).mapToObj(i -> number(i % 40)).toList();
    List<UUID> ids = world.sendAll(numbers, "die ");
    world.awaitAllFinal(ids);
    assertNoneLostAndDuplicatesMarked(ids, "die ");
    Map<String, List<Taken>> perNumber =
        world.carrier.log.stream().collect(Collectors.groupingBy(Taken::destination));
    perNumber.forEach(
        (number, texts) -> {
          List<Integer> first =
              texts.stream()
                  .map(taken -> Integer.parseInt(taken.text().substring(4)))
                  .distinct()
                  .toList();
          assertThat(first).as("order to %s", number).isSorted();
        });
  }

  @Test
  void a_killed_gateway_leaves_duplicates_only_within_the_window_and_marked() {
    Gateway killed = world.startBound();
    List<UUID> ids = world.sendAll(numbers(2_000), "kill ");
    world.await("half are at the carrier", () -> world.carrier.log.size() > 700);
    killed.abandon();
    world.carrier.dropAll();
    world.startBound();
    world.awaitAllFinal(ids);
    int duplicates = assertNoneLostAndDuplicatesMarked(ids, "kill ");
    assertThat(duplicates).isLessThanOrEqualTo(WINDOW);
    long marked = ids.stream().filter(id -> world.last(id).mayBeDuplicate()).count();
    assertThat(marked).isLessThanOrEqualTo(WINDOW);
  }

  @Test
  void a_clean_stop_leaves_nothing_on_the_wire_and_nothing_marked() {
    Gateway stopped = world.startBound();
    List<UUID> ids = world.sendAll(numbers(1_000), "stop ");
    world.await("some are at the carrier", () -> world.carrier.log.size() > 200);
    stopped.close();
    world.take();
    assertThat(world.gatewayCount("outbound WHERE state = 'submitting'")).isZero();
    assertThat(linkState().state()).isEqualTo("stopped");
    world.startBound();
    world.awaitAllFinal(ids);
    assertThat(assertNoneLostAndDuplicatesMarked(ids, "stop ")).isZero();
    assertThat(ids).allSatisfy(id -> assertThat(world.last(id).mayBeDuplicate()).isFalse());
  }

  @Test
  void a_text_sent_before_a_kill_gets_its_receipt_after_it() {
    world.carrier.script = taken -> Answer.NO_RECEIPT;
    Gateway killed = world.startBound();
    UUID id = world.send(number(1), "later");
    world.await("sent", () -> world.states(id).contains("sent"));
    killed.abandon();
    world.startBound();
    assertThat(world.carrier.receipt("m1001", "DELIVRD").join()).isZero();
    world.awaitFinal(id);
    assertThat(world.states(id)).containsExactly("submitting", "sent", "delivered");
  }

  @Test
  void an_old_receipt_does_not_settle_a_new_text_that_got_its_id() {
    world.carrier.script = taken -> Answer.NO_RECEIPT;
    world.asGateway(
        tx ->
            tx.update(
                "INSERT INTO sms.receipt (link, smsc_id, state, detail, received_at)"
                    + " VALUES ('carrier', 'm1001', 'delivered', '', now() - interval '1 hour')"));
    world.startBound();
    UUID id = world.send(number(1), "gets the id m1001");
    world.await("sent", () -> world.states(id).contains("sent"));
    assertThat(world.states(id)).containsExactly("submitting", "sent");
    assertThat(world.carrier.receipt("m1001", "UNDELIV").join()).isZero();
    world.awaitFinal(id);
    assertThat(world.states(id)).endsWith("failed");
  }

  @Test
  void a_database_crash_under_load_loses_nothing() {
    world.startBound();
    List<UUID> ids = world.sendAll(numbers(2_000), "crash ");
    world.await("some are at the carrier", () -> world.carrier.log.size() > 500);
    PostgresFixture.shared().crashAndRestart();
    world.awaitAllFinal(ids);
    assertThat(assertNoneLostAndDuplicatesMarked(ids, "crash ")).isLessThanOrEqualTo(WINDOW);
    assertThat(ids).allSatisfy(id -> assertThat(world.states(id)).endsWith("delivered"));
  }

  @Test
  void while_the_database_is_away_receipts_are_put_off_and_nothing_new_is_sent() {
    world.startBound();
    List<UUID> ids = world.sendAll(numbers(200), "away ");
    world.await("some are at the carrier", () -> world.carrier.log.size() > 20);
    PostgresFixture.shared().stop();
    int before = world.carrier.log.size();
    int status = world.carrier.receipt("m1", "DELIVRD").join();
    int after = world.carrier.log.size();
    // Before anything can fail: other tests need the database too.
    PostgresFixture.shared().start();
    assertThat(status).isNotZero();
    assertThat(after).isLessThanOrEqualTo(before + WINDOW);
    world.awaitAllFinal(ids);
    assertThat(assertNoneLostAndDuplicatesMarked(ids, "away ")).isZero();
  }

  @Test
  void a_receipt_whose_commit_fails_is_asked_for_again() {
    world.carrier.script = taken -> Answer.NO_RECEIPT;
    world.carrier.responseId = id -> "R" + id;
    world.startBound();
    UUID id = world.send(number(1), "See you at 3 pm");
    world.awaitState(id, DeliveryState.SENT);
    world.failCommitsThatTouch("UPDATE ON sms.segment");
    assertThat(world.carrier.receipt("R1001", "DELIVRD").join()).isNotZero();
    world.letCommitsPass();
    world.await("it is taken at last", () -> world.carrier.receipt("R1001", "DELIVRD").join() == 0);
    world.awaitFinal(id);
    assertThat(world.states(id)).containsExactly("submitting", "sent", "delivered");
  }

  @Test
  void a_second_gateway_waits_and_takes_over_when_the_first_stops() {
    Gateway first = world.startBound();
    Gateway second = world.start();
    world.await("the second says why it waits", () -> second.status().detail().contains("Another"));
    UUID one = world.send(number(1), "by the first");
    world.awaitFinal(one);
    world.await("the first one's report stands", () -> linkState().state().equals("bound"));
    assertThat(world.carrier.binds).hasValue(1);
    first.close();
    world.await("the second is bound", () -> second.status().bound());
    UUID two = world.send(number(1), "by the second");
    world.awaitFinal(two);
    assertThat(copies()).containsEntry("by the first", 1L).containsEntry("by the second", 1L);
  }

  @Test
  void a_wrong_password_is_said_in_words_that_help_and_retried() {
    world.carrier.bindStatus = 0x0E;
    Gateway gateway = world.start();
    world.await("the reason is told", () -> gateway.status().detail().contains("password"));
    world.await("and written", () -> linkState().detail().contains("system id and the password"));
    world.carrier.bindStatus = 0;
    world.await("bound once it is right", () -> gateway.status().bound());
  }

  private LinkStatus linkState() {
    world.await("the link is written about", () -> world.count("link") == 1);
    return world.server.inTransaction(LinkStatus::all).getFirst();
  }
}
