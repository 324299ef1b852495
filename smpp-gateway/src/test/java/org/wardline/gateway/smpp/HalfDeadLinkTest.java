package org.wardline.gateway.smpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.wardline.gateway.smpp.FakeSmsc.next;
import static org.wardline.gateway.smpp.RawSmsc.ENQUIRE_LINK;
import static org.wardline.gateway.smpp.RawSmsc.GENERIC_NACK;
import static org.wardline.gateway.smpp.RawSmsc.NOTHING;
import static org.wardline.gateway.smpp.RawSmsc.RESPONSE;
import static org.wardline.gateway.smpp.RawSmsc.SUBMIT_SM;
import static org.wardline.gateway.smpp.RawSmsc.deliver;
import static org.wardline.gateway.smpp.RawSmsc.text;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.wardline.gateway.smpp.RawSmsc.Pdu;
import org.wardline.gateway.smpp.RawSmsc.Peer;
import org.wardline.gateway.smpp.SubmitResult.Accepted;
import org.wardline.gateway.smpp.SubmitResult.ConnectionLost;
import org.wardline.gateway.smpp.SubmitResult.TimedOut;

/** Links that TCP takes for alive and that are not, or not quite. */
@Timeout(60)
class HalfDeadLinkTest {
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration LONG = Duration.ofSeconds(30);

  private final RawSmsc smsc;
  private final RecordingInbound inbound = new RecordingInbound();
  private final ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor();

  HalfDeadLinkTest() throws IOException {
    smsc = new RawSmsc();
  }

  @AfterEach
  void stop() throws IOException {
    smsc.close();
    virtual.close();
  }

  private static SubmitPdu pdu(int octets) {
    return new SubmitPdu("72345", "+13125550100", NOTHING, new byte[octets], 4, true, null);
  }

  private SmppBind impatient(Duration enquireLink, Duration response) {
    return smsc.bind().withTimeouts(enquireLink, response, LONG);
  }

  private static String reason(SmppSession session) throws Exception {
    return session.closed().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  @Test
  void a_carrier_that_answers_enquire_link_and_no_submit_is_left() throws Exception {
    smsc.answers.remove(SUBMIT_SM);
    SmppBind bind = impatient(Duration.ofMillis(50), Duration.ofSeconds(2));
    try (SmppSession session = SmppSession.bind(bind, inbound)) {
      List<Future<SubmitResult>> results = new ArrayList<>();
      for (int i = 0; i < AnswerWatch.LIMIT; i++) {
        results.add(virtual.submit(() -> session.submit(pdu(1))));
      }
      for (Future<SubmitResult> result : results) {
        assertThat(result.get(10, TimeUnit.SECONDS))
            .isInstanceOfAny(TimedOut.class, ConnectionLost.class)
            .isNotEqualTo(new ConnectionLost(false));
      }
      assertThat(reason(session)).isEqualTo("the carrier answers enquire_link but no submits");
      assertThat(session.state())
          .isInstanceOfSatisfying(
              BindState.Lost.class, lost -> assertThat(lost.reason()).contains("no submits"));
    }
  }

  @Test
  void a_carrier_that_is_late_with_its_answers_is_kept() throws Exception {
    smsc.answers.remove(SUBMIT_SM);
    try (SmppSession session = SmppSession.bind(impatient(LONG, SHORT), inbound)) {
      Peer peer = smsc.peer();
      for (int i = 0; i < 2 * AnswerWatch.LIMIT; i++) {
        assertThat(session.submit(pdu(1))).isInstanceOf(TimedOut.class);
        peer.send(SUBMIT_SM | RESPONSE, 0, peer.next(SUBMIT_SM).sequence(), text("late"));
        // So that the late answer has been read.
        peer.send(ENQUIRE_LINK, 0, i, NOTHING);
        peer.next(ENQUIRE_LINK | RESPONSE);
      }
      assertThat(session.isBound()).isTrue();
    }
  }

  @Test
  void a_few_unanswered_submits_among_answered_ones_are_no_reason_to_leave() {
    AtomicLong now = new AtomicLong();
    AnswerWatch watch = new AnswerWatch(100, Duration.ofNanos(10), now::get);
    for (int i = 0; i < 10; i++) {
      now.addAndGet(20);
      assertThat(watch.timedOut()).isFalse();
      assertThat(watch.timedOut()).isFalse();
      watch.answered();
    }
    assertThat(watch.timedOut()).isFalse();
    assertThat(watch.timedOut()).isFalse();
    // Three in a row, but the carrier spoke a moment ago.
    assertThat(watch.timedOut()).isFalse();
    now.addAndGet(10);
    assertThat(watch.timedOut()).isTrue();
    assertThat(new AnswerWatch(1, Duration.ZERO, now::get).timedOut()).isTrue();
  }

  @Test
  void a_peer_that_answers_submits_and_never_enquire_link_is_kept() throws Exception {
    smsc.answers.remove(ENQUIRE_LINK);
    Duration interval = Duration.ofMillis(100);
    try (SmppSession session =
        SmppSession.bind(impatient(interval, Duration.ofSeconds(3)), inbound)) {
      Peer peer = smsc.peer();
      for (int i = 0; i < 5; i++) {
        // Quiet until we ask; then a submit and its answer are sign of life enough.
        peer.next(ENQUIRE_LINK);
        assertThat(session.submit(pdu(1))).isInstanceOf(Accepted.class);
      }
      assertThat(session.isBound()).isTrue();
    }
  }

  @Test
  void a_peer_that_nacks_enquire_link_is_alive() throws Exception {
    smsc.answers.remove(ENQUIRE_LINK);
    try (SmppSession session =
        SmppSession.bind(impatient(Duration.ofMillis(50), Duration.ofSeconds(3)), inbound)) {
      Peer peer = smsc.peer();
      for (int i = 0; i < 5; i++) {
        Pdu asked = peer.next(ENQUIRE_LINK);
        peer.send(GENERIC_NACK, 3, asked.sequence(), NOTHING);
      }
      assertThat(session.isBound()).isTrue();
    }
  }

  /** What a table of times and events must come to. */
  private static final class Table {
    final AtomicLong now = new AtomicLong();
    final AtomicInteger asked = new AtomicInteger();
    final AtomicReference<String> end = new AtomicReference<>("");
    final AtomicReference<Duration> stuck = new AtomicReference<>(Duration.ZERO);
    final LinkWatch watch =
        new LinkWatch(
            new SmppBind.Timeouts(
                Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofSeconds(1), LONG),
            stuck::get,
            asked::incrementAndGet,
            end::set,
            now::get);

    boolean at(int second) {
      now.set(TimeUnit.SECONDS.toNanos(second));
      return watch.look();
    }
  }

  @Test
  void a_silent_link_is_noticed_after_interval_and_response_time_out() throws Exception {
    Table table = new Table();
    assertThat(table.at(29)).isTrue();
    assertThat(table.asked.get()).isZero();
    assertThat(table.at(30)).isTrue();
    assertThat(table.at(39)).isTrue();
    assertThat(table.end.get()).isEmpty();
    assertThat(table.at(40)).isFalse();
    assertThat(table.end.get()).isEqualTo("the SMSC stopped answering");
    while (table.asked.get() == 0) {
      Thread.onSpinWait();
    }
    assertThat(table.asked.get()).isEqualTo(1);
  }

  @Test
  void any_pdu_after_the_question_is_an_answer() {
    Table table = new Table();
    assertThat(table.at(30)).isTrue();
    table.now.set(TimeUnit.SECONDS.toNanos(35));
    table.watch.heard();
    assertThat(table.at(64)).isTrue();
    assertThat(table.at(65)).isTrue();
    assertThat(table.at(74)).isTrue();
    assertThat(table.at(75)).isFalse();
  }

  @Test
  void a_write_that_hangs_ends_the_link_whatever_is_read() {
    Table table = new Table();
    table.stuck.set(Duration.ofSeconds(9));
    assertThat(table.at(1)).isTrue();
    table.stuck.set(Duration.ofSeconds(10));
    assertThat(table.at(2)).isFalse();
    assertThat(table.end.get()).isEqualTo("the SMSC takes nothing off the connection");
  }

  @Test
  void a_peer_that_vanished_without_a_word_is_noticed() throws Exception {
    smsc.answers.remove(ENQUIRE_LINK);
    try (SmppSession session = SmppSession.bind(impatient(SHORT, SHORT), inbound)) {
      assertThat(reason(session)).isEqualTo("the SMSC stopped answering");
      assertThat(session.submit(pdu(1))).isEqualTo(new ConnectionLost(false));
    }
  }

  @Test
  void a_peer_that_reads_nothing_does_not_hold_submits_for_ever() throws Exception {
    // The kernel's buffers take megabytes before a write hangs; so it must be many long texts.
    SmppBind bind = impatient(LONG, Duration.ofSeconds(1)).withWindowSize(400);
    try (DeafSmsc deaf = new DeafSmsc()) {
      SmppBind there =
          SmppBind.of("127.0.0.1", deaf.port(), "me", bind.account().password())
              .withWindowSize(400)
              .withTimeouts(LONG, Duration.ofSeconds(1), LONG);
      try (SmppSession session = SmppSession.bind(there, inbound)) {
        List<Future<SubmitResult>> results = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
          results.add(virtual.submit(() -> session.submit(pdu(60_000))));
        }
        for (Future<SubmitResult> result : results) {
          assertThat(result.get(20, TimeUnit.SECONDS)).isNotInstanceOf(Accepted.class);
        }
        assertThat(reason(session)).isNotEmpty();
      }
    }
  }

  /** Answers the bind and reads nothing more. */
  private static final class DeafSmsc implements AutoCloseable {
    private final java.net.ServerSocket listener = new java.net.ServerSocket();
    private final CompletableFuture<Socket> connection = new CompletableFuture<>();

    DeafSmsc() throws IOException {
      listener.setReceiveBufferSize(4096);
      listener.bind(new java.net.InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), 0));
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  Socket socket = listener.accept();
                  java.io.DataInputStream in = new java.io.DataInputStream(socket.getInputStream());
                  in.readNBytes(in.readInt() - 4);
                  socket
                      .getOutputStream()
                      .write(
                          new Pdu(RawSmsc.BIND_TRANSCEIVER | RESPONSE, 0, 1, text("deaf"))
                              .octets());
                  connection.complete(socket);
                } catch (IOException e) {
                  connection.completeExceptionally(e);
                }
              });
    }

    int port() {
      return listener.getLocalPort();
    }

    @Override
    public void close() throws IOException {
      listener.close();
      connection.join().close();
    }
  }

  @Test
  void single_octets_are_no_life() throws Exception {
    smsc.answers.remove(ENQUIRE_LINK);
    try (SmppSession session = SmppSession.bind(impatient(SHORT, SHORT), inbound)) {
      Peer peer = smsc.peer();
      byte[] whole = new Pdu(RawSmsc.DELIVER_SM, 0, 9, deliver("", new byte[200])).octets();
      var _ =
          virtual.submit(
              () -> {
                for (byte octet : whole) {
                  peer.write(new byte[] {octet});
                  Thread.sleep(50);
                }
                return null;
              });
      assertThat(reason(session)).isEqualTo("the SMSC stopped answering");
      assertThat(inbound.texts).isEmpty();
    }
  }

  @Test
  void a_pdu_in_pieces_is_read_whole_when_it_comes_in_time() throws Exception {
    smsc.answers.remove(ENQUIRE_LINK);
    try (SmppSession session =
        SmppSession.bind(impatient(Duration.ofMillis(50), Duration.ofSeconds(10)), inbound)) {
      Peer peer = smsc.peer();
      byte[] whole = new Pdu(RawSmsc.DELIVER_SM, 0, 9, deliver("", new byte[] {'a'})).octets();
      peer.write(java.util.Arrays.copyOf(whole, 17));
      // Longer than the interval: we ask, and the rest is the answer.
      peer.next(ENQUIRE_LINK);
      peer.write(java.util.Arrays.copyOfRange(whole, 17, whole.length));
      next(inbound.texts);
      assertThat(session.isBound()).isTrue();
    }
  }
}
