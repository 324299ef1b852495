package org.wardline.gateway;

import java.time.Instant;
import org.wardline.gateway.smpp.ReceiptPdu;

/**
 * What a receipt says of one segment, in our words.
 *
 * @param id normalised, as the receipt wrote it
 * @param otherId a second id the receipt names, or empty
 * @param state {@code delivered}, {@code failed} or {@code expired}; {@code sent} for news on the
 *     way there
 * @param detail for people
 * @param at when it came, by our clock
 */
record Receipt(String id, String otherId, String state, String detail, Instant at) {
  static final String DELIVERED = "delivered";
  static final String FAILED = "failed";
  static final String EXPIRED = "expired";
  static final String SENT = "sent";

  /** A receipt as it came, before its code has words. */
  record Raw(ReceiptPdu pdu, Instant at) {}

  /** As the carrier said it when it was asked. */
  Receipt asked() {
    return new Receipt(id, otherId, state, (detail + " " + CarrierWords.ASKED).strip(), at);
  }

  boolean isFinal() {
    return !state.equals(SENT);
  }

  boolean isDelivered() {
    return state.equals(DELIVERED);
  }
}
