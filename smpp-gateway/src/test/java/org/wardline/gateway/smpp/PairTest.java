package org.wardline.gateway.smpp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.wardline.gateway.smpp.FakeSmsc.next;
import static org.wardline.gateway.smpp.RawSmsc.BIND_RECEIVER;
import static org.wardline.gateway.smpp.RawSmsc.BIND_TRANSMITTER;
import static org.wardline.gateway.smpp.RawSmsc.DELIVER_SM;
import static org.wardline.gateway.smpp.RawSmsc.ENQUIRE_LINK;
import static org.wardline.gateway.smpp.RawSmsc.NOTHING;
import static org.wardline.gateway.smpp.RawSmsc.RESPONSE;
import static org.wardline.gateway.smpp.RawSmsc.SUBMIT_SM;
import static org.wardline.gateway.smpp.RawSmsc.UNBIND;
import static org.wardline.gateway.smpp.RawSmsc.deliver;
import static org.wardline.gateway.smpp.RawSmsc.text;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.wardline.gateway.smpp.RawSmsc.Peer;
import org.wardline.gateway.smpp.SubmitResult.Accepted;
import org.wardline.gateway.smpp.SubmitResult.ConnectionLost;

/** A transmitter and a receiver that make one session. */
@Timeout(60)
class PairTest {
  /** After service_type and both addresses with their types. */
  private static final int ESM_CLASS_AT = 22;

  private final RawSmsc smsc;
  private final RecordingInbound inbound = new RecordingInbound();
  private final ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor();

  PairTest() throws IOException {
    smsc = new RawSmsc();
  }

  @AfterEach
  void stop() throws IOException {
    smsc.close();
    virtual.close();
  }

  private SmppBind pair() {
    return smsc.bind().withMode(SmppBind.Mode.TRANSMITTER_AND_RECEIVER);
  }

  private static SubmitPdu pdu() {
    return new SubmitPdu("72345", "+13125550100", NOTHING, new byte[] {'x'}, 0, true, null);
  }

  @Test
  void texts_go_by_the_transmitter_and_receipts_come_by_the_receiver() throws Exception {
    try (SmppSession session = SmppSession.bind(pair(), inbound)) {
      Peer receiver = smsc.peer();
      Peer transmitter = smsc.peer();
      receiver.next(BIND_RECEIVER);
      transmitter.next(BIND_TRANSMITTER);
      assertThat(session.submit(pdu())).isInstanceOf(Accepted.class);
      assertThat(transmitter.submits.get()).isEqualTo(1);
      byte[] receipt = deliver("", "id:id-2 stat:DELIVRD err:000".getBytes(US_ASCII));
      receipt[ESM_CLASS_AT] = 4;
      receiver.send(DELIVER_SM, 0, 9, receipt);
      assertThat(receiver.next(DELIVER_SM | RESPONSE).status()).isZero();
      assertThat(next(inbound.receipts).messageId()).isEqualTo("id-2");
      // SMPP 3.4 §2.2.1: nothing is delivered to a transmitter.
      transmitter.send(DELIVER_SM, 0, 10, deliver("", new byte[] {'a'}));
      assertThat(transmitter.next(DELIVER_SM | RESPONSE).status()).isEqualTo(4);
      assertThat(receiver.submits.get()).isZero();
    }
  }

  @Test
  void closing_unbinds_both() throws Exception {
    SmppSession session = SmppSession.bind(pair(), inbound);
    Peer receiver = smsc.peer();
    Peer transmitter = smsc.peer();
    session.close();
    receiver.next(UNBIND);
    transmitter.next(UNBIND);
    next(smsc.gone);
    next(smsc.gone);
    assertThat(session.closed().toCompletableFuture().get(10, TimeUnit.SECONDS))
        .isEqualTo("closed by us");
  }

  @Test
  void without_its_receiver_the_session_is_over_and_the_transmitter_ends_in_peace()
      throws Exception {
    smsc.answers.remove(SUBMIT_SM);
    List<BindState> seen = new CopyOnWriteArrayList<>();
    try (SmppSession session = SmppSession.bind(pair(), inbound, seen::add)) {
      Peer receiver = smsc.peer();
      Peer transmitter = smsc.peer();
      Future<SubmitResult> result = virtual.submit(() -> session.submit(pdu()));
      int sequence = transmitter.next(SUBMIT_SM).sequence();
      receiver.socket.close();
      session.closed().toCompletableFuture().get(10, TimeUnit.SECONDS);
      assertThat(session.isBound()).isFalse();
      assertThat(session.submit(pdu())).isEqualTo(new ConnectionLost(false));
      // What the carrier has got may still be answered.
      transmitter.send(SUBMIT_SM | RESPONSE, 0, sequence, text("id-1"));
      assertThat(result.get(10, TimeUnit.SECONDS)).isInstanceOf(Accepted.class);
      transmitter.next(UNBIND);
      next(smsc.gone);
      next(smsc.gone);
      assertThat(seen.getLast()).isInstanceOf(BindState.Lost.class);
      assertThat(seen).hasSize(4);
    }
  }

  @Test
  void without_its_transmitter_the_session_is_over_too() throws Exception {
    try (SmppSession session = SmppSession.bind(pair(), inbound)) {
      Peer receiver = smsc.peer();
      Peer transmitter = smsc.peer();
      transmitter.send(UNBIND, 0, 70, NOTHING);
      assertThat(transmitter.next(UNBIND | RESPONSE).sequence()).isEqualTo(70);
      assertThat(session.closed().toCompletableFuture().get(10, TimeUnit.SECONDS))
          .isEqualTo("the SMSC unbound");
      receiver.next(UNBIND);
      next(smsc.gone);
      next(smsc.gone);
    }
  }

  @Test
  void each_connection_is_watched_for_itself() throws Exception {
    SmppBind bind =
        pair().withTimeouts(Duration.ofMillis(100), Duration.ofSeconds(2), Duration.ofSeconds(10));
    try (SmppSession session = SmppSession.bind(bind, inbound)) {
      smsc.peer().next(ENQUIRE_LINK);
      smsc.peer().next(ENQUIRE_LINK);
      assertThat(session.isBound()).isTrue();
      smsc.answers.remove(ENQUIRE_LINK);
      assertThat(session.closed().toCompletableFuture().get(10, TimeUnit.SECONDS))
          .isEqualTo("the SMSC stopped answering");
    }
  }

  @Test
  void a_transmitter_that_is_refused_leaves_no_receiver_behind() throws Exception {
    smsc.answers.remove(BIND_TRANSMITTER);
    Future<?> refusal =
        virtual.submit(
            () -> {
              Peer receiver = smsc.peer();
              Peer transmitter = smsc.peer();
              transmitter.send(
                  BIND_TRANSMITTER | RESPONSE,
                  5,
                  transmitter.next(BIND_TRANSMITTER).sequence(),
                  NOTHING);
              receiver.next(UNBIND);
              return null;
            });
    List<BindState> seen = new CopyOnWriteArrayList<>();
    assertThatThrownBy(() -> SmppSession.bind(pair(), inbound, seen::add))
        .isInstanceOfSatisfying(
            SmppException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(SmppException.Reason.REFUSED);
              assertThat(e.commandStatus()).isEqualTo(5);
            });
    refusal.get(10, TimeUnit.SECONDS);
    next(smsc.gone);
    next(smsc.gone);
    assertThat(seen.getLast())
        .isInstanceOfSatisfying(
            BindState.Lost.class, lost -> assertThat(lost.reason()).contains("already bound"));
    assertThat(seen).hasSize(3);
  }

  @Test
  void a_receiver_that_dies_while_the_transmitter_binds_is_no_session() throws Exception {
    smsc.answers.remove(BIND_TRANSMITTER);
    Future<?> carrier =
        virtual.submit(
            () -> {
              Peer receiver = smsc.peer();
              Peer transmitter = smsc.peer();
              int sequence = transmitter.next(BIND_TRANSMITTER).sequence();
              receiver.socket.close();
              next(smsc.gone);
              transmitter.send(BIND_TRANSMITTER | RESPONSE, 0, sequence, text("smsc"));
              return null;
            });
    // Whether the end was seen before the bind or just after it: a bound pair it is not.
    try (SmppSession session = SmppSession.bind(pair(), inbound)) {
      session.closed().toCompletableFuture().get(10, TimeUnit.SECONDS);
      assertThat(session.isBound()).isFalse();
    } catch (SmppException e) {
      assertThat(e.reason()).isEqualTo(SmppException.Reason.BROKEN);
    }
    carrier.get(10, TimeUnit.SECONDS);
    next(smsc.gone);
  }
}
