package org.wardline.gateway.smpp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.wardline.gateway.smpp.FakeSmsc.next;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardline.config.Secret;
import org.wardline.gateway.smpp.SubmitResult.Accepted;
import org.wardline.gateway.smpp.SubmitResult.ConnectionLost;
import org.wardline.gateway.smpp.SubmitResult.Refused;
import org.wardline.gateway.smpp.SubmitResult.TimedOut;

@Timeout(60)
class SmppSessionTest {
  private static final byte[] NO_UDH = {};

  private final FakeSmsc smsc = new FakeSmsc();
  private final RecordingInbound inbound = new RecordingInbound();
  private final ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void stop() {
    smsc.close();
    virtual.close();
  }

  private static SubmitPdu text(String body) {
    return new SubmitPdu(
        "72345", "+13125550100", NO_UDH, body.getBytes(US_ASCII), 0, true, Duration.ofHours(1));
  }

  @ParameterizedTest
  @EnumSource(SmppBind.Mode.class)
  void both_kinds_of_session_are_known_by_the_smsc(SmppBind.Mode mode) throws InterruptedException {
    try (SmppSession session = SmppSession.bind(smsc.bind().withMode(mode), inbound)) {
      assertThat(session.isBound()).isTrue();
      List<BindAttempt.Kind> kinds =
          switch (mode) {
            case TRANSCEIVER -> List.of(BindAttempt.Kind.TRANSCEIVER);
            case TRANSMITTER_AND_RECEIVER ->
                List.of(BindAttempt.Kind.RECEIVER, BindAttempt.Kind.TRANSMITTER);
          };
      for (BindAttempt.Kind kind : kinds) {
        BindAttempt attempt = next(smsc.binds);
        assertThat(attempt.kind()).isEqualTo(kind);
        assertThat(attempt.systemId()).isEqualTo("wardline");
        assertThat(attempt.toString()).doesNotContain("secret");
        assertThat(next(smsc.bound).isReceiver()).isEqualTo(kind != BindAttempt.Kind.TRANSMITTER);
      }
    }
  }

  @Test
  void a_submit_arrives_whole_and_returns_its_id() throws InterruptedException {
    try (SmppSession session = SmppSession.bind(smsc.bind(), inbound)) {
      byte[] udh = {5, 0, 3, 1, 2, 1};
      SubmitResult result =
          session.submit(
              new SubmitPdu("72345", "+13125550100", udh, new byte[] {0x04, 0x4F}, 8, true, null));
      assertThat(result)
          .isInstanceOfSatisfying(Accepted.class, a -> assertThat(a.messageId()).isEqualTo("id-1"));
      SubmittedPdu pdu = next(smsc.submitted);
      assertThat(pdu.source()).isEqualTo("72345");
      assertThat(pdu.destination()).isEqualTo("+13125550100");
      assertThat(pdu.udhi()).isTrue();
      assertThat(pdu.dataCoding()).isEqualTo(8);
      assertThat(pdu.receiptRequested()).isTrue();
      assertThat(pdu.validityPeriod()).isEmpty();
      assertThat(pdu.shortMessage()).isEqualTo(new byte[] {5, 0, 3, 1, 2, 1, 0x04, 0x4F});
      assertThat(session.submit(text("x"))).isInstanceOf(Accepted.class);
      assertThat(next(smsc.submitted).validityPeriod()).isEqualTo("000000010000000R");
    }
  }

  @Test
  void a_wrong_password_is_refused_in_words() {
    SmppBind wrong = SmppBind.of("127.0.0.1", smsc.server.port(), "wardline", Secret.of("wrong"));
    assertThatThrownBy(() -> SmppSession.bind(wrong, inbound))
        .isInstanceOfSatisfying(
            SmppException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(SmppException.Reason.REFUSED);
              assertThat(e.commandStatus()).isEqualTo(CommandStatus.INVALID_PASSWORD);
              assertThat(e).hasMessageContaining("password").hasMessageNotContaining("wrong");
            });
  }

  @Test
  void an_empty_password_is_refused_in_smpp_and_not_by_hanging_up() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), smsc.server.port())) {
      socket.setSoTimeout(10_000);
      byte[] body = "wardline\0\0\0\064\0\0\0".getBytes(StandardCharsets.ISO_8859_1);
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      out.writeInt(16 + body.length);
      out.writeInt(0x09);
      out.writeInt(0);
      out.writeInt(1);
      out.write(body);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      in.readInt();
      assertThat(in.readInt()).isEqualTo(0x8000_0009);
      assertThat(in.readInt()).isEqualTo(CommandStatus.INVALID_PASSWORD);
    }
    assertThat(smsc.binds).isEmpty();
  }

  @Test
  void nobody_listening_is_unreachable() {
    int port = smsc.server.port();
    smsc.close();
    SmppBind bind = SmppBind.of("127.0.0.1", port, "wardline", Secret.of("secret"));
    assertThatThrownBy(() -> SmppSession.bind(bind, inbound))
        .isInstanceOfSatisfying(
            SmppException.class,
            e -> assertThat(e.reason()).isEqualTo(SmppException.Reason.UNREACHABLE));
  }

  @ParameterizedTest
  @org.junit.jupiter.params.provider.CsvSource({
    "0x58,true,false",
    "0x14,true,false",
    "0x0B,false,true",
    "0x08,false,false",
    "0x403,false,true"
  })
  void a_refusal_says_whether_to_try_again(String status, boolean throttled, boolean permanent) {
    int code = Integer.decode(status);
    smsc.answer = pdu -> new SubmitDecision.Refuse(code);
    try (SmppSession session = SmppSession.bind(smsc.bind(), inbound)) {
      assertThat(session.submit(text("x")))
          .isInstanceOfSatisfying(
              Refused.class,
              r -> {
                assertThat(r.commandStatus()).isEqualTo(code);
                assertThat(r.throttled()).isEqualTo(throttled);
                assertThat(r.permanent()).isEqualTo(permanent);
                assertThat(r.meaning()).startsWith("The carrier");
              });
    }
  }

  @Test
  void an_unanswered_submit_times_out_and_the_session_lives_on() {
    SmppBind bind =
        smsc.bind()
            .withTimeouts(Duration.ofSeconds(30), Duration.ofMillis(200), Duration.ofSeconds(5));
    smsc.answer = pdu -> new SubmitDecision.Silence();
    try (SmppSession session = SmppSession.bind(bind, inbound)) {
      assertThat(session.submit(text("x"))).isInstanceOf(TimedOut.class);
      smsc.answer = pdu -> new SubmitDecision.Accept("7");
      assertThat(session.submit(text("y"))).isInstanceOf(Accepted.class);
    }
  }

  @Test
  void an_answer_after_the_time_out_says_what_became_of_the_text() throws Exception {
    SmppBind bind =
        smsc.bind()
            .withTimeouts(Duration.ofSeconds(30), Duration.ofMillis(200), Duration.ofSeconds(5));
    CompletableFuture<SubmitDecision> taken = new CompletableFuture<>();
    CompletableFuture<SubmitDecision> refused = new CompletableFuture<>();
    CompletableFuture<SubmitDecision> never = new CompletableFuture<>();
    try (SmppSession session = SmppSession.bind(bind, inbound)) {
      CompletableFuture<SubmitResult> first = late(session, taken);
      CompletableFuture<SubmitResult> second = late(session, refused);
      CompletableFuture<SubmitResult> third = late(session, never);
      refused.complete(new SubmitDecision.Refuse(0x58));
      taken.complete(new SubmitDecision.Accept("late-7"));
      assertThat(first.get(10, TimeUnit.SECONDS))
          .isInstanceOfSatisfying(
              Accepted.class, answer -> assertThat(answer.messageId()).isEqualTo("late-7"));
      assertThat(second.get(10, TimeUnit.SECONDS))
          .isInstanceOfSatisfying(Refused.class, answer -> assertThat(answer.throttled()).isTrue());
      assertThat(third).isNotDone();
      smsc.server.dropConnections();
      assertThat(third.get(10, TimeUnit.SECONDS)).isEqualTo(new ConnectionLost(true));
    }
  }

  private CompletableFuture<SubmitResult> late(
      SmppSession session, CompletableFuture<SubmitDecision> decision) {
    // One that is answered in between: three in a row without an answer would end the session.
    smsc.answer = pdu -> new SubmitDecision.Accept("between");
    assertThat(session.submit(text("between"))).isInstanceOf(Accepted.class);
    smsc.answer = pdu -> new SubmitDecision.Later(decision);
    return ((TimedOut) session.submit(text("x"))).late().toCompletableFuture();
  }

  @Test
  void a_cut_connection_fails_every_pending_submit_at_once() throws Exception {
    smsc.answer = pdu -> new SubmitDecision.Silence();
    SmppBind bind =
        smsc.bind()
            .withWindowSize(4)
            .withTimeouts(Duration.ofSeconds(30), Duration.ofMinutes(5), Duration.ofSeconds(5));
    CompletableFuture<String> reason = new CompletableFuture<>();
    try (SmppSession session = SmppSession.bind(bind, inbound)) {
      session.onClosed(reason::complete);
      List<Future<SubmitResult>> pending = new ArrayList<>();
      for (int i = 0; i < 7; i++) {
        pending.add(virtual.submit(() -> session.submit(text("x"))));
      }
      for (int i = 0; i < 4; i++) {
        next(smsc.submitted);
      }
      smsc.server.dropConnections();
      int written = 0;
      for (Future<SubmitResult> future : pending) {
        ConnectionLost lost = (ConnectionLost) future.get(10, TimeUnit.SECONDS);
        written += lost.written() ? 1 : 0;
      }
      // Exactly those the window let through may have been sent.
      assertThat(written).isEqualTo(4);
      assertThat(smsc.submitted).isEmpty();
      assertThat(reason.get(10, TimeUnit.SECONDS)).isNotEmpty();
      assertThat(session.isBound()).isFalse();
      assertThat(session.submit(text("x"))).isEqualTo(new ConnectionLost(false));
    }
  }

  @Test
  void no_more_submits_than_the_window_are_ever_unanswered() throws Exception {
    AtomicInteger open = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    BlockingQueue<CompletableFuture<SubmitDecision>> held = new LinkedBlockingQueue<>();
    smsc.answer =
        pdu -> {
          most.accumulateAndGet(open.incrementAndGet(), Math::max);
          CompletableFuture<SubmitDecision> decision = new CompletableFuture<>();
          held.add(decision);
          return new SubmitDecision.Later(decision);
        };
    try (SmppSession session = SmppSession.bind(smsc.bind().withWindowSize(3), inbound)) {
      List<Future<SubmitResult>> results = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        results.add(virtual.submit(() -> session.submit(text("x"))));
      }
      for (int answered = 0; answered < 30; answered++) {
        CompletableFuture<SubmitDecision> oldest = next(held);
        open.decrementAndGet();
        oldest.complete(new SubmitDecision.Accept("n" + answered));
      }
      for (Future<SubmitResult> result : results) {
        assertThat(result.get(10, TimeUnit.SECONDS)).isInstanceOf(Accepted.class);
      }
      assertThat(most.get()).isBetween(1, 3);
      assertThat(session.windowFree()).isEqualTo(3);
    }
  }

  @Test
  void a_window_that_stays_full_refuses_without_sending() throws Exception {
    smsc.answer = pdu -> new SubmitDecision.Silence();
    SmppBind bind =
        smsc.bind()
            .withWindowSize(1)
            .withTimeouts(Duration.ofSeconds(30), Duration.ofMillis(400), Duration.ofSeconds(5));
    try (SmppSession session = SmppSession.bind(bind, inbound)) {
      Future<SubmitResult> first = virtual.submit(() -> session.submit(text("first")));
      next(smsc.submitted);
      List<Future<SubmitResult>> later = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        later.add(virtual.submit(() -> session.submit(text("later"))));
      }
      assertThat(first.get()).isInstanceOf(TimedOut.class);
      for (Future<SubmitResult> result : later) {
        assertThat(result.get()).isEqualTo(Refused.windowStayedFull());
      }
      assertThat(smsc.submitted).isEmpty();
    }
  }

  @Test
  void an_interrupt_is_kept_and_is_no_time_out() throws Exception {
    CompletableFuture<SubmitDecision> decision = new CompletableFuture<>();
    smsc.answer = pdu -> new SubmitDecision.Later(decision);
    try (SmppSession session = SmppSession.bind(smsc.bind(), inbound)) {
      CompletableFuture<SubmitResult> result = new CompletableFuture<>();
      CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
      Thread submitter =
          Thread.ofVirtual()
              .start(
                  () -> {
                    result.complete(session.submit(text("x")));
                    interrupted.complete(Thread.currentThread().isInterrupted());
                  });
      next(smsc.submitted);
      submitter.interrupt();
      decision.complete(new SubmitDecision.Accept("9"));
      assertThat(result.get(10, TimeUnit.SECONDS)).isInstanceOf(Accepted.class);
      assertThat(interrupted.get(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void a_receipt_may_come_before_the_response() throws Exception {
    CompletableFuture<SubmitDecision> decision = new CompletableFuture<>();
    smsc.answer = pdu -> new SubmitDecision.Later(decision);
    try (SmppSession session = SmppSession.bind(smsc.bind(), inbound)) {
      Future<SubmitResult> result = virtual.submit(() -> session.submit(text("x")));
      next(smsc.submitted);
      DeliverAnswer answer =
          next(smsc.bound)
              .deliver(
                  new DeliverPdu(
                      "+13125550100",
                      "72345",
                      DeliverPdu.ESM_RECEIPT,
                      0,
                      "id:42 stat:DELIVRD err:000".getBytes(US_ASCII),
                      List.of()));
      assertThat(answer).isEqualTo(new DeliverAnswer.Accepted());
      assertThat(result.isDone()).isFalse();
      assertThat(next(inbound.receipts).messageId()).isEqualTo("42");
      decision.complete(new SubmitDecision.Accept("42"));
      assertThat(result.get(10, TimeUnit.SECONDS)).isInstanceOf(Accepted.class);
    }
  }

  @Test
  void an_inbound_text_comes_with_all_its_parts() throws Exception {
    try (SmppSession session = SmppSession.bind(smsc.bind(), inbound)) {
      assertThat(session.isBound()).isTrue();
      SmppServerSession carrier = next(smsc.bound);
      byte[] octets = {5, 0, 3, 9, 2, 1, 'h', 'i'};
      carrier.deliver(new DeliverPdu("+4915112345", "72345", 0x40, 0, octets, List.of()));
      InboundPdu withUdh = next(inbound.texts);
      assertThat(withUdh.source()).isEqualTo("+4915112345");
      assertThat(withUdh.destination()).isEqualTo("72345");
      assertThat(withUdh.udhi()).isTrue();
      assertThat(withUdh.shortMessage()).isEqualTo(octets);
      assertThat(withUdh.toString()).doesNotContain("4915112345");
      carrier.deliver(
          new DeliverPdu(
              "+4915112345",
              "72345",
              0,
              8,
              new byte[0],
              List.of(
                  new Tlv(Tlv.MESSAGE_PAYLOAD, new byte[] {0x04, 0x4F}),
                  new Tlv(Tlv.SAR_MSG_REF_NUM, new byte[] {1, 2}),
                  Tlv.octet(Tlv.SAR_TOTAL_SEGMENTS, 3),
                  Tlv.octet(Tlv.SAR_SEGMENT_SEQNUM, 2))));
      InboundPdu withSar = next(inbound.texts);
      assertThat(withSar.shortMessage()).isEqualTo(new byte[] {0x04, 0x4F});
      assertThat(withSar.sar()).isEqualTo(Optional.of(new SarInfo(258, 3, 2)));
    }
  }

  @Test
  void a_text_that_could_not_be_stored_is_asked_for_again() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    SmppInbound failing =
        new SmppInbound() {
          @Override
          public InboundAnswer onText(InboundPdu pdu) {
            if (calls.incrementAndGet() == 1) {
              throw new IllegalStateException("the database is gone");
            }
            return InboundAnswer.TRY_LATER;
          }

          @Override
          public InboundAnswer onReceipt(ReceiptPdu receipt) {
            return InboundAnswer.TRY_LATER;
          }
        };
    try (SmppSession session = SmppSession.bind(smsc.bind(), failing)) {
      SmppServerSession carrier = next(smsc.bound);
      DeliverPdu pdu = new DeliverPdu("+4915112345", "72345", 0, 0, new byte[] {'a'}, List.of());
      DeliverAnswer temporary = new DeliverAnswer.Refused(CommandStatus.RECEIVER_TEMPORARY);
      assertThat(carrier.deliver(pdu)).isEqualTo(temporary);
      assertThat(carrier.deliver(pdu)).isEqualTo(temporary);
      assertThat(session.isBound()).isTrue();
    }
  }

  @Test
  void a_receipt_nobody_can_match_is_not_asked_for_again() throws Exception {
    try (SmppSession session = SmppSession.bind(smsc.bind(), inbound)) {
      assertThat(session.isBound()).isTrue();
      DeliverPdu pdu =
          new DeliverPdu("+4915112345", "72345", 4, 0, "rubbish".getBytes(US_ASCII), List.of());
      assertThat(next(smsc.bound).deliver(pdu)).isEqualTo(new DeliverAnswer.Accepted());
      assertThat(inbound.receipts).isEmpty();
      assertThat(inbound.texts).isEmpty();
    }
  }

  @Test
  void a_carrier_window_of_200_is_never_answered_with_throttle() throws Exception {
    CountDownLatch first = new CountDownLatch(1);
    SmppInbound slow =
        new SmppInbound() {
          @Override
          public InboundAnswer onText(InboundPdu pdu) {
            try {
              // Until all 400 are under way, nothing is answered.
              return first.await(20, TimeUnit.SECONDS)
                  ? InboundAnswer.ACCEPTED
                  : InboundAnswer.TRY_LATER;
            } catch (InterruptedException e) {
              return InboundAnswer.TRY_LATER;
            }
          }

          @Override
          public InboundAnswer onReceipt(ReceiptPdu receipt) {
            return InboundAnswer.ACCEPTED;
          }
        };
    try (SmppSession session = SmppSession.bind(smsc.bind(), slow)) {
      assertThat(session.isBound()).isTrue();
      SmppServerSession carrier = next(smsc.bound);
      CountDownLatch started = new CountDownLatch(400);
      List<Future<DeliverAnswer>> answers = new ArrayList<>();
      DeliverPdu pdu = new DeliverPdu("+4915112345", "72345", 0, 0, new byte[] {'a'}, List.of());
      for (int i = 0; i < 400; i++) {
        answers.add(
            virtual.submit(
                () -> {
                  started.countDown();
                  return carrier.deliver(pdu);
                }));
      }
      assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
      first.countDown();
      for (Future<DeliverAnswer> answer : answers) {
        assertThat(answer.get(20, TimeUnit.SECONDS)).isEqualTo(new DeliverAnswer.Accepted());
      }
    }
  }

  @Test
  void an_unbind_from_the_smsc_ends_the_session() throws Exception {
    try (SmppSession session = SmppSession.bind(smsc.bind(), inbound)) {
      CompletableFuture<String> reason = new CompletableFuture<>();
      session.onClosed(reason::complete);
      next(smsc.bound).unbindAndClose();
      assertThat(reason.get(10, TimeUnit.SECONDS)).isNotEmpty();
      assertThat(session.isBound()).isFalse();
    }
  }

  @Test
  void closing_unbinds_and_the_smsc_sees_the_end() throws Exception {
    SmppSession session = SmppSession.bind(smsc.bind(), inbound);
    SmppServerSession carrier = next(smsc.bound);
    CompletableFuture<String> reason = new CompletableFuture<>();
    session.onClosed(reason::complete);
    session.close();
    assertThat(reason.get(10, TimeUnit.SECONDS)).isEqualTo("closed by us");
    assertThat(next(smsc.closed)).isSameAs(carrier);
    assertThat(session.submit(text("x"))).isEqualTo(new ConnectionLost(false));
    session.close();
  }
}
