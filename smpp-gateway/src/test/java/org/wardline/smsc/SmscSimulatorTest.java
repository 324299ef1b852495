package org.wardline.smsc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.wardline.smsc.Gateway.LINE;
import static org.wardline.smsc.Gateway.next;

import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardline.gateway.smpp.InboundAnswer;
import org.wardline.gateway.smpp.InboundPdu;
import org.wardline.gateway.smpp.MessageIds;
import org.wardline.gateway.smpp.QueryResult;
import org.wardline.gateway.smpp.ReceiptPdu;
import org.wardline.gateway.smpp.SmppBind;
import org.wardline.gateway.smpp.SubmitResult;
import org.wardline.sms.SmsText;
import org.wardline.sms.UserDataHeader;

@Timeout(60)
class SmscSimulatorTest {
  private static final String ANA = "+13125550100";
  private static final Duration SOON = Duration.ofSeconds(10);

  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  private SmscSimulator start(SmscOptions options) {
    SmscSimulator smsc = SmscSimulator.start(options);
    open.add(smsc);
    return smsc;
  }

  private Gateway bind(SmscSimulator smsc) {
    Gateway gateway = new Gateway(smsc, 10);
    open.add(gateway);
    return gateway;
  }

  @Test
  void the_carriers_log_has_the_text_whole_however_the_parts_came() {
    SmscSimulator smsc = start(SmscOptions.forTests());
    Gateway gateway = bind(smsc);
    String text = "Привет, 😀 ".repeat(20);
    List<SmsText.Segment> parts = new ArrayList<>(SmsText.of(text).split(9));
    Collections.shuffle(parts, new Random(1));
    parts.forEach(p -> gateway.submit(ANA, p));
    CarriedText carried = smsc.awaitMessageTo(ANA, SOON).orElseThrow();
    assertThat(carried.text()).isEqualTo(text);
    assertThat(carried.source()).isEqualTo(LINE);
    assertThat(carried.parts()).hasSize(parts.size());
    assertThat(smsc.log().count()).isEqualTo(parts.size());
    assertThat(carried.toString()).doesNotContain(ANA).doesNotContain("Привет");
    assertThat(smsc.log().parts().toString()).doesNotContain(ANA);
  }

  @Test
  void a_text_sent_twice_is_in_the_log_twice() {
    SmscSimulator smsc = start(SmscOptions.forTests());
    Gateway gateway = bind(smsc);
    String text = "x".repeat(200);
    List<SmsText.Segment> parts = SmsText.of(text).split(9);
    // The gateway died after the first part, and sends all again.
    gateway.submit(ANA, parts.getFirst());
    parts.forEach(p -> gateway.submit(ANA, p));
    gateway.submit(ANA, parts.getLast());
    assertThat(smsc.messagesTo(ANA)).extracting(CarriedText::text).containsExactly(text, text);
  }

  @Test
  void submits_are_logged_in_the_order_of_arrival() {
    SmscSimulator smsc = start(SmscOptions.forTests());
    Gateway gateway = bind(smsc);
    for (int i = 0; i < 200; i++) {
      gateway.send(ANA, "text " + i);
    }
    List<CarriedText> texts = smsc.messagesTo(ANA);
    for (int i = 0; i < 200; i++) {
      assertThat(texts.get(i).text()).isEqualTo("text " + i);
    }
  }

  @ParameterizedTest
  @EnumSource(ReceiptFormat.class)
  void every_receipt_format_leads_back_to_its_submit(ReceiptFormat format) throws Exception {
    SmscSimulator smsc = start(SmscOptions.forTests().withReceiptFormat(format));
    Gateway gateway = bind(smsc);
    for (boolean delivered : new boolean[] {true, false}) {
      smsc.undeliverable(ANA, !delivered);
      SubmitResult.Accepted accepted =
          (SubmitResult.Accepted) gateway.send(ANA, "id:1 stat:EXPIRED err:9 text:");
      ReceiptPdu receipt = next(gateway.receipts);
      String id = MessageIds.normalise(receipt.messageId());
      String inHexadecimal = id.matches("[0-9]+") ? new BigInteger(id).toString(16) : id;
      assertThat(MessageIds.normalise(accepted.messageId())).isIn(id, inHexadecimal);
      assertThat(receipt.status())
          .isEqualTo(delivered ? ReceiptPdu.Status.DELIVERED : ReceiptPdu.Status.UNDELIVERABLE);
    }
  }

  @Test
  void a_transmitter_and_a_receiver_are_one_gateway() throws Exception {
    SmscSimulator smsc = start(SmscOptions.forTests());
    Gateway gateway = new Gateway(smsc, 10, SmppBind.Mode.TRANSMITTER_AND_RECEIVER);
    open.add(gateway);
    SubmitResult.Accepted taken = (SubmitResult.Accepted) gateway.send(ANA, "hello");
    assertThat(next(gateway.receipts).messageId()).isEqualTo(taken.messageId());
    smsc.sendFromPatient(ANA, LINE, "hi").get(10, TimeUnit.SECONDS);
    assertThat(next(gateway.texts).shortMessage()).hasSize(2);
    // The simulator, as many carriers, knows no query_sm.
    assertThat(gateway.session.query(taken.messageId(), LINE))
        .isInstanceOf(QueryResult.Refused.class);
  }

  /** Often, because the response and the receipt race each other. */
  @RepeatedTest(20)
  void an_early_receipt_comes_before_the_response() throws Exception {
    SmscSimulator smsc = start(SmscOptions.forTests().withReceiptsBeforeResponse(true));
    Gateway gateway = bind(smsc);
    gateway.answer = InboundAnswer.TRY_LATER;
    CompletableFuture<SubmitResult> result = new CompletableFuture<>();
    Thread.ofVirtual().start(() -> result.complete(gateway.send(ANA, "hi")));
    assertThat(smsc.awaitMessageTo(ANA, SOON)).isPresent();
    assertThat(result).isNotDone();
    gateway.answer = InboundAnswer.ACCEPTED;
    ReceiptPdu receipt = next(gateway.receipts);
    assertThat(result.get(10, TimeUnit.SECONDS))
        .isInstanceOfSatisfying(
            SubmitResult.Accepted.class,
            a -> assertThat(a.messageId()).isEqualTo(receipt.messageId()));
  }

  @Test
  void one_receipt_for_a_whole_text_when_the_carrier_does_so() throws Exception {
    SmscSimulator smsc = start(SmscOptions.forTests().withReceiptPerSegment(false));
    Gateway gateway = bind(smsc);
    SubmitResult.Accepted last = (SubmitResult.Accepted) gateway.send(ANA, "x".repeat(400));
    assertThat(next(gateway.receipts).messageId()).isEqualTo(last.messageId());
    smsc.sendFromPatient(ANA, LINE, "marker").get(10, TimeUnit.SECONDS);
    assertThat(gateway.receipts).isEmpty();
  }

  @Test
  void receipts_wait_for_a_gateway_that_was_away() throws Exception {
    SmscSimulator smsc = start(SmscOptions.forTests());
    Gateway first = new Gateway(smsc, 10);
    smsc.pauseReceipts(true);
    SubmitResult.Accepted accepted = (SubmitResult.Accepted) first.send(ANA, "hi");
    first.close();
    smsc.pauseReceipts(false);
    Gateway second = bind(smsc);
    assertThat(next(second.receipts).messageId()).isEqualTo(accepted.messageId());
    assertThat(first.receipts).isEmpty();
  }

  @Test
  void what_the_gateway_could_not_store_is_delivered_again() throws Exception {
    SmscSimulator smsc = start(SmscOptions.forTests());
    Gateway gateway = bind(smsc);
    gateway.answer = InboundAnswer.TRY_LATER;
    CompletableFuture<Void> sent = smsc.sendFromPatient(ANA, LINE, "hello");
    while (smsc.stats().deliveriesRetried() == 0) {
      Thread.onSpinWait();
    }
    gateway.answer = InboundAnswer.ACCEPTED;
    sent.get(10, TimeUnit.SECONDS);
    assertThat(next(gateway.texts).source()).isEqualTo(ANA);
  }

  @Test
  void a_long_text_from_a_patient_can_arrive_last_part_first() throws Exception {
    SmscSimulator smsc = start(SmscOptions.forTests());
    Gateway gateway = bind(smsc);
    List<SmsText.Segment> parts = SmsText.of("я".repeat(100)).split(77);
    smsc.sendParts(ANA, LINE, parts.reversed()).get(10, TimeUnit.SECONDS);
    for (int number : new int[] {2, 1}) {
      InboundPdu pdu = next(gateway.texts);
      assertThat(pdu.dataCoding()).isEqualTo(8);
      assertThat(UserDataHeader.parse(pdu.shortMessage()).orElseThrow().concatenation())
          .contains(new UserDataHeader.Concatenation(77, false, 2, number));
    }
  }

  @Test
  void texts_of_one_patient_arrive_in_order() throws Exception {
    SmscSimulator smsc = start(SmscOptions.forTests());
    Gateway gateway = bind(smsc);
    for (int i = 0; i < 50; i++) {
      var _ = smsc.sendFromPatient(ANA, LINE, "n" + i);
    }
    for (int i = 0; i < 50; i++) {
      assertThat(SmsText.decode(0, next(gateway.texts).shortMessage())).isEqualTo("n" + i);
    }
  }

  @Test
  void throttling_is_switched_on_and_off() {
    SmscSimulator smsc = start(SmscOptions.forTests());
    Gateway gateway = bind(smsc);
    smsc.throttle(true);
    assertThat(gateway.send(ANA, "hi"))
        .isInstanceOfSatisfying(
            SubmitResult.Refused.class, r -> assertThat(r.throttled()).isTrue());
    smsc.throttle(false);
    assertThat(gateway.send(ANA, "hi")).isInstanceOf(SubmitResult.Accepted.class);
    assertThat(smsc.stats().throttled()).isEqualTo(1);
    assertThat(smsc.log().count()).isEqualTo(1);
  }

  @Test
  void every_third_submit_is_throttled_on_request() {
    SmscSimulator smsc = start(SmscOptions.forTests().withThrottleEvery(3));
    Gateway gateway = bind(smsc);
    List<Boolean> taken = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      taken.add(gateway.send(ANA, "hi") instanceof SubmitResult.Accepted);
    }
    assertThat(taken).containsExactly(true, true, false, true, true, false);
  }

  @Test
  void more_unanswered_submits_than_the_carriers_window_are_throttled() throws Exception {
    SmscSimulator smsc =
        start(SmscOptions.forTests().withCarrierWindow(2).withRespondDelay(Duration.ofMillis(300)));
    Gateway gateway = bind(smsc);
    try (ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<SubmitResult>> results = new ArrayList<>();
      for (SmsText.Segment segment : SmsText.of("x".repeat(700)).split(1)) {
        results.add(virtual.submit(() -> gateway.submit(ANA, segment)));
      }
      int throttled = 0;
      for (Future<SubmitResult> result : results) {
        throttled += result.get() instanceof SubmitResult.Refused ? 1 : 0;
      }
      assertThat(throttled).isEqualTo(results.size() - 2);
    }
  }

  @Test
  void a_cut_on_the_second_submit_leaves_a_text_that_was_taken_and_not_answered() {
    SmscSimulator smsc = start(SmscOptions.forTests().withDisconnectEvery(2));
    Gateway gateway = bind(smsc);
    assertThat(gateway.send(ANA, "one")).isInstanceOf(SubmitResult.Accepted.class);
    assertThat(gateway.send(ANA, "two")).isEqualTo(new SubmitResult.ConnectionLost(true));
    assertThat(smsc.messagesTo(ANA)).hasSize(2);
  }

  @Test
  void a_silent_carrier_takes_nothing_and_the_next_bind_works() throws Exception {
    SmscSimulator smsc = start(SmscOptions.forTests());
    Gateway gateway = bind(smsc);
    smsc.silent(true);
    CompletableFuture<SubmitResult> result = new CompletableFuture<>();
    Thread.ofVirtual().start(() -> result.complete(gateway.send(ANA, "hi")));
    while (smsc.stats().ignored() == 0) {
      Thread.onSpinWait();
    }
    smsc.dropConnections();
    assertThat(result.get(10, TimeUnit.SECONDS)).isEqualTo(new SubmitResult.ConnectionLost(true));
    smsc.silent(false);
    assertThat(bind(smsc).send(ANA, "hi")).isInstanceOf(SubmitResult.Accepted.class);
    assertThat(smsc.log().count()).isEqualTo(1);
  }

  @Test
  void scripted_patients_answer_by_the_first_rule_that_fits() throws Exception {
    SmscSimulator smsc =
        start(
            SmscOptions.forTests()
                .withPatients(
                    List.of(
                        PatientRule.answering("reply yes", "YES", Duration.ofMillis(10)),
                        PatientRule.answering("\\?", "Sure", Duration.ofMillis(10)))));
    Gateway gateway = bind(smsc);
    gateway.send(ANA, "May we text you? Reply YES to agree.");
    InboundPdu yes = next(gateway.texts);
    assertThat(SmsText.decode(0, yes.shortMessage())).isEqualTo("YES");
    assertThat(yes.source()).isEqualTo(ANA);
    assertThat(yes.destination()).isEqualTo(LINE);
    gateway.send(ANA, "no answer to this");
    gateway.send(ANA, "Is ten o'clock fine? " + "x".repeat(200));
    assertThat(SmsText.decode(0, next(gateway.texts).shortMessage())).isEqualTo("Sure");
  }

  @Test
  void the_log_forgets_the_oldest_and_goes_on_counting() {
    SmscSimulator smsc = start(SmscOptions.forTests().withLogLimit(10));
    Gateway gateway = bind(smsc);
    for (int i = 0; i < 25; i++) {
      gateway.send("+1312555" + (1000 + i), "n" + i);
    }
    assertThat(smsc.log().count()).isEqualTo(25);
    assertThat(smsc.log().parts()).hasSize(10);
    assertThat(smsc.log().destinations()).hasSize(10).doesNotContain("+13125551000");
  }

  @Test
  void a_taken_port_is_named() {
    SmscSimulator smsc = start(SmscOptions.forTests());
    SmscOptions taken = SmscOptions.forTests().withPorts(smsc.port(), SmscOptions.NO_HTTP);
    assertThatThrownBy(() -> SmscSimulator.start(taken))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(Integer.toString(smsc.port()));
  }

  /** Not a benchmark: a floor, far below what is usual, so that a slow simulator is noticed. */
  @Test
  void thousands_of_submits_a_second_go_through_with_their_receipts() throws Exception {
    int submits = 20_000;
    SmscSimulator smsc = start(SmscOptions.forTests());
    Gateway gateway = new Gateway(smsc, 64);
    open.add(gateway);
    SmsText.Segment segment = SmsText.of("Your appointment is tomorrow.").split(1).getFirst();
    long start = System.nanoTime();
    try (ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int worker = 0; worker < 64; worker++) {
        int from = worker;
        var _ =
            virtual.submit(
                () -> {
                  for (int i = from; i < submits; i += 64) {
                    gateway.submit("+1312556" + (1000 + i % 1000), segment);
                  }
                });
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    for (int i = 0; i < submits; i++) {
      next(gateway.receipts);
    }
    double withReceipts = (System.nanoTime() - start) / 1e9;
    System.out.printf(
        "simulator: %.0f submits/s, %.0f/s until the last receipt%n",
        submits / seconds, submits / withReceipts);
    assertThat(smsc.log().count()).isEqualTo(submits);
    assertThat(submits / seconds).isGreaterThan(1_000);
  }
}
