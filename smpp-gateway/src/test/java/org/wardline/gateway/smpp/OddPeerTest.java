package org.wardline.gateway.smpp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.wardline.gateway.smpp.FakeSmsc.next;
import static org.wardline.gateway.smpp.RawSmsc.ALERT_NOTIFICATION;
import static org.wardline.gateway.smpp.RawSmsc.BIND_TRANSCEIVER;
import static org.wardline.gateway.smpp.RawSmsc.DATA_SM;
import static org.wardline.gateway.smpp.RawSmsc.DELIVER_SM;
import static org.wardline.gateway.smpp.RawSmsc.ENQUIRE_LINK;
import static org.wardline.gateway.smpp.RawSmsc.GENERIC_NACK;
import static org.wardline.gateway.smpp.RawSmsc.NOTHING;
import static org.wardline.gateway.smpp.RawSmsc.OUTBIND;
import static org.wardline.gateway.smpp.RawSmsc.QUERY_SM;
import static org.wardline.gateway.smpp.RawSmsc.RESPONSE;
import static org.wardline.gateway.smpp.RawSmsc.SUBMIT_SM;
import static org.wardline.gateway.smpp.RawSmsc.UNBIND;
import static org.wardline.gateway.smpp.RawSmsc.concat;
import static org.wardline.gateway.smpp.RawSmsc.deliver;
import static org.wardline.gateway.smpp.RawSmsc.octets;
import static org.wardline.gateway.smpp.RawSmsc.text;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardline.gateway.smpp.RawSmsc.Pdu;
import org.wardline.gateway.smpp.RawSmsc.Peer;
import org.wardline.gateway.smpp.SubmitResult.Accepted;

/** What Wardline answers to the unexpected, octet by octet. */
@Timeout(60)
class OddPeerTest {
  private final RawSmsc smsc;
  private final RecordingInbound inbound = new RecordingInbound();
  private final ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor();

  OddPeerTest() throws IOException {
    smsc = new RawSmsc();
  }

  @AfterEach
  void stop() throws IOException {
    smsc.close();
    virtual.close();
  }

  private static SubmitPdu pdu() {
    return new SubmitPdu("72345", "+13125550100", NOTHING, new byte[] {'x'}, 0, true, null);
  }

  private static void assertAlive(SmppSession session) {
    assertThat(session.submit(pdu())).isInstanceOf(Accepted.class);
    assertThat(session.isBound()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {OUTBIND, BIND_TRANSCEIVER, SUBMIT_SM, 0x111, 0x7F, 0x00FF_0001, 0})
  void a_request_nobody_knows_is_nacked_and_the_session_lives_on(int commandId) throws Exception {
    try (SmppSession session = SmppSession.bind(smsc.bind(), inbound)) {
      Peer peer = smsc.peer();
      peer.send(commandId, 0, 77, text("a", "b"));
      Pdu nack = peer.next(GENERIC_NACK);
      assertThat(nack.status()).isEqualTo(3);
      assertThat(nack.sequence()).isEqualTo(77);
      assertAlive(session);
    }
  }

  @Test
  void responses_nobody_waits_for_and_an_alert_are_passed_over_without_a_word() throws Exception {
    try (SmppSession session = SmppSession.bind(smsc.bind(), inbound)) {
      Peer peer = smsc.peer();
      peer.next(BIND_TRANSCEIVER);
      for (int response : new int[] {SUBMIT_SM, QUERY_SM, BIND_TRANSCEIVER, UNBIND, 0x111, 0x7F}) {
        peer.send(response | RESPONSE, 0, 999, text("1"));
      }
      peer.send(GENERIC_NACK, 3, 999, NOTHING);
      peer.send(GENERIC_NACK, 3, 0, NOTHING);
      peer.send(ALERT_NOTIFICATION, 0, 5, octets(1, 1, '1', 0, 0, 0, '2', 0));
      peer.send(ENQUIRE_LINK, 0, 6, NOTHING);
      // The first thing we say after all that.
      Pdu first = next(peer.received);
      assertThat(first.commandId()).isEqualTo(ENQUIRE_LINK | RESPONSE);
      assertThat(first.sequence()).isEqualTo(6);
      assertAlive(session);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "smsc", "smsc\0x", "a system id of more than sixteen characters\0"})
  void an_accepted_bind_is_accepted_whatever_the_smsc_calls_itself(String body) throws Exception {
    smsc.answers.clear();
    Future<SmppSession> binding = virtual.submit(() -> SmppSession.bind(smsc.bind(), inbound));
    Peer peer = smsc.peer();
    Pdu bind = peer.next(BIND_TRANSCEIVER);
    smsc.answers.add(SUBMIT_SM);
    peer.send(BIND_TRANSCEIVER | RESPONSE, 0, bind.sequence(), body.getBytes(US_ASCII));
    try (SmppSession session = binding.get(10, TimeUnit.SECONDS)) {
      assertAlive(session);
    }
  }

  @Test
  void an_empty_answer_is_a_bind_only_when_it_answers_ours_and_says_yes() throws Exception {
    smsc.answers.clear();
    Future<SmppSession> binding = virtual.submit(() -> SmppSession.bind(smsc.bind(), inbound));
    Peer peer = smsc.peer();
    Pdu bind = peer.next(BIND_TRANSCEIVER);
    peer.send(BIND_TRANSCEIVER | RESPONSE, 0, bind.sequence() + 1, NOTHING);
    assertThatThrownBy(() -> binding.get(300, TimeUnit.MILLISECONDS))
        .as("the answer to another request")
        .isInstanceOf(TimeoutException.class);
    peer.send(BIND_TRANSCEIVER | RESPONSE, 0x0E, bind.sequence(), NOTHING);
    assertThatThrownBy(() -> binding.get(10, TimeUnit.SECONDS))
        .hasCauseInstanceOf(SmppException.class)
        .hasMessageContaining("0x0000000E");
  }

  @Test
  void what_comes_before_the_answer_to_the_bind_does_not_disturb_the_bind() throws Exception {
    smsc.answers.clear();
    Future<SmppSession> binding = virtual.submit(() -> SmppSession.bind(smsc.bind(), inbound));
    Peer peer = smsc.peer();
    Pdu bind = peer.next(BIND_TRANSCEIVER);
    peer.send(ALERT_NOTIFICATION, 0, 5, octets(1, 1, '1', 0, 0, 0, '2', 0));
    peer.send(SUBMIT_SM | RESPONSE, 0, 40, text("1"));
    peer.send(0x7F | RESPONSE, 0, 41, NOTHING);
    peer.send(GENERIC_NACK, 3, 42, NOTHING);
    peer.send(0x7F, 0, 43, NOTHING);
    peer.send(DELIVER_SM, 0, 44, deliver("", "early".getBytes(US_ASCII)));
    peer.send(ENQUIRE_LINK, 0, 45, NOTHING);
    assertThat(peer.next(GENERIC_NACK).sequence()).isEqualTo(43);
    // In either order: jSMPP answers one, our reader the other.
    List<Pdu> answers = List.of(next(peer.received), next(peer.received));
    assertThat(answers.stream().map(Pdu::sequence)).containsExactlyInAnyOrder(44, 45);
    for (Pdu answer : answers) {
      // SMPP 3.4 §5.1.3: incorrect bind status. The SMSC delivers it again.
      assertThat(answer.status()).isEqualTo(answer.sequence() == 44 ? 4 : 0);
      assertThat(answer.commandId())
          .isEqualTo((answer.sequence() == 44 ? DELIVER_SM : ENQUIRE_LINK) | RESPONSE);
    }
    smsc.answers.add(SUBMIT_SM);
    peer.send(BIND_TRANSCEIVER | RESPONSE, 0, bind.sequence(), text("smsc"));
    try (SmppSession session = binding.get(10, TimeUnit.SECONDS)) {
      assertAlive(session);
    }
    assertThat(inbound.texts).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"33", "34", "50", "77", "0"})
  void any_version_may_be_asked_for_and_answered(String hexVersion) throws Exception {
    int version = Integer.parseInt(hexVersion, 16);
    smsc.bindTlvs = octets(0x14, 0x07, 0, 1, 9, 0x02, 0x10, 0, 1, version);
    for (SmppVersion asked : SmppVersion.values()) {
      try (SmppSession session = SmppSession.bind(smsc.bind().withVersion(asked), inbound)) {
        assertThat(session.peerVersion()).isEqualTo(OptionalInt.of(version));
        byte[] bind = smsc.peer().next(BIND_TRANSCEIVER).body();
        int interfaceVersion = bind[text("me", "secret", "").length];
        assertThat(interfaceVersion).isEqualTo(asked == SmppVersion.SMPP_3_4 ? 0x34 : 0x50);
        assertAlive(session);
      }
    }
  }

  @Test
  void a_peer_that_names_no_version_is_taken_too() throws Exception {
    try (SmppSession session =
        SmppSession.bind(smsc.bind().withVersion(SmppVersion.SMPP_5_0), inbound)) {
      assertThat(session.peerVersion()).isEmpty();
      assertAlive(session);
    }
  }

  @Test
  void system_type_and_address_range_are_in_the_bind() throws Exception {
    SmppBind bind =
        smsc.bind()
            .withSystemType("VMA")
            .withAddressing(
                new SmppBind.Addressing(
                    AddressType.AUTO,
                    AddressType.AUTO,
                    "^723.*",
                    new AddressType.Fixed(3, 8),
                    "CMT"));
    try (SmppSession session = SmppSession.bind(bind, inbound)) {
      Peer peer = smsc.peer();
      assertThat(peer.next(BIND_TRANSCEIVER).body())
          .isEqualTo(concat(text("me", "secret", "VMA"), octets(0x34, 3, 8), text("^723.*")));
      assertAlive(session);
      assertThat(peer.next(SUBMIT_SM).body()).startsWith(text("CMT"));
    }
  }

  @Test
  void a_bind_that_is_nacked_is_refused_with_advice() {
    smsc.answers.clear();
    var _ =
        virtual.submit(
            () -> {
              Peer peer = smsc.peer();
              Pdu bind = peer.next(BIND_TRANSCEIVER);
              peer.send(GENERIC_NACK, 3, bind.sequence(), NOTHING);
              return null;
            });
    assertThatThrownBy(() -> SmppSession.bind(smsc.bind(), inbound))
        .isInstanceOfSatisfying(
            SmppException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(SmppException.Reason.REFUSED);
              assertThat(e.commandStatus()).isEqualTo(3);
              assertThat(e).hasMessageContaining("a transmitter and a receiver");
            });
  }

  @Test
  void a_submit_that_is_nacked_is_refused() throws Exception {
    smsc.answers.remove(SUBMIT_SM);
    try (SmppSession session = SmppSession.bind(smsc.bind(), inbound)) {
      Peer peer = smsc.peer();
      Future<SubmitResult> result = virtual.submit(() -> session.submit(pdu()));
      peer.send(GENERIC_NACK, 0x58, peer.next(SUBMIT_SM).sequence(), NOTHING);
      assertThat(result.get(10, TimeUnit.SECONDS))
          .isInstanceOfSatisfying(
              SubmitResult.Refused.class, r -> assertThat(r.throttled()).isTrue());
      result = virtual.submit(() -> session.submit(pdu()));
      // The answer to something else: perhaps sent.
      peer.send(UNBIND | RESPONSE, 0, peer.next(SUBMIT_SM).sequence(), NOTHING);
      assertThat(result.get(10, TimeUnit.SECONDS)).isInstanceOf(SubmitResult.TimedOut.class);
    }
  }

  /** SMPP 3.4 §5.3.2, and what is wrong with each. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "1400 0004 01020304", // the vendor's own
        "020E 0000", // no value where jSMPP reads one octet
        "020C 0001 07", // one octet where it reads two
        "0427 0000",
        "1403 0040 00", // cut off
        "00", // padding
        "000000"
      })
  void a_text_with_an_odd_tlv_is_taken(String hex) throws Exception {
    byte[] tlv = java.util.HexFormat.of().parseHex(hex.replace(" ", ""));
    try (SmppSession session = SmppSession.bind(smsc.bind(), inbound)) {
      Peer peer = smsc.peer();
      peer.send(DELIVER_SM, 0, 50, deliver("", "hi".getBytes(US_ASCII), tlv));
      Pdu answer = peer.next(DELIVER_SM | RESPONSE);
      assertThat(answer.status()).isZero();
      assertThat(answer.sequence()).isEqualTo(50);
      assertThat(next(inbound.texts).shortMessage()).isEqualTo("hi".getBytes(US_ASCII));
      assertAlive(session);
    }
  }

  @Test
  void a_part_whose_reference_has_one_octet_is_still_a_part() throws Exception {
    byte[] sar = octets(2, 0x0C, 0, 1, 7, 2, 0x0E, 0, 1, 2, 2, 0x0F, 0, 1, 1);
    try (SmppSession session = SmppSession.bind(smsc.bind(), inbound)) {
      assertThat(session.isBound()).isTrue();
      smsc.peer().send(DELIVER_SM, 0, 50, deliver("", new byte[] {'a'}, sar));
      assertThat(next(inbound.texts).sar()).isEqualTo(Optional.of(new SarInfo(7, 2, 1)));
    }
  }

  @Test
  void a_text_of_255_octets_with_a_date_nobody_reads_is_taken() throws Exception {
    byte[] message = new byte[255];
    java.util.Arrays.fill(message, (byte) 'm');
    try (SmppSession session = SmppSession.bind(smsc.bind(), inbound)) {
      Peer peer = smsc.peer();
      peer.send(DELIVER_SM, 0, 50, deliver("2603011200", message, octets(0x14, 1, 0, 1, 1)));
      assertThat(peer.next(DELIVER_SM | RESPONSE).status()).isZero();
      assertThat(next(inbound.texts).shortMessage()).isEqualTo(message);
      assertAlive(session);
    }
  }

  @Test
  void a_data_sm_is_a_text_too() throws Exception {
    byte[] body =
        concat(
            text(""),
            octets(1, 1),
            text("4915112345"),
            octets(3, 0),
            text("72345"),
            octets(0, 0, 0),
            octets(0x04, 0x24, 0, 2, 'h', 'i'));
    try (SmppSession session = SmppSession.bind(smsc.bind(), inbound)) {
      Peer peer = smsc.peer();
      peer.send(DATA_SM, 0, 51, body);
      Pdu answer = peer.next(DATA_SM | RESPONSE);
      assertThat(answer.status()).isZero();
      assertThat(answer.sequence()).isEqualTo(51);
      assertThat(next(inbound.texts).shortMessage()).isEqualTo("hi".getBytes(US_ASCII));
      assertAlive(session);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {DELIVER_SM, DATA_SM})
  void a_delivery_shorter_than_its_fields_is_refused_and_not_left_unanswered(int commandId)
      throws Exception {
    byte[] whole = deliver("", new byte[] {'h', 'i'});
    try (SmppSession session = SmppSession.bind(smsc.bind(), inbound)) {
      Peer peer = smsc.peer();
      for (int length : new int[] {0, 1, 5, 20}) {
        peer.send(commandId, 0, 60 + length, java.util.Arrays.copyOf(whole, length));
        Pdu answer = peer.next(commandId | RESPONSE);
        assertThat(answer.status()).isEqualTo(2);
        assertThat(answer.sequence()).isEqualTo(60 + length);
      }
      assertAlive(session);
      assertThat(inbound.texts).isEmpty();
    }
  }

  @Test
  void an_unbind_from_the_smsc_waits_for_submits_under_way_and_is_answered() throws Exception {
    smsc.answers.remove(SUBMIT_SM);
    try (SmppSession session = SmppSession.bind(smsc.bind(), inbound)) {
      Peer peer = smsc.peer();
      Future<SubmitResult> result = virtual.submit(() -> session.submit(pdu()));
      Pdu submit = peer.next(SUBMIT_SM);
      peer.send(UNBIND, 0, 90, NOTHING);
      while (session.isBound()) {
        Thread.onSpinWait();
      }
      assertThat(session.submit(pdu())).isEqualTo(new SubmitResult.ConnectionLost(false));
      peer.send(SUBMIT_SM | RESPONSE, 0, submit.sequence(), text("id-1"));
      assertThat(result.get(10, TimeUnit.SECONDS)).isInstanceOf(Accepted.class);
      Pdu answer = peer.next(UNBIND | RESPONSE);
      assertThat(answer.sequence()).isEqualTo(90);
      assertThat(answer.status()).isZero();
      assertThat(session.closed().toCompletableFuture().get(10, TimeUnit.SECONDS))
          .isEqualTo("the SMSC unbound");
      assertThat(session.state()).isInstanceOf(BindState.Lost.class);
      next(smsc.gone);
    }
  }

  @Test
  void a_text_that_comes_while_we_unbind_is_taken_and_answered() throws Exception {
    smsc.answers.remove(UNBIND);
    SmppSession session = SmppSession.bind(smsc.bind(), inbound);
    Peer peer = smsc.peer();
    CompletableFuture<Void> closing = CompletableFuture.runAsync(session::close, virtual);
    Pdu unbind = peer.next(UNBIND);
    assertThat(session.state()).isInstanceOf(BindState.Unbinding.class);
    peer.send(DELIVER_SM, 0, 50, deliver("", new byte[] {'a'}));
    assertThat(peer.next(DELIVER_SM | RESPONSE).status()).isZero();
    next(inbound.texts);
    peer.send(UNBIND | RESPONSE, 0, unbind.sequence(), NOTHING);
    closing.get(10, TimeUnit.SECONDS);
    assertThat(session.state()).isEqualTo(new BindState.Closed());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_text_that_is_being_stored_is_answered_before_either_side_hangs_up(boolean byThem)
      throws Exception {
    CompletableFuture<InboundAnswer> commit = new CompletableFuture<>();
    CompletableFuture<InboundPdu> storing = new CompletableFuture<>();
    SmppInbound waiting =
        new SmppInbound() {
          @Override
          public InboundAnswer onText(InboundPdu text) {
            storing.complete(text);
            return commit.join();
          }

          @Override
          public InboundAnswer onReceipt(ReceiptPdu receipt) {
            return InboundAnswer.ACCEPTED;
          }
        };
    SmppSession session = SmppSession.bind(smsc.bind(), waiting);
    Peer peer = smsc.peer();
    peer.send(DELIVER_SM, 0, 50, deliver("", new byte[] {'a'}));
    storing.get(10, TimeUnit.SECONDS);
    CompletableFuture<Void> closing = CompletableFuture.completedFuture(null);
    if (byThem) {
      peer.send(UNBIND, 0, 60, NOTHING);
      while (session.isBound()) {
        Thread.onSpinWait();
      }
    } else {
      closing = CompletableFuture.runAsync(session::close, virtual);
      peer.next(UNBIND);
    }
    commit.complete(InboundAnswer.ACCEPTED);
    assertThat(peer.next(DELIVER_SM | RESPONSE).sequence()).isEqualTo(50);
    if (byThem) {
      peer.next(UNBIND | RESPONSE);
    }
    next(smsc.gone);
    closing.get(10, TimeUnit.SECONDS);
    session.close();
  }

  @Test
  void an_enquire_link_is_answered_while_every_text_waits_for_its_commit() throws Exception {
    CompletableFuture<InboundAnswer> commit = new CompletableFuture<>();
    SmppInbound waiting =
        new SmppInbound() {
          @Override
          public InboundAnswer onText(InboundPdu text) {
            return commit.join();
          }

          @Override
          public InboundAnswer onReceipt(ReceiptPdu receipt) {
            return commit.join();
          }
        };
    try (SmppSession session = SmppSession.bind(smsc.bind(), waiting)) {
      Peer peer = smsc.peer();
      int texts = 2 * SmppSession.PDU_PROCESSORS;
      for (int i = 0; i < texts; i++) {
        peer.send(DELIVER_SM, 0, 100 + i, deliver("", new byte[] {'a'}));
      }
      peer.send(ENQUIRE_LINK, 0, 50, NOTHING);
      assertThat(peer.next(ENQUIRE_LINK | RESPONSE).sequence()).isEqualTo(50);
      commit.complete(InboundAnswer.ACCEPTED);
      for (int i = 0; i < texts; i++) {
        assertThat(peer.next(DELIVER_SM | RESPONSE).status()).isZero();
      }
      assertAlive(session);
    }
  }

  @Test
  void a_query_is_answered_with_state_date_and_error() throws Exception {
    try (SmppSession session = SmppSession.bind(smsc.bind(), inbound)) {
      Peer peer = smsc.peer();
      Future<QueryResult> result = virtual.submit(() -> session.query("0AbC", "72345"));
      Pdu query = peer.next(QUERY_SM);
      assertThat(query.body()).isEqualTo(concat(text("0AbC"), octets(3, 0), text("72345")));
      peer.send(
          QUERY_SM | RESPONSE,
          0,
          query.sequence(),
          concat(text("0AbC", "260301120000000+"), octets(5, 200)));
      assertThat(result.get(10, TimeUnit.SECONDS))
          .isEqualTo(
              new QueryResult.Known(
                  ReceiptPdu.Status.UNDELIVERABLE,
                  Optional.of(java.time.Instant.parse("2026-03-01T12:00:00Z")),
                  200));
      result = virtual.submit(() -> session.query("0AbC", "72345"));
      peer.send(QUERY_SM | RESPONSE, 0x67, peer.next(QUERY_SM).sequence(), NOTHING);
      assertThat(result.get(10, TimeUnit.SECONDS))
          .isInstanceOfSatisfying(
              QueryResult.Refused.class, r -> assertThat(r.commandStatus()).isEqualTo(0x67));
      result = virtual.submit(() -> session.query("0AbC", "72345"));
      peer.send(QUERY_SM | RESPONSE, 0, peer.next(QUERY_SM).sequence(), text("0AbC"));
      assertThat(result.get(10, TimeUnit.SECONDS))
          .isEqualTo(new QueryResult.Known(ReceiptPdu.Status.UNKNOWN, Optional.empty(), 0));
    }
  }

  @Test
  void parts_payload_and_reference_go_out_as_tlvs() throws Exception {
    SmppBind bind =
        smsc.bind()
            .withAddressing(
                new SmppBind.Addressing(
                    new AddressType.Fixed(5, 0),
                    new AddressType.Fixed(0, 1),
                    "",
                    AddressType.AUTO,
                    ""));
    byte[] fields = octets(0, 0, 0); // esm_class, protocol, priority
    try (SmppSession session = SmppSession.bind(bind, inbound)) {
      Peer peer = smsc.peer();
      session.submit(
          new SubmitPdu(
              "72345",
              "+13125550100",
              new SubmitPdu.Content(NOTHING, octets('a', 'b'), 0xF5, new SarInfo(0x1234, 3, 2)),
              SubmitPdu.Receipt.FAILURE_ONLY,
              new Validity.Until(java.time.Instant.parse("2026-03-01T05:06:07Z")),
              0xFEDC));
      byte[] head =
          concat(text(""), octets(5, 0), text("72345"), octets(0, 1), text("13125550100"));
      assertThat(peer.next(SUBMIT_SM).body())
          .isEqualTo(
              concat(
                  head,
                  fields,
                  text("", "260301050607000+"),
                  octets(2, 0, 0xF5, 0, 2, 'a', 'b'),
                  octets(2, 4, 0, 2, 0xFE, 0xDC),
                  octets(2, 0x0C, 0, 2, 0x12, 0x34),
                  octets(2, 0x0E, 0, 1, 3),
                  octets(2, 0x0F, 0, 1, 2)));
      byte[] udh = octets(5, 0, 3, 1, 2, 1);
      session.submit(
          new SubmitPdu(
              "72345",
              "+13125550100",
              new SubmitPdu.Content(udh, new byte[1000], 4, null),
              SubmitPdu.Receipt.NONE,
              new Validity.CarriersOwn(),
              null));
      assertThat(peer.next(SUBMIT_SM).body())
          .isEqualTo(
              concat(
                  head,
                  octets(0x40, 0, 0),
                  text("", ""),
                  octets(0, 0, 4, 0, 0),
                  octets(4, 0x24, 1006 >> 8, 1006 & 0xFF),
                  udh,
                  new byte[1000]));
    }
  }

  @Test
  void the_states_come_in_order() throws Exception {
    List<BindState> seen = new java.util.concurrent.CopyOnWriteArrayList<>();
    try (SmppSession session = SmppSession.bind(smsc.bind(), inbound, seen::add)) {
      assertThat(session.state()).isEqualTo(seen.getLast());
    }
    assertThat(seen.stream().map(s -> s.getClass().getSimpleName()))
        .containsExactly("Connecting", "Binding", "Bound", "Unbinding", "Closed");
    seen.clear();
    int nobody;
    try (java.net.ServerSocket free = new java.net.ServerSocket(0)) {
      nobody = free.getLocalPort();
    }
    SmppBind hopeless =
        SmppBind.of("127.0.0.1", nobody, "me", org.wardline.config.Secret.of("secret"));
    assertThatThrownBy(() -> SmppSession.bind(hopeless, inbound, seen::add))
        .isInstanceOf(SmppException.class);
    assertThat(seen.stream().map(s -> s.getClass().getSimpleName()))
        .containsExactly("Connecting", "Lost");
  }
}
