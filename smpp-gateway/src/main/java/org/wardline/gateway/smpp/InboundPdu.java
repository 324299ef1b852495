package org.wardline.gateway.smpp;

import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/**
 * One deliver_sm or data_sm with a text (SMPP 3.4 §4.6.1, §4.7.1).
 *
 * @param source with a leading + when the SMSC says it is international
 * @param destination likewise
 * @param shortMessage with its user data header if {@code udhi}; the message_payload's content when
 *     the text came in that TLV
 * @param udhi whether short_message starts with a user data header (§5.2.12)
 * @param stamp what the carrier gives each text anew (receipted_message_id, user_message_reference,
 *     a time), so that a second delivery can be told from a second text; empty when it gives
 *     nothing
 * @param origin the session it came on
 */
@SuppressWarnings("ArrayRecordComponent") // wire octets; nobody compares them
public record InboundPdu(
    String source,
    String destination,
    int esmClass,
    int dataCoding,
    byte[] shortMessage,
    boolean udhi,
    Optional<SarInfo> sar,
    String stamp,
    Origin origin) {
  /**
   * @param session differs for every session, also over restarts
   * @param alive whether the session is still bound, so that an answer can reach the carrier
   */
  public record Origin(UUID session, BooleanSupplier alive) {}

  /** Neither text nor numbers. */
  @Override
  public String toString() {
    return "InboundPdu[redacted]";
  }
}
