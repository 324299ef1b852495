package org.wardline.gateway.smpp;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One submit_sm (SMPP 3.4 §4.4.1). Type of number and numbering plan come from the link's {@link
 * SmppBind.Addressing}.
 *
 * @param userMessageReference the TLV of SMPP 3.4 §5.3.2.17, 0 to 65535, which some carriers repeat
 *     in the receipt; null leaves it out
 */
public record SubmitPdu(
    String source,
    String destination,
    Content content,
    Receipt receipt,
    Validity validity,
    @Nullable Integer userMessageReference) {
  private static final int MAX_REFERENCE = 0xFFFF;

  /** When the carrier shall send a receipt (registered_delivery, SMPP 3.4 §5.2.17). */
  public enum Receipt {
    NONE(0),
    /** On delivery and on failure. */
    FINAL(1),
    FAILURE_ONLY(2);

    private final int onTheWire;

    Receipt(int onTheWire) {
      this.onTheWire = onTheWire;
    }

    int onTheWire() {
      return onTheWire;
    }
  }

  /**
   * What the phone gets. More than {@value #MAX_SHORT_MESSAGE_OCTETS} octets travel in the
   * message_payload TLV (SMPP 3.4 §5.3.2.32), which not every carrier takes.
   *
   * @param udh the user data header with its length octet, or empty
   * @param dataCoding any value of SMPP 3.4 §5.2.19
   * @param part which part of a longer text this is, for carriers that want it in TLVs instead of a
   *     user data header; null when it is whole or the header says it
   */
  @SuppressWarnings("ArrayRecordComponent") // wire octets on their way out; nobody compares them
  public record Content(byte[] udh, byte[] body, int dataCoding, @Nullable SarInfo part) {
    /** SMPP 3.4 §5.2.22: short_message holds at most this. */
    static final int MAX_SHORT_MESSAGE_OCTETS = 254;

    /** A TLV's length has two octets; the PDU around it shall fit our own cap too. */
    public static final int MAX_OCTETS = 60_000;

    private static final int MAX_OCTET = 0xFF;

    public Content {
      if (udh.length + body.length > MAX_OCTETS) {
        throw new IllegalArgumentException(
            "A message has at most " + MAX_OCTETS + " octets; split the text first.");
      }
      if (dataCoding < 0 || dataCoding > MAX_OCTET) {
        throw new IllegalArgumentException("data_coding is one octet, not " + dataCoding + ".");
      }
      if (part != null
          && (udh.length > 0
              || part.total() > MAX_OCTET
              || part.number() < 1
              || part.number() > part.total())) {
        throw new IllegalArgumentException(
            "A part is 1 to its total of at most 255, and is said in TLVs or in a user data header,"
                + " not in both.");
      }
    }

    boolean hasHeader() {
      return udh.length > 0;
    }

    private byte[] octets() {
      byte[] all = java.util.Arrays.copyOf(udh, udh.length + body.length);
      System.arraycopy(body, 0, all, udh.length, body.length);
      return all;
    }

    private boolean isLong() {
      return udh.length + body.length > MAX_SHORT_MESSAGE_OCTETS;
    }

    byte[] shortMessage() {
      return isLong() ? new byte[0] : octets();
    }

    @Override
    public String toString() {
      return "Content[redacted]";
    }
  }

  public SubmitPdu {
    if (userMessageReference != null
        && (userMessageReference < 0 || userMessageReference > MAX_REFERENCE)) {
      throw new IllegalArgumentException("A user message reference has two octets.");
    }
  }

  /** A segment with its user data header, as {@link org.wardline.sms.SmsText} makes them. */
  public SubmitPdu(
      String source,
      String destination,
      byte[] udh,
      byte[] body,
      int dataCoding,
      boolean requestReceipt,
      @Nullable Duration validity) {
    this(
        source,
        destination,
        new Content(udh, body, dataCoding, null),
        requestReceipt ? Receipt.FINAL : Receipt.NONE,
        validity == null ? new Validity.CarriersOwn() : new Validity.For(validity),
        null);
  }

  List<Tlv> tlvs() {
    List<Tlv> tlvs = new ArrayList<>();
    if (userMessageReference != null) {
      tlvs.add(Tlv.twoOctets(Tlv.USER_MESSAGE_REFERENCE, userMessageReference));
    }
    SarInfo part = content.part();
    if (part != null) {
      tlvs.add(Tlv.twoOctets(Tlv.SAR_MSG_REF_NUM, part.reference()));
      tlvs.add(Tlv.octet(Tlv.SAR_TOTAL_SEGMENTS, part.total()));
      tlvs.add(Tlv.octet(Tlv.SAR_SEGMENT_SEQNUM, part.number()));
    }
    if (content.isLong()) {
      tlvs.add(new Tlv(Tlv.MESSAGE_PAYLOAD, content.octets()));
    }
    return tlvs;
  }

  /** Neither text nor numbers. */
  @Override
  public String toString() {
    return "SubmitPdu[redacted]";
  }
}
