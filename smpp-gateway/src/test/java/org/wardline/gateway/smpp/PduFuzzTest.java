package org.wardline.gateway.smpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jsmpp.PDUStringException;
import org.jsmpp.SMPPConstant;
import org.jsmpp.bean.Command;
import org.jsmpp.bean.DataSm;
import org.jsmpp.extra.ProcessRequestException;
import org.jsmpp.session.SMPPSession;
import org.jsmpp.util.DefaultDecomposer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.wardline.fuzz.Input;
import org.wardline.fuzz.Limits;
import org.wardline.fuzz.Mutants;

/** From the octets on a socket to our own records, on both sides of a link. */
class PduFuzzTest {
  private static final DefaultDecomposer JSMPP = new DefaultDecomposer();

  /** The translator does not look at it. */
  private static final SMPPSession NO_SESSION = new SMPPSession();

  private static final Logger LOG = (Logger) LoggerFactory.getLogger(InboundTranslator.class);

  /** It warns of every receipt without an id, and here are thousands. */
  @BeforeAll
  static void hush() {
    LOG.setLevel(Level.ERROR);
  }

  @AfterAll
  static void speak() {
    LOG.setLevel(null);
  }

  @Test
  void changed_seeds_keep_every_promise() throws ReflectiveOperationException {
    Mutants.of(this);
  }

  /** Writes down what the peer is told. */
  private static final class Told implements FirstAnswers.Connection {
    int heard;
    int delivering;
    final List<Integer> answers = new ArrayList<>();

    @Override
    public void heard() {
      heard++;
    }

    @Override
    public void submitAnswered() {}

    @Override
    public void announced(OptionalInt version) {}

    @Override
    public void delivering(int sequenceNumber) {
      delivering++;
    }

    @Override
    public void unbindAsked(int sequenceNumber) {
      answers.add(SMPPConstant.CID_UNBIND_RESP);
    }

    @Override
    public void answerEnquireLink(int sequenceNumber) {
      answers.add(SMPPConstant.CID_ENQUIRE_LINK_RESP);
    }

    @Override
    public void nack(int commandStatus, int sequenceNumber) {
      assertThat(commandStatus).isEqualTo(CommandStatus.INVALID_COMMAND_ID);
      answers.add(SMPPConstant.CID_GENERIC_NACK);
    }

    @Override
    public void refuse(int commandId, int commandStatus, int sequenceNumber) {
      assertThat(commandStatus).isEqualTo(CommandStatus.INVALID_LENGTH);
      answers.add(commandId);
    }
  }

  /** What a carrier sends: every PDU is handed on, answered or passed over as docs/smpp.md says. */
  @FuzzTest
  void carrier(byte[] octets) {
    Limits.keep(octets.length, () -> read(octets));
  }

  private static void read(byte[] octets) {
    Told told = new Told();
    RecordingInbound inbound = new RecordingInbound();
    InboundTranslator translator = new InboundTranslator(inbound, () -> true);
    List<IOException> ends = new ArrayList<>();
    CappedPduReader reader =
        new CappedPduReader(new FirstAnswers(new PendingRequests(), told), ends::add);
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(octets));
    int delivered = 0;
    while (ends.isEmpty()) {
      try {
        Command header = reader.readPDUHeader(in);
        byte[] pdu = reader.readPDU(in, header);
        assertThat(pdu).hasSize(header.getCommandLength());
        delivered++;
        deliver(pdu, header.getCommandId(), translator);
      } catch (IOException e) {
        assertThat(ends).containsExactly(e);
      }
    }
    assertThat(told.delivering).isEqualTo(delivered);
    assertThat(inbound.texts.size() + inbound.receipts.size()).isLessThanOrEqualTo(delivered);
    assertThat(told.answers.size() + delivered).isLessThanOrEqualTo(told.heard);
    for (InboundPdu text : inbound.texts) {
      text.sar().ifPresent(sar -> assertThat(sar.number()).isBetween(1, sar.total()));
      assertThat(text.dataCoding()).isBetween(0, 255);
    }
    inbound.receipts.forEach(PduFuzzTest::check);
  }

  /** As jSMPP's own thread does; what it throws beyond these leaves the carrier unanswered. */
  private static void deliver(byte[] pdu, int commandId, InboundTranslator translator) {
    try {
      if (commandId == SMPPConstant.CID_DELIVER_SM) {
        translator.onAcceptDeliverSm(JSMPP.deliverSm(pdu));
      } else {
        assertThat(commandId).isEqualTo(SMPPConstant.CID_DATA_SM);
        DataSm data = JSMPP.dataSm(pdu);
        assertThat(translator.onAcceptDataSm(data, NO_SESSION)).isNotNull();
      }
    } catch (PDUStringException e) {
      // Answered with generic_nack: an address of more than 20 characters and the like.
      assertThat(e.getErrorCode()).isNotZero();
    } catch (ProcessRequestException e) {
      throw new AssertionError("the carrier would deliver it for ever", e);
    }
  }

  /** A deliver_sm in good form is understood to the last octet, however its text looks. */
  @FuzzTest
  void text(byte[] octets) {
    Input input = new Input(octets);
    int dataCoding = input.octet();
    int way = input.octet() % 3;
    byte[] sar = way == 1 ? new byte[] {0x02, 0x0C, 0, 1, (byte) input.octet()} : new byte[0];
    byte[] text = input.octets(way == 2 ? 60_000 : 255);
    ByteBuffer pdu = ByteBuffer.allocate(64 * 1024);
    pdu.position(16);
    pdu.put(new byte[] {0, 1, 1, '1', '3', '1', '2', 0, 3, 0, '7', '2', 0});
    pdu.put(new byte[] {0, 0, 0, 0, 0, 0, 0, (byte) dataCoding, 0});
    if (way == 2) {
      pdu.put((byte) 0).putShort((short) Tlv.MESSAGE_PAYLOAD).putShort((short) text.length);
      pdu.put(text);
    } else {
      pdu.put((byte) text.length).put(text).put(sar);
    }
    pdu.putInt(0, pdu.position()).putInt(4, SMPPConstant.CID_DELIVER_SM).putInt(12, 1);
    byte[] whole = new byte[pdu.position()];
    pdu.get(0, whole);

    RecordingInbound inbound = new RecordingInbound();
    CappedPduReader reader =
        new CappedPduReader(new FirstAnswers(new PendingRequests(), new Told()), e -> {});
    assertThat(
            catchThrowable(
                () -> {
                  DataInputStream in = new DataInputStream(new ByteArrayInputStream(whole));
                  byte[] readable = reader.readPDU(in, reader.readPDUHeader(in));
                  new InboundTranslator(inbound, () -> true)
                      .onAcceptDeliverSm(JSMPP.deliverSm(readable));
                }))
        .isNull();
    assertThat(inbound.texts).hasSize(1);
    InboundPdu read = inbound.texts.element();
    assertThat(read.source()).isEqualTo("+1312");
    assertThat(read.destination()).isEqualTo("72");
    assertThat(read.dataCoding()).isEqualTo(dataCoding);
    assertThat(read.shortMessage().length)
        .isEqualTo(Math.min(text.length, DeliverOctets.MAX_TLV_OCTETS));
    assertThat(text).startsWith(read.shortMessage());
  }

  /** Bind responses, which jSMPP reads by itself. */
  @FuzzTest
  void bindResponse(byte[] octets) {
    Input input = new Input(octets);
    int status = input.octet();
    byte[] body = input.rest();
    ByteBuffer whole = ByteBuffer.allocate(16 + body.length);
    whole.putInt(16 + body.length).putInt(SMPPConstant.CID_BIND_TRANSCEIVER_RESP).putInt(status);
    whole.putInt(1).put(body);
    Limits.keep(
        octets.length,
        () -> {
          int id = SMPPConstant.CID_BIND_TRANSCEIVER_RESP;
          InterfaceVersions.announced(whole.array());
          byte[] tame = InterfaceVersions.tame(whole.array().clone(), id, status);
          try {
            if (status == CommandStatus.OK) {
              JSMPP.bindResp(tame);
            }
          } catch (PDUStringException e) {
            assertThat(e.getErrorCode()).isNotZero();
          }
        });
  }

  /** Receipts in every form. */
  @FuzzTest
  void receipt(byte[] octets) {
    Input input = new Input(octets);
    int dataCoding = input.octet();
    List<Tlv> tlvs = new ArrayList<>();
    int tags = input.octet();
    int[] known = {
      Tlv.RECEIPTED_MESSAGE_ID, Tlv.MESSAGE_STATE, Tlv.NETWORK_ERROR_CODE, Tlv.MESSAGE_PAYLOAD
    };
    for (int i = 0; i < known.length; i++) {
      if ((tags >> i & 1) == 1) {
        tlvs.add(new Tlv(known[i], input.octets(input.octet() % 70)));
      }
    }
    byte[] text = input.rest();
    Limits.keep(octets.length, () -> ReceiptText.parse(text, dataCoding, tlvs));
    ReceiptText.parse(text, dataCoding, tlvs).ifPresent(PduFuzzTest::check);
  }

  private static void check(ReceiptPdu receipt) {
    assertThat(receipt.messageId()).isNotEmpty().doesNotContain("\0");
    assertThat(receipt.doneDate()).matches("[0-9]{0,14}");
    LocalDateTime now = LocalDateTime.of(2026, 11, 22, 1, 0);
    assertThat(ReceiptDates.read(receipt.doneDate(), now)).isNotNull();
  }

  /** In the usual form the receipt says what was written, whatever the quoted text says. */
  @FuzzTest
  void usualReceipt(byte[] octets) {
    Input input = new Input(octets);
    ReceiptPdu.Status[] states = {
      ReceiptPdu.Status.DELIVERED, ReceiptPdu.Status.UNDELIVERABLE, ReceiptPdu.Status.EXPIRED
    };
    int which = input.octet() % states.length;
    String id = Integer.toHexString(input.octet() << 16 | input.octet() << 8 | input.octet());
    String error = Integer.toString(100 + input.octet());
    String word = List.of("DELIVRD", "UNDELIV", "EXPIRED").get(which);
    // Letters: an octet of zero in every other place would be UCS-2.
    String quoted = input.latin().replaceAll("[^\\x20-\\x7E]", ".");
    String text =
        "id:%s sub:001 dlvrd:001 submit date:2611220100 done date:2611220101 stat:%s err:%s text:%s"
            .formatted(id, word, error, quoted);
    Optional<ReceiptPdu> read =
        ReceiptText.parse(text.getBytes(StandardCharsets.ISO_8859_1), input.octet(), List.of());
    assertThat(read).contains(new ReceiptPdu(id, "", states[which], error, "2611220101"));
  }

  /** Dates of any characters, ids of any. */
  @FuzzTest
  void idsAndDates(byte[] octets) {
    String written = new Input(octets).text();
    LocalDateTime now = LocalDateTime.of(2026, 11, 22, 1, 0);
    Limits.keep(octets.length, () -> ReceiptDates.read(written, now));
    ReceiptDates.read(written, now)
        .ifPresent(date -> assertThat(date.getYear()).isBetween(2000, 9999));
    Limits.keep(octets.length, () -> MessageIds.normalise(written));
    String id = MessageIds.normalise(written);
    assertThat(MessageIds.normalise(id).equals(id)).as("idempotent").isTrue();
    String zeros = MessageIds.normalise("000" + id);
    assertThat(id.isEmpty() || zeros.equals(id)).as("zeros in front").isTrue();
  }

  /** The simulator's side: a submit_sm is read or refused; jSMPP never throws out of its thread. */
  @FuzzTest
  void submit(byte[] octets) {
    Limits.keep(octets.length, () -> readSubmits(octets));
  }

  private static void readSubmits(byte[] octets) {
    List<IOException> ends = new ArrayList<>();
    List<Integer> refused = new ArrayList<>();
    CappedPduReader reader =
        new CappedPduReader(
            new EsmeOctets(new PendingRequests(), (id, status, sequence) -> refused.add(status)),
            ends::add);
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(octets));
    while (ends.isEmpty()) {
      try {
        Command header = reader.readPDUHeader(in);
        byte[] pdu = reader.readPDU(in, header);
        int id = header.getCommandId();
        if (id == SMPPConstant.CID_SUBMIT_SM) {
          SubmittedPdu submitted = SmppServerSession.translate(JSMPP.submitSm(pdu));
          assertThat(submitted.dataCoding()).isBetween(0, 255);
        } else if (id == SMPPConstant.CID_BIND_TRANSCEIVER) {
          assertThat(JSMPP.bind(pdu).getInterfaceVersion()).isEqualTo((byte) 0x34);
        }
      } catch (PDUStringException e) {
        assertThat(e.getErrorCode()).isNotZero();
      } catch (IOException e) {
        assertThat(ends).containsExactly(e);
      }
    }
    assertThat(refused).allMatch(status -> status == CommandStatus.INVALID_LENGTH);
  }
}
