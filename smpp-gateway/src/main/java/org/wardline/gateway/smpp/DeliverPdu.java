package org.wardline.gateway.smpp;

import java.util.List;

/**
 * The SMSC's side: a deliver_sm to send (SMPP 3.4 §4.6.1).
 *
 * @param esmClass 0 for a text, 0x40 with a user data header, 0x04 for a receipt (§5.2.12)
 */
@SuppressWarnings("ArrayRecordComponent") // wire octets; nobody compares them
public record DeliverPdu(
    String source,
    String destination,
    int esmClass,
    int dataCoding,
    byte[] shortMessage,
    List<Tlv> tlvs) {
  public static final int ESM_TEXT = 0x00;
  public static final int ESM_TEXT_WITH_UDH = 0x40;
  public static final int ESM_RECEIPT = 0x04;

  /** Neither text nor numbers. */
  @Override
  public String toString() {
    return "DeliverPdu[redacted]";
  }
}
