package org.wardline.gateway;

import java.time.Instant;
import java.util.UUID;
import org.wardline.sms.InDoubt;
import org.wardline.sms.SmsFormat;

/**
 * A text this run has taken from the queue: it exists from the claim's commit until its result is
 * durable, and holds one place of the window for that long.
 *
 * @param recipient keyed hash of the number, see {@code TransportKeys}
 * @param sealed numbers and text, opened only by the submit itself
 * @param format as the line's texts were counted
 * @param inDoubt what its line wants should the answer be lost
 * @param acceptedSegments taken by the carrier in an earlier attempt; not sent again
 */
@SuppressWarnings("ArrayRecordComponent") // carried along, never compared
record ClaimedText(
    UUID id,
    long seq,
    long recipient,
    byte[] sealed,
    SmsFormat format,
    InDoubt inDoubt,
    int acceptedSegments,
    boolean mayBeDuplicate,
    Instant expiresAt,
    Instant claimedAt) {

  /**
   * The concatenation reference (GSM 03.40 §9.2.3.24.1): made from the row's number, so that a
   * resend completes the same text.
   */
  int concatenationReference() {
    return (int) (seq & 0xFFFF);
  }

  /** SMPP 3.4 §5.3.2.17: some carriers repeat it in the receipt. */
  int userMessageReference() {
    return (int) (seq & 0xFFFF);
  }

  @Override
  public String toString() {
    return "ClaimedText[" + id + "]";
  }
}
