package org.wardline.gateway;

import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.wardline.gateway.smpp.InboundPdu;
import org.wardline.gateway.smpp.SarInfo;
import org.wardline.sms.ReceivedCoding;
import org.wardline.sms.UserDataHeader;
import org.wardline.sms.UserDataHeader.Concatenation;

/**
 * What the carrier delivered: a whole text ({@code total} is 1), or a part of one.
 *
 * @param wide whether the reference has 16 bits; the two kinds never belong together
 * @param header the user data header with its length octet; empty when there is none
 * @param damagedHeader whether a header was announced and could not be read; it is then still in
 *     front of the body
 * @param stamp see {@link InboundPdu#stamp}
 */
@SuppressWarnings("ArrayRecordComponent") // wire octets; nobody compares them
record Arrival(
    String source,
    String destination,
    int reference,
    boolean wide,
    int total,
    int number,
    int dataCoding,
    byte[] header,
    boolean damagedHeader,
    byte[] body,
    String stamp,
    InboundPdu.Origin origin,
    Instant at) {
  private static final byte[] NO_OCTETS = {};

  /** The starts of the two concatenation headers: length, identifier, length of the element. */
  private static final byte[][] CONCATENATION = {{5, 0, 3}, {6, 8, 4}};

  boolean isWhole() {
    return total == 1;
  }

  /** Finds the part's place, in the user data header or in the SAR TLVs (SMPP 3.4 §5.3.2.22). */
  static Arrival of(InboundPdu pdu, Instant at) {
    byte[] octets = pdu.shortMessage();
    Optional<UserDataHeader> header =
        (pdu.udhi() && !isFalselyAnnounced(pdu)) || isUnannouncedPart(octets)
            ? UserDataHeader.parse(octets)
            : Optional.empty();
    int headerLength = header.map(UserDataHeader::headerLength).orElse(0);
    Concatenation place =
        header
            .flatMap(UserDataHeader::concatenation)
            .or(() -> pdu.sar().flatMap(Arrival::place))
            .orElse(new Concatenation(0, false, 1, 1));
    return new Arrival(
        pdu.source(),
        pdu.destination(),
        place.reference(),
        place.wide(),
        place.total(),
        place.number(),
        pdu.dataCoding(),
        headerLength == 0 ? NO_OCTETS : Arrays.copyOf(octets, headerLength),
        pdu.udhi() && header.isEmpty() && !isFalselyAnnounced(pdu),
        Arrays.copyOfRange(octets, headerLength, octets.length),
        pdu.stamp(),
        pdu.origin(),
        at);
  }

  private static Optional<Concatenation> place(SarInfo sar) {
    return sar.total() >= 1 && sar.number() >= 1 && sar.number() <= sar.total()
        ? Optional.of(new Concatenation(sar.reference(), true, sar.total(), sar.number()))
        : Optional.empty();
  }

  /**
   * Latin letters in UTF-16 begin with a zero, which would be a header of no elements, and all
   * behind it would be torn. A real one leaves an even number of octets.
   */
  private static boolean isFalselyAnnounced(InboundPdu pdu) {
    byte[] octets = pdu.shortMessage();
    return octets.length > 0
        && octets[0] == 0
        && (octets.length & 1) == 0
        && ReceivedCoding.of(pdu.dataCoding(), Optional.empty()).isUtf16();
  }

  /**
   * Some carriers forget to announce the header of a part. Read as letters its octets would be
   * "é@¥" or "ùòè" and control characters, which nobody writes.
   */
  private static boolean isUnannouncedPart(byte[] octets) {
    for (byte[] start : CONCATENATION) {
      int header = 1 + start[0];
      if (octets.length >= header
          && Arrays.equals(octets, 0, start.length, start, 0, start.length)) {
        int total = octets[header - 2] & 0xFF;
        int number = octets[header - 1] & 0xFF;
        return total > 1 && number >= 1 && number <= total;
      }
    }
    return false;
  }

  @Override
  public String toString() {
    return "Arrival[redacted]";
  }
}
