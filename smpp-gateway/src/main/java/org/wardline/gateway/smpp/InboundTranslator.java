package org.wardline.gateway.smpp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jsmpp.bean.AbstractSmCommand;
import org.jsmpp.bean.AlertNotification;
import org.jsmpp.bean.DataSm;
import org.jsmpp.bean.DeliverSm;
import org.jsmpp.bean.OptionalParameter;
import org.jsmpp.extra.ProcessRequestException;
import org.jsmpp.session.DataSmResult;
import org.jsmpp.session.MessageReceiverListener;
import org.jsmpp.session.Session;
import org.jsmpp.util.MessageId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns what jSMPP hands over into our own records and our answers into its own. */
final class InboundTranslator implements MessageReceiverListener {
  private static final Logger log = LoggerFactory.getLogger(InboundTranslator.class);

  // For all sessions of the process: a carrier that connects anew for every PDU gets no more lines.
  private static final SparseLog NOT_STORED = new SparseLog(log::warn, System::nanoTime);
  private static final SparseLog WITHOUT_ID = new SparseLog(log::warn, System::nanoTime);

  /** SMPP 3.4 §5.2.12: bits 5–2 are the message type. */
  private static final int MESSAGE_TYPE_MASK = 0x3C;

  private static final int DELIVERY_RECEIPT = 0x04;
  private static final int INTERMEDIATE_NOTIFICATION = 0x20;
  private static final int UDHI = 0x40;
  private static final byte[] NO_OCTETS = {};

  /** TLVs that are different for every text where a carrier gives them. */
  private static final int[] STAMPS = {Tlv.RECEIPTED_MESSAGE_ID, Tlv.USER_MESSAGE_REFERENCE};

  private final SmppInbound inbound;
  private final InboundPdu.Origin origin;
  private final SparseLog withoutId;

  /**
   * @param alive whether the session whose PDUs this translates is still bound
   */
  InboundTranslator(SmppInbound inbound, BooleanSupplier alive) {
    this(inbound, alive, WITHOUT_ID);
  }

  /**
   * @param withoutId told of receipts without a message id
   */
  InboundTranslator(SmppInbound inbound, BooleanSupplier alive, SparseLog withoutId) {
    this.inbound = inbound;
    this.withoutId = withoutId;
    this.origin = new InboundPdu.Origin(UUID.randomUUID(), alive);
  }

  @Override
  public void onAcceptDeliverSm(DeliverSm deliverSm) throws ProcessRequestException {
    byte[] octets = deliverSm.getShortMessage();
    // §4.6.1 wants it empty; carriers that fill it give the time they took the text.
    String time = orEmpty(deliverSm.getScheduleDeliveryTime());
    accept(deliverSm, octets == null ? NO_OCTETS : octets, time);
  }

  /** data_sm carries its text only in message_payload (SMPP 3.4 §4.7.1). */
  @Override
  public DataSmResult onAcceptDataSm(DataSm dataSm, Session source) throws ProcessRequestException {
    accept(dataSm, NO_OCTETS, "");
    try {
      // §4.7.2: an ESME has no message id to give.
      return new DataSmResult(new MessageId(""), new OptionalParameter[0]);
    } catch (org.jsmpp.PDUStringException e) {
      throw new ProcessRequestException("empty message id", CommandStatus.SYSTEM_ERROR, e);
    }
  }

  /**
   * SMPP 3.4 §4.12: says that a phone can be reached again, has no response, and holds nothing to
   * keep. We never ask for it; the carrier itself delivers what waits.
   */
  @Override
  public void onAcceptAlertNotification(AlertNotification alertNotification) {
    log.debug("alert_notification ignored");
  }

  private void accept(AbstractSmCommand pdu, byte[] shortMessage, String time)
      throws ProcessRequestException {
    InboundAnswer answer;
    try {
      answer = dispatch(pdu, shortMessage, time);
    } catch (RuntimeException e) {
      // Not the exception itself: its message could quote a text.
      NOT_STORED.say(
          "An inbound PDU was not stored (" + e.getClass().getName() + "); the SMSC will retry");
      answer = InboundAnswer.TRY_LATER;
    }
    if (answer == InboundAnswer.TRY_LATER) {
      throw new ProcessRequestException("not stored", CommandStatus.RECEIVER_TEMPORARY);
    }
  }

  private InboundAnswer dispatch(AbstractSmCommand pdu, byte[] shortMessage, String time) {
    List<Tlv> tlvs = tlvs(pdu.getOptionalParameters());
    byte[] octets = payload(tlvs, shortMessage);
    int esmClass = pdu.getEsmClass() & 0xFF;
    int type = esmClass & MESSAGE_TYPE_MASK;
    boolean udhi = (esmClass & UDHI) != 0;
    // Never by its words alone: anybody with a phone could write those and mark others' texts.
    if (type == DELIVERY_RECEIPT
        || type == INTERMEDIATE_NOTIFICATION
        || ReceiptText.looksLikeReceipt(tlvs)) {
      Optional<ReceiptPdu> receipt =
          ReceiptText.parse(
              udhi ? withoutHeader(octets) : octets, pdu.getDataCoding() & 0xFF, tlvs);
      if (receipt.isEmpty()) {
        // Refusing it would bring the same receipt back for ever.
        withoutId.say("A delivery receipt without a message id was acknowledged and dropped");
        return InboundAnswer.ACCEPTED;
      }
      return inbound.onReceipt(receipt.get());
    }
    return inbound.onText(
        new InboundPdu(
            Address.written(pdu.getSourceAddrTon(), orEmpty(pdu.getSourceAddr())),
            Address.written(pdu.getDestAddrTon(), orEmpty(pdu.getDestAddress())),
            esmClass,
            pdu.getDataCoding() & 0xFF,
            octets,
            udhi,
            sar(tlvs),
            stamp(tlvs, time),
            origin));
  }

  private static byte[] withoutHeader(byte[] octets) {
    int header = octets.length == 0 ? 0 : 1 + (octets[0] & 0xFF);
    return header >= octets.length ? octets : Arrays.copyOfRange(octets, header, octets.length);
  }

  private static String stamp(List<Tlv> tlvs, String time) {
    StringBuilder stamp = new StringBuilder();
    for (int tag : STAMPS) {
      find(tlvs, tag)
          .ifPresent(
              tlv -> stamp.append(tag).append('=').append(HexFormat.of().formatHex(tlv.value())));
    }
    return time.isEmpty() ? stamp.toString() : stamp.append("at=").append(time).toString();
  }

  /** jSMPP's word for an empty string is null. */
  static String orEmpty(@org.jspecify.annotations.Nullable String value) {
    return value == null ? "" : value;
  }

  /** SMPP 3.4 §5.3.2.32: message_payload stands in for an empty short_message. */
  private static byte[] payload(List<Tlv> tlvs, byte[] shortMessage) {
    if (shortMessage.length > 0) {
      return shortMessage;
    }
    return find(tlvs, Tlv.MESSAGE_PAYLOAD).map(Tlv::value).orElse(shortMessage);
  }

  private static Optional<SarInfo> sar(List<Tlv> tlvs) {
    Optional<Tlv> reference = find(tlvs, Tlv.SAR_MSG_REF_NUM);
    Optional<Tlv> total = find(tlvs, Tlv.SAR_TOTAL_SEGMENTS);
    Optional<Tlv> number = find(tlvs, Tlv.SAR_SEGMENT_SEQNUM);
    if (reference.isEmpty() || total.isEmpty() || number.isEmpty()) {
      return Optional.empty();
    }
    SarInfo sar =
        new SarInfo(reference.get().number(), total.get().number(), number.get().number());
    return sar.number() >= 1 && sar.number() <= sar.total() ? Optional.of(sar) : Optional.empty();
  }

  private static Optional<Tlv> find(List<Tlv> tlvs, int tag) {
    return tlvs.stream().filter(t -> t.tag() == tag).findFirst();
  }

  static List<Tlv> tlvs(OptionalParameter @org.jspecify.annotations.Nullable [] parameters) {
    if (parameters == null) {
      return List.of();
    }
    List<Tlv> tlvs = new ArrayList<>(parameters.length);
    for (OptionalParameter parameter : parameters) {
      byte[] serialized = parameter.serialize();
      // Tag and length, two octets each, then the value.
      tlvs.add(
          new Tlv(parameter.tag & 0xFFFF, Arrays.copyOfRange(serialized, 4, serialized.length)));
    }
    return tlvs;
  }
}
