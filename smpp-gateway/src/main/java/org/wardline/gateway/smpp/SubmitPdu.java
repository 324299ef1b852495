package org.wardline.gateway.smpp;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One submit_sm (SMPP 3.4 §4.4.1). Type of number and numbering plan follow from how the addresses
 * look, see {@link Address}.
 *
 * @param udh the user data header with its length octet, or empty
 * @param dataCoding SMPP 3.4 §5.2.19
 * @param validity how long the carrier shall try; null leaves it to the carrier
 */
@SuppressWarnings("ArrayRecordComponent") // wire octets on their way out; nobody compares them
public record SubmitPdu(
    String source,
    String destination,
    byte[] udh,
    byte[] body,
    int dataCoding,
    boolean requestReceipt,
    @Nullable Duration validity) {
  /** SMPP 3.4 §5.2.22: short_message holds at most this. */
  static final int MAX_SHORT_MESSAGE_OCTETS = 254;

  public SubmitPdu {
    if (udh.length + body.length > MAX_SHORT_MESSAGE_OCTETS) {
      throw new IllegalArgumentException(
          "A segment has at most " + MAX_SHORT_MESSAGE_OCTETS + " octets; split the text first.");
    }
  }

  /** Neither text nor numbers. */
  @Override
  public String toString() {
    return "SubmitPdu[redacted]";
  }
}
