package org.wardline.smsc;

import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.wardline.sms.UserDataHeader;

/**
 * One submit_sm the simulator took.
 *
 * @param number counts everything that passes through the simulator, from 1, in order of arrival
 * @param shortMessage with its user data header if {@code udhi}
 * @param messageId as the response said it
 */
@SuppressWarnings("ArrayRecordComponent") // raw octets for tests to look at
public record CarriedPart(
    long number,
    Instant arrivedAt,
    String source,
    String destination,
    byte[] shortMessage,
    boolean udhi,
    int dataCoding,
    String messageId) {
  Optional<UserDataHeader> header() {
    return udhi ? UserDataHeader.parse(shortMessage) : Optional.empty();
  }

  /** Without the header. */
  public byte[] body() {
    return header()
        .map(h -> Arrays.copyOfRange(shortMessage, h.headerLength(), shortMessage.length))
        .orElse(shortMessage);
  }

  boolean isLastPart() {
    return header()
        .flatMap(UserDataHeader::concatenation)
        .map(c -> c.number() == c.total())
        .orElse(true);
  }

  /** Neither text nor numbers. */
  @Override
  public String toString() {
    return "CarriedPart[" + number + ", redacted]";
  }
}
