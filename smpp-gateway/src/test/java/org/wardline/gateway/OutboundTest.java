package org.wardline.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.wardline.gateway.GatewayWorld.number;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.wardline.gateway.FakeCarrier.Answer;
import org.wardline.gateway.FakeCarrier.Taken;
import org.wardline.sms.DeliveryState;
import org.wardline.sms.PhoneNumber;

@Timeout(120)
class OutboundTest {
  private final GatewayWorld world = new GatewayWorld();

  @AfterEach
  void end() throws IOException {
    world.close();
  }

  @Test
  void a_text_is_sent_and_its_receipt_ends_its_history() {
    world.startBound();
    UUID id = world.send(number(1), "See you at 3 pm");
    world.awaitFinal(id);
    assertThat(world.states(id)).containsExactly("submitting", "sent", "delivered");
    assertThat(world.carrier.log)
        .singleElement()
        .extracting(Taken::text)
        .isEqualTo("See you at 3 pm");
    assertThat(world.carrier.log.peek().destination()).isEqualTo("13125550001");
    assertThat(world.gatewayCount("outbound")).isZero();
  }

  @Test
  void a_long_text_is_delivered_only_when_every_segment_is() {
    world.carrier.script = taken -> taken.number() == 2 ? Answer.NO_RECEIPT : Answer.ACCEPT;
    world.carrier.responseId = id -> "L" + id;
    world.carrier.receiptId = id -> "L" + id;
    world.startBound();
    String text = "äöü 日本 ".repeat(30);
    UUID id = world.send(number(1), text);
    world.awaitState(id, DeliveryState.SENT);
    world.await("three parts", () -> world.carrier.log.size() == 4);
    world.await("three receipts", () -> world.carrier.receiptsAnswered.get() == 3);
    world.take();
    assertThat(world.states(id)).containsExactly("submitting", "sent");
    // Parts leave one after another, so the second has the second id.
    world.carrier.receipt("L1002", "DELIVRD").join();
    world.awaitFinal(id);
    assertThat(world.states(id)).containsExactly("submitting", "sent", "delivered");
    StringBuilder joined = new StringBuilder();
    world.carrier.log.forEach(taken -> joined.append(taken.text()));
    assertThat(joined).hasToString(text);
    assertThat(world.carrier.log.stream().map(Taken::number)).containsExactly(1, 2, 3, 4);
    assertThat(world.carrier.log.stream().map(Taken::reference).distinct()).hasSize(1);
  }

  @Test
  void the_one_receipt_may_be_for_the_first_segment_and_come_before_the_others_are_sent() {
    world.carrier.script = taken -> taken.number() == 1 ? Answer.RECEIPT_FIRST : Answer.NO_RECEIPT;
    world.start(world.link().withReceipts(LinkSettings.Receipts.PER_TEXT));
    UUID id = world.send(number(1), "x".repeat(400));
    world.awaitFinal(id);
    assertThat(world.states(id)).containsExactly("submitting", "sent", "delivered");
  }

  @Test
  void one_failed_segment_fails_the_text_with_plain_words_and_once() {
    world.carrier.state = "UNDELIV";
    world.startBound();
    UUID id = world.send(number(1), "x".repeat(400));
    world.awaitFinal(id);
    world.await("all receipts", () -> world.carrier.receiptsAnswered.get() == 3);
    world.take();
    assertThat(world.states(id)).containsExactly("submitting", "sent", "failed");
    assertThat(world.last(id).detail()).contains("could not deliver");
  }

  @Test
  void a_receipt_that_overtakes_the_response_is_not_lost() {
    world.carrier.script = taken -> Answer.RECEIPT_FIRST;
    world.startBound();
    List<UUID> ids =
        world.sendAll(IntStream.range(0, 100).mapToObj(GatewayWorld::number).toList(), "early ");
    world.awaitAllFinal(ids);
    assertThat(ids)
        .allSatisfy(
            id -> assertThat(world.states(id)).containsExactly("submitting", "sent", "delivered"));
    assertThat(world.gatewayCount("receipt")).isZero();
  }

  @Test
  void receipts_with_the_id_in_decimal_where_the_response_had_hexadecimal_find_their_text() {
    world.carrier.responseId = id -> "%08X".formatted(id + 0xABCD00);
    world.carrier.receiptId = id -> Long.toString(id + 0xABCD00);
    world.startBound();
    List<UUID> ids =
        world.sendAll(IntStream.range(0, 20).mapToObj(GatewayWorld::number).toList(), "hex ");
    world.awaitAllFinal(ids);
    assertThat(ids).allSatisfy(id -> assertThat(world.states(id)).endsWith("sent", "delivered"));
    // The link has learned: the next one does not wait for a second look.
    UUID next = world.send(number(50), "learned");
    world.await("delivered at once", Duration.ofMillis(1_500), () -> world.isFinal(next));
  }

  @Test
  void a_receipt_that_comes_twice_or_for_an_unknown_id_changes_nothing() {
    world.carrier.receiptCopies = 3;
    world.startBound();
    UUID id = world.send(number(1), "once");
    world.awaitFinal(id);
    world.await("all copies", () -> world.carrier.receiptsAnswered.get() == 3);
    assertThat(world.carrier.receipt("nobody-knows-this", "DELIVRD").join()).isZero();
    assertThat(world.carrier.receipt("m1001", "DELIVRD").join()).isZero();
    world.take();
    assertThat(world.states(id)).containsExactly("submitting", "sent", "delivered");
    assertThat(world.gatewayCount("receipt")).isEqualTo(1);
  }

  @Test
  void texts_to_one_number_keep_their_order_while_others_pass() {
    world.startBound();
    List<String> numbers = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      numbers.add(number(i % 3));
    }
    List<UUID> ids = world.sendAll(numbers, "");
    world.awaitAllFinal(ids);
    for (int n = 0; n < 3; n++) {
      String wanted = number(n).substring(1);
      List<Integer> order =
          world.carrier.log.stream()
              .filter(taken -> taken.destination().equals(wanted))
              .map(taken -> Integer.parseInt(taken.text()))
              .toList();
      assertThat(order).hasSize(100).isSorted();
    }
  }

  @Test
  void a_carrier_that_throttles_gets_every_text_once_and_more_slowly() {
    AtomicInteger seen = new AtomicInteger();
    world.carrier.script =
        taken ->
            switch (seen.incrementAndGet() % 7) {
              case 0 -> Answer.THROTTLE;
              case 3 -> Answer.QUEUE_FULL;
              default -> Answer.ACCEPT;
            };
    world.startBound();
    List<UUID> ids =
        world.sendAll(IntStream.range(0, 60).mapToObj(GatewayWorld::number).toList(), "slow ");
    world.awaitAllFinal(ids);
    assertThat(world.carrier.log).hasSize(60);
    assertThat(ids).allSatisfy(id -> assertThat(world.last(id).mayBeDuplicate()).isFalse());
  }

  @Test
  void a_refused_number_fails_with_what_to_do_and_the_next_text_leaves() {
    world.carrier.script =
        taken -> taken.destination().equals("13125550001") ? Answer.REFUSE_NUMBER : Answer.ACCEPT;
    world.startBound();
    UUID bad = world.send(number(1), "bad");
    UUID good = world.send(number(2), "good");
    world.awaitFinal(bad);
    world.awaitFinal(good);
    assertThat(world.states(bad)).containsExactly("submitting", "failed");
    assertThat(world.last(bad).detail()).contains("Check the patient's number");
    assertThat(world.states(good)).endsWith("delivered");
  }

  @Test
  void what_expires_while_the_link_is_down_is_not_sent() {
    UUID late = world.send(number(1), "too late", Instant.now().minusSeconds(1));
    UUID fine = world.send(number(2), "in time");
    world.startBound();
    world.awaitFinal(late);
    world.awaitFinal(fine);
    assertThat(world.states(late)).containsExactly("expired");
    assertThat(world.carrier.log).singleElement().extracting(Taken::text).isEqualTo("in time");
  }

  @Test
  void a_withdrawn_text_never_leaves() {
    UUID withdrawn = world.send(number(1), "never");
    UUID other = world.send(number(2), "other");
    world.server.run(
        tx ->
            assertThat(world.queue.withdraw(tx, new PhoneNumber(number(1))))
                .containsExactly(withdrawn));
    world.startBound();
    world.awaitFinal(other);
    assertThat(world.carrier.log).singleElement().extracting(Taken::text).isEqualTo("other");
  }

  @Test
  void a_text_withdrawn_while_the_carrier_puts_it_off_never_leaves() {
    AtomicBoolean throttling = new AtomicBoolean(true);
    AtomicInteger tries = new AtomicInteger();
    world.carrier.script =
        taken -> {
          tries.incrementAndGet();
          return throttling.get() ? Answer.THROTTLE : Answer.ACCEPT;
        };
    world.startBound();
    UUID withdrawn = world.send(number(1), "stopped meanwhile");
    world.await("tried", () -> tries.get() > 0);
    world.server.run(
        tx -> assertThat(world.queue.withdraw(tx, new PhoneNumber(number(1)))).isEmpty());
    world.await("told", () -> world.states(withdrawn).contains("recalled"));
    throttling.set(false);
    UUID other = world.send(number(2), "for another");
    world.awaitFinal(other);
    assertThat(world.carrier.log).noneMatch(taken -> taken.text().equals("stopped meanwhile"));
  }

  @Test
  void a_text_withdrawn_while_its_answer_is_out_is_not_sent_a_second_time() {
    AtomicInteger taken = new AtomicInteger();
    world.carrier.script =
        segment -> taken.incrementAndGet() == 1 ? Answer.TAKE_AND_STAY_SILENT : Answer.ACCEPT;
    world.startBound();
    UUID withdrawn = world.send(number(1), "on the wire");
    world.await("at the carrier", () -> taken.get() == 1);
    world.server.run(
        tx -> assertThat(world.queue.withdraw(tx, new PhoneNumber(number(1)))).isEmpty());
    world.carrier.dropAll();
    world.await("told", () -> world.states(withdrawn).contains("unknown"));
    UUID other = world.send(number(2), "for another");
    world.awaitFinal(other);
    assertThat(world.carrier.log.stream().filter(one -> one.text().equals("on the wire")))
        .hasSize(1);
  }

  @Test
  void a_later_text_waits_while_an_earlier_one_to_the_number_may_be_withdrawn() {
    UUID first = world.send(number(1), "first");
    UUID second = world.send(number(1), "second");
    UUID third = world.send(number(2), "elsewhere");
    try {
      world.server.run(
          tx -> {
            assertThat(world.queue.withdraw(tx, first)).isTrue();
            world.startBound();
            world.awaitFinal(third);
            assertThat(world.carrier.log).hasSize(1);
            throw new IllegalStateException("thought better of it");
          });
    } catch (IllegalStateException e) {
      assertThat(e).hasMessage("thought better of it");
    }
    world.awaitFinal(first);
    world.awaitFinal(second);
    assertThat(world.carrier.log.stream().map(Taken::text))
        .containsExactly("elsewhere", "first", "second");
  }

  @Test
  void a_text_sealed_with_another_key_fails_alone() {
    world.startBound();
    GatewayWorld stranger = new GatewayWorld();
    UUID bad = UUID.randomUUID();
    world.server.run(
        tx ->
            stranger.queue.enqueue(
                tx,
                List.of(
                    new org.wardline.sms.SmsQueue.OutboundText(
                        bad,
                        "main",
                        GatewayWorld.SOURCE,
                        new PhoneNumber(number(1)),
                        "sealed elsewhere",
                        1,
                        Instant.now().plusSeconds(60)))));
    UUID good = world.send(number(2), "good");
    world.awaitFinal(bad);
    world.awaitFinal(good);
    assertThat(world.states(bad)).endsWith("failed");
    assertThat(world.states(good)).endsWith("delivered");
    try {
      stranger.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void no_number_and_no_text_appears_in_the_metrics() {
    world.startBound();
    UUID id = world.send(number(7), "canary-text");
    world.awaitFinal(id);
    assertThat(world.metrics.text())
        .contains("wardline_gateway_submits_total{link=\"carrier\",result=\"accepted\",} 1.0")
        .contains("wardline_gateway_link_bound{link=\"carrier\",} 1.0")
        .contains("wardline_gateway_last_receipt_timestamp_seconds{link=\"carrier\",} 1.")
        .doesNotContain("canary-text")
        .doesNotContain("13125550007");
  }
}
