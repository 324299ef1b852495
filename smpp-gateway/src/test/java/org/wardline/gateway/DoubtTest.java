package org.wardline.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.wardline.gateway.GatewayWorld.number;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.wardline.gateway.FakeCarrier.Answer;
import org.wardline.gateway.FakeCarrier.Said;
import org.wardline.gateway.FakeCarrier.Taken;
import org.wardline.gateway.smpp.InboundAnswer;
import org.wardline.gateway.smpp.InboundPdu;
import org.wardline.gateway.smpp.ReceiptPdu;
import org.wardline.gateway.smpp.SmppInbound;
import org.wardline.gateway.smpp.SmppSession;
import org.wardline.jdbc.Db;
import org.wardline.metrics.Metrics;
import org.wardline.sms.DeliveryState;
import org.wardline.sms.InDoubt;
import org.wardline.sms.LinkStatus;
import org.wardline.sms.Links;
import org.wardline.sms.Links.Want;
import org.wardline.sms.PhoneNumber;
import org.wardline.sms.SmsFormat;
import org.wardline.sms.SmsQueue;
import org.wardline.sms.SmsText;
import org.wardline.sms.Urgency;

/** What becomes of texts whose answer or receipt is missing. */
@Timeout(120)
class DoubtTest {
  private static final Duration SOON = Duration.ofMillis(400);
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration NEVER = Duration.ZERO;
  private static final int OK = 0;
  private static final int SYSTEM_ERROR = 8;
  private static final int UNKNOWN_COMMAND = 3;
  private static final int QUERY_FAILED = 0x67;

  private final GatewayWorld world = new GatewayWorld();
  private final AtomicInteger submits = new AtomicInteger();

  @AfterEach
  void end() throws IOException {
    world.close();
  }

  /** The first submits get these answers, all others are taken without a receipt. */
  private void answers(Answer... first) {
    world.carrier.script =
        taken -> {
          int n = submits.getAndIncrement();
          return n < first.length ? first[n] : Answer.NO_RECEIPT;
        };
  }

  private Gateway start(Duration lateAnswerLimit, Duration queryAfter) {
    return start(
        world
            .link(SOON)
            .withDoubt(new LinkSettings.Doubt(lateAnswerLimit, queryAfter, Duration.ZERO)));
  }

  private Gateway start(LinkSettings link) {
    Gateway gateway = world.start(link);
    world.await("bound", () -> gateway.status().bound());
    return gateway;
  }

  private UUID send(String text, InDoubt inDoubt) {
    SmsQueue.OutboundText one =
        new SmsQueue.OutboundText(
            UUID.randomUUID(),
            "main",
            GatewayWorld.SOURCE,
            new PhoneNumber(number(1)),
            text,
            SmsText.of(text).segments(),
            Instant.now().plus(Duration.ofHours(1)),
            Urgency.REPLY,
            inDoubt,
            SmsFormat.USUAL);
    world.server.run(tx -> world.queue.enqueue(tx, List.of(one)));
    return one.id();
  }

  private void answerLate(int status) {
    world.await("an answer is owed", () -> !world.carrier.late.isEmpty());
    world.carrier.late.remove().send(status);
  }

  private boolean isTimeOutOver() {
    return world.server.inTransaction(LinkStatus::all).stream()
        .anyMatch(
            link ->
                link.figures().errors().stream()
                    .anyMatch(words -> words.contains(CarrierWords.NO_ANSWER)));
  }

  private void want(Want want) {
    world.server.run(tx -> new Links(world.keys).want(tx, "carrier", want, "test"));
  }

  private void receipt(String id, String stat) {
    assertThat(world.carrier.receipt(id, stat).join()).isZero();
  }

  @Test
  void an_answer_that_comes_late_settles_a_text_that_waits_for_its_second_try() {
    answers(Answer.TAKE_AND_ANSWER_LATE);
    start(world.link(Duration.ofSeconds(2)));
    UUID id = send("late", InDoubt.RESEND);
    world.await("on the wire", () -> world.carrier.late.size() == 1);
    want(Want.PAUSE);
    world.awaitState(id, DeliveryState.QUEUED);
    answerLate(OK);
    world.awaitState(id, DeliveryState.SENT);
    assertThat(world.last(id).detail()).isEqualTo(CarrierWords.ANSWERED_LATE);
    want(Want.RUN);
    UUID next = send("next", InDoubt.RESEND);
    world.awaitState(next, DeliveryState.SENT);
    receipt("m1001", "DELIVRD");
    world.awaitFinal(id);
    assertThat(world.states(id)).containsExactly("submitting", "queued", "sent", "delivered");
    assertThat(world.carrier.texts()).containsExactly("late", "next");
  }

  @Test
  void a_part_that_is_answered_late_is_not_sent_again_with_the_rest() {
    answers(Answer.NO_RECEIPT, Answer.TAKE_AND_ANSWER_LATE);
    start(world.link(Duration.ofSeconds(2)));
    UUID id = send("y".repeat(400), InDoubt.RESEND);
    world.await("on the wire", () -> world.carrier.late.size() == 1);
    want(Want.PAUSE);
    world.awaitState(id, DeliveryState.QUEUED);
    answerLate(OK);
    world.await(
        "the second part is known", () -> world.gatewayCount("segment WHERE number = 2") == 1);
    want(Want.RUN);
    world.awaitState(id, DeliveryState.SENT);
    assertThat(world.carrier.log.stream().map(Taken::number)).containsExactly(1, 2, 3);
    receipt("m1001", "DELIVRD");
    receipt("m1002", "DELIVRD");
    receipt("m1003", "DELIVRD");
    world.awaitFinal(id);
    assertThat(world.states(id)).endsWith("sent", "delivered");
  }

  @Test
  void a_text_that_waits_for_the_pace_of_its_link_is_not_sent_again_after_a_late_answer() {
    answers(Answer.TAKE_AND_ANSWER_LATE);
    start(world.link(SOON).withPace(new Pace(0.5, 0)));
    UUID id = send("late", InDoubt.RESEND);
    world.await(
        "it is claimed for its second try",
        () ->
            world.states(id).contains("queued")
                && world.gatewayCount("outbound WHERE state = 'submitting'") == 1);
    answerLate(OK);
    world.awaitState(id, DeliveryState.SENT);
    assertThat(world.carrier.texts()).containsExactly("late");
    receipt("m1001", "DELIVRD");
    world.awaitFinal(id);
    assertThat(world.states(id))
        .containsExactly("submitting", "queued", "submitting", "sent", "delivered");
  }

  @Test
  void when_both_copies_are_out_the_receipt_of_either_settles_the_text() {
    answers(Answer.TAKE_AND_ANSWER_LATE);
    start(LONG, NEVER);
    UUID id = send("twice", InDoubt.RESEND);
    world.awaitState(id, DeliveryState.SENT);
    answerLate(OK);
    world.await("both are known", () -> world.gatewayCount("segment") == 2);
    receipt("m1002", "UNDELIV");
    world.awaitFinal(id);
    receipt("m1001", "DELIVRD");
    world.awaitState(id, DeliveryState.DELIVERED);
    receipt("m1001", "DELIVRD");
    receipt("m1002", "UNDELIV");
    world.take();
    assertThat(world.states(id))
        .containsExactly("submitting", "queued", "submitting", "sent", "failed", "delivered");
    assertThat(world.last(id).mayBeDuplicate()).isTrue();
    assertThat(world.carrier.texts()).containsExactly("twice", "twice");
    assertThat(world.gatewayCount("receipt")).isZero();
  }

  @Test
  void of_two_copies_one_that_arrived_is_enough_and_told_once() {
    answers(Answer.TAKE_AND_ANSWER_LATE);
    start(LONG, NEVER);
    UUID id = send("twice", InDoubt.RESEND);
    world.awaitState(id, DeliveryState.SENT);
    answerLate(OK);
    world.await("both are known", () -> world.gatewayCount("segment") == 2);
    receipt("m1002", "DELIVRD");
    receipt("m1001", "UNDELIV");
    world.take();
    assertThat(world.states(id))
        .containsExactly("submitting", "queued", "submitting", "sent", "delivered");
  }

  @Test
  void a_receipt_that_comes_before_the_late_answer_is_not_lost() {
    answers(Answer.TAKE_AND_ANSWER_LATE);
    start(LONG, NEVER);
    UUID id = send("twice", InDoubt.RESEND);
    world.awaitState(id, DeliveryState.SENT);
    receipt("m1001", "DELIVRD");
    assertThat(world.gatewayCount("receipt")).isEqualTo(1);
    // Receipts kept aside are looked at again later and later; the answer must not wait for that.
    world.asGateway(
        tx -> tx.update("UPDATE sms.receipt SET next_look_at = now() + interval '1 hour'"));
    answerLate(OK);
    world.awaitFinal(id);
    assertThat(world.states(id)).endsWith("sent", "delivered");
    assertThat(world.gatewayCount("receipt")).isZero();
  }

  @Test
  void a_text_whose_second_answer_is_lost_too_is_sent_when_the_first_came_late() {
    answers(Answer.TAKE_AND_ANSWER_LATE, Answer.TAKE_AND_ANSWER_LATE);
    start(world.link(Duration.ofSeconds(2)));
    UUID id = send("twice", InDoubt.RESEND);
    world.await("both are on the wire", () -> world.carrier.late.size() == 2);
    answerLate(OK);
    world.awaitState(id, DeliveryState.SENT);
    assertThat(world.states(id)).containsExactly("submitting", "queued", "submitting", "sent");
    answerLate(OK);
    world.await("the second is known", () -> world.gatewayCount("segment") == 2);
    receipt("m1002", "DELIVRD");
    world.awaitFinal(id);
    assertThat(world.states(id)).endsWith("sent", "delivered");
  }

  @Test
  void a_text_a_person_was_asked_about_is_delivered_when_its_answer_and_receipt_come_late() {
    answers(Answer.TAKE_AND_ANSWER_LATE);
    start(LONG, NEVER);
    UUID id = send("ask", InDoubt.ASK);
    world.awaitState(id, DeliveryState.UNKNOWN);
    answerLate(OK);
    world.await("it is known", () -> world.gatewayCount("segment") == 1);
    receipt("m1001", "DELIVRD");
    world.awaitState(id, DeliveryState.DELIVERED);
    assertThat(world.states(id)).containsExactly("submitting", "unknown", "delivered");
    assertThat(world.carrier.texts()).containsExactly("ask");
  }

  @Test
  void a_line_that_waits_for_late_answers_sends_once_and_unmarked_and_in_order() {
    answers(Answer.TAKE_AND_ANSWER_LATE);
    start(LONG, NEVER);
    UUID id = send("first", InDoubt.QUERY);
    UUID next = send("next", InDoubt.QUERY);
    world.await("the time-out is over", this::isTimeOutOver);
    assertThat(world.carrier.texts()).containsExactly("first");
    answerLate(OK);
    world.awaitState(next, DeliveryState.SENT);
    receipt("m1001", "DELIVRD");
    world.awaitFinal(id);
    assertThat(world.states(id)).containsExactly("submitting", "sent", "delivered");
    assertThat(world.last(id).mayBeDuplicate()).isFalse();
    assertThat(world.carrier.texts()).containsExactly("first", "next");
  }

  @Test
  void a_line_that_waits_for_late_answers_asks_a_person_when_none_comes() {
    answers(Answer.TAKE_AND_ANSWER_LATE);
    start(SOON, NEVER);
    UUID id = send("once", InDoubt.QUERY);
    world.awaitState(id, DeliveryState.UNKNOWN);
    assertThat(world.last(id).detail()).isEqualTo(CarrierWords.UNKNOWN_AND_NO_ID);
    UUID next = send("next", InDoubt.QUERY);
    world.awaitState(next, DeliveryState.SENT);
    assertThat(world.states(id)).containsExactly("submitting", "unknown");
    assertThat(world.carrier.texts()).containsExactly("once", "next");
  }

  @Test
  void a_late_refusal_is_no_doubt_and_the_text_leaves_unmarked() {
    answers(Answer.TAKE_AND_ANSWER_LATE);
    start(LONG, NEVER);
    UUID id = send("refused", InDoubt.QUERY);
    world.await("the time-out is over", this::isTimeOutOver);
    answerLate(SYSTEM_ERROR);
    world.awaitState(id, DeliveryState.SENT);
    assertThat(world.states(id)).containsExactly("submitting", "sent");
    assertThat(world.last(id).mayBeDuplicate()).isFalse();
  }

  @Test
  void when_the_link_is_lost_no_answer_can_come_and_nobody_waits_for_it() {
    answers(Answer.TAKE_AND_ANSWER_LATE);
    start(LONG, NEVER);
    UUID id = send("once", InDoubt.QUERY);
    world.await("the time-out is over", this::isTimeOutOver);
    world.carrier.dropAll();
    world.awaitState(id, DeliveryState.UNKNOWN);
    UUID next = send("next", InDoubt.QUERY);
    world.awaitState(next, DeliveryState.SENT);
    assertThat(world.carrier.texts()).containsExactly("once", "next");
  }

  @Test
  void a_text_without_a_receipt_is_asked_about_and_what_the_carrier_says_counts() {
    world.carrier.responseId = id -> "00M" + id;
    world.carrier.oracle = query -> new Said(OK, 2, 0);
    answers();
    start(LONG, SOON);
    UUID id = send("silent", InDoubt.RESEND);
    world.awaitFinal(id);
    assertThat(world.states(id)).containsExactly("submitting", "sent", "delivered");
    assertThat(world.last(id).detail()).isEqualTo(CarrierWords.ASKED);
    assertThat(world.carrier.asked)
        .contains(new FakeCarrier.Asked("00M1001", GatewayWorld.SOURCE.replace("+", "")));
    receipt("00M1001", "DELIVRD");
    world.take();
    assertThat(world.states(id)).containsExactly("submitting", "sent", "delivered");
  }

  @Test
  void a_failure_that_was_asked_for_has_the_carriers_code() {
    world.carrier.oracle = query -> new Said(OK, 5, 11);
    answers();
    start(LONG, SOON);
    UUID id = send("silent", InDoubt.RESEND);
    world.awaitFinal(id);
    assertThat(world.states(id)).endsWith("failed");
    assertThat(world.last(id).detail()).contains("code 11").endsWith(CarrierWords.ASKED);
  }

  @Test
  void what_is_still_under_way_is_asked_about_again() {
    world.carrier.oracle =
        query -> world.carrier.asked.size() < 3 ? new Said(OK, 1, 0) : new Said(OK, 2, 0);
    answers();
    start(LONG, SOON);
    UUID id = send("slow", InDoubt.RESEND);
    world.awaitFinal(id);
    assertThat(world.states(id)).containsExactly("submitting", "sent", "delivered");
  }

  @Test
  void a_carrier_that_knows_no_query_sm_is_asked_once() {
    world.carrier.oracle = query -> new Said(UNKNOWN_COMMAND, 0, 0);
    assertThat(askedAboutInTwoLooks(3)).isEqualTo(1);
  }

  @Test
  void a_carrier_that_cannot_say_is_asked_three_times() {
    world.carrier.oracle = query -> new Said(QUERY_FAILED, 0, 0);
    assertThat(askedAboutInTwoLooks(5)).isEqualTo(3);
  }

  /** How often the carrier is asked, with so many texts to ask about. */
  private int askedAboutInTwoLooks(int texts) {
    answers();
    start(LONG, NEVER);
    List<UUID> ids =
        IntStream.range(0, texts).mapToObj(i -> send("text " + i, InDoubt.RESEND)).toList();
    ids.forEach(id -> world.awaitState(id, DeliveryState.SENT));
    LinkSettings link =
        world.link().withDoubt(new LinkSettings.Doubt(LONG, Duration.ofMillis(1), Duration.ZERO));
    Ticks ticks = Ticks.ofThisMachine();
    LinkMetrics metrics = new GatewayMetrics(new Metrics()).of("carrier", 1);
    try (HikariDataSource pool =
            PostgresFixture.shared().pool(world.database, "wardline_gateway", 2);
        SmppSession session = SmppSession.bind(link.bind(), new Deaf());
        Journal journal =
            new Journal(
                "carrier",
                new Db(pool),
                new JournalStore("carrier", link.receipts(), UUID.randomUUID()),
                new LateAnswers(() -> {}),
                attempts -> {},
                metrics,
                Clock.systemUTC(),
                true)) {
      CarrierQueries queries =
          new CarrierQueries(
              link, new Db(pool), () -> session::query, journal, metrics, Clock.systemUTC(), ticks);
      queries.runOnce();
      queries.runOnce();
    }
    return world.carrier.asked.size();
  }

  /** Nothing comes in on its session. */
  private static final class Deaf implements SmppInbound {
    @Override
    public InboundAnswer onText(InboundPdu pdu) {
      return InboundAnswer.TRY_LATER;
    }

    @Override
    public InboundAnswer onReceipt(ReceiptPdu receipt) {
      return InboundAnswer.TRY_LATER;
    }
  }
}
