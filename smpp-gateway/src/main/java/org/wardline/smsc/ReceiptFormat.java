package org.wardline.smsc;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.wardline.gateway.smpp.DeliverPdu;
import org.wardline.gateway.smpp.Tlv;

/**
 * The ways carriers write message ids and receipts (SMPP 3.4 Appendix B only suggests one). Each
 * constant decides both the id in submit_sm_resp and the receipt that refers to it.
 */
public enum ReceiptFormat {
  /** Decimal ids, twelve-digit dates, the quoted text at the end. */
  STANDARD,
  /** The response says {@code 1A2B}, the receipt {@code 1a2b}. */
  LOWERCASE_HEX_ID,
  /** The response says {@code 1a2b}, the receipt {@code 6699}. */
  DECIMAL_ID,
  /** Leading zeros in the response only. */
  ZERO_PADDED_RESPONSE,
  /** Ends after err: and does not quote the text. */
  NO_TEXT,
  /** Nothing but the TLVs receipted_message_id, message_state and network_error_code. */
  TLV_ONLY,
  /** Ten-digit dates, as Appendix B has them. */
  SHORT_DATES,
  /** Fourteen-digit dates. */
  LONG_DATES,
  /** {@code ID:… STAT:…} in capitals, and most fields left out. */
  SPARSE_UPPER_CASE;

  private static final int QUOTED_CHARS = 20;
  private static final int STATE_DELIVERED = 2;
  private static final int STATE_UNDELIVERABLE = 5;
  private static final byte NETWORK_GSM = 3;
  private static final byte[] NO_OCTETS = {};

  /** What submit_sm_resp says. */
  String responseId(long id) {
    return switch (this) {
      case LOWERCASE_HEX_ID -> Long.toHexString(id).toUpperCase(Locale.ROOT);
      case DECIMAL_ID -> Long.toHexString(id);
      case ZERO_PADDED_RESPONSE -> "%020d".formatted(id);
      default -> Long.toString(id);
    };
  }

  private String receiptId(long id) {
    return this == LOWERCASE_HEX_ID ? Long.toHexString(id) : Long.toString(id);
  }

  /** The receipt for one part; it travels from the patient's number to the practice's. */
  DeliverPdu receipt(long id, CarriedPart part, boolean delivered, Instant doneAt) {
    if (this == TLV_ONLY) {
      return pdu(
          part,
          NO_OCTETS,
          List.of(
              Tlv.text(Tlv.RECEIPTED_MESSAGE_ID, receiptId(id)),
              Tlv.octet(Tlv.MESSAGE_STATE, delivered ? STATE_DELIVERED : STATE_UNDELIVERABLE),
              new Tlv(
                  Tlv.NETWORK_ERROR_CODE,
                  new byte[] {NETWORK_GSM, 0, (byte) (delivered ? 0 : 1)})));
    }
    String stat = delivered ? "DELIVRD" : "UNDELIV";
    String err = delivered ? "000" : "001";
    if (this == SPARSE_UPPER_CASE) {
      return pdu(part, ascii("ID:" + receiptId(id) + " STAT:" + stat), List.of());
    }
    DateTimeFormatter dates = dates();
    String fields =
        "id:%s sub:001 dlvrd:%s submit date:%s done date:%s stat:%s err:%s"
            .formatted(
                receiptId(id),
                delivered ? "001" : "000",
                dates.format(part.arrivedAt()),
                dates.format(doneAt),
                stat,
                err);
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    octets.writeBytes(ascii(fields));
    if (this != NO_TEXT) {
      octets.writeBytes(ascii(" text:"));
      octets.write(part.body(), 0, Math.min(QUOTED_CHARS, part.body().length));
    }
    return pdu(part, octets.toByteArray(), List.of());
  }

  private DateTimeFormatter dates() {
    String pattern =
        switch (this) {
          case SHORT_DATES -> "yyMMddHHmm";
          case LONG_DATES -> "yyyyMMddHHmmss";
          default -> "yyMMddHHmmss";
        };
    return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZoneOffset.UTC);
  }

  private static DeliverPdu pdu(CarriedPart part, byte[] octets, List<Tlv> tlvs) {
    // Backwards: the receipt comes from the patient.
    return new DeliverPdu(
        /* source= */ part.destination(),
        /* destination= */ part.source(),
        DeliverPdu.ESM_RECEIPT,
        0,
        octets,
        tlvs);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
