package org.wardline.gateway;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.wardline.sms.ReceivedCoding;
import org.wardline.sms.UserDataHeader;

/**
 * What people see of the octets a phone sent. Octets that are letters in any way are shown as
 * letters whatever the carrier says of them, so that a STOP is read as one; everything else is
 * described in square brackets, and the caller keeps the octets.
 */
final class InboundWords {
  static final String EMPTY = "[empty text]";

  /** About 65 segments; a carrier's message_payload may hold 64 KB. */
  static final int MAX_CHARS = 10_000;

  private static final int MAX_HEX_OCTETS = 140;

  /** How {@link ReceivedCoding#decode} describes what it cannot read. */
  private static final String NOT_DECODED = "[binary message";

  private static final int PORTS_8_BIT = 0x04;
  private static final int PORTS_16_BIT = 0x05;

  /** Stands for an octet outside the alphabet. */
  private static final char UNREADABLE = '\uFFFD';

  /**
   * @param whole whether the text says everything the octets hold
   */
  record Shown(String text, boolean whole) {}

  private InboundWords() {}

  /**
   * @param header the user data header, empty when there is none
   * @param damagedHeader whether an unreadable header is at the start of the octets
   */
  static Shown show(int dataCoding, byte[] header, boolean damagedHeader, byte[] octets) {
    if (octets.length == 0 && header.length == 0) {
      return new Shown(EMPTY, true);
    }
    String ascii = ascii(octets);
    ReceivedCoding coding = coding(dataCoding, header);
    boolean odd = (octets.length & 1) == 1 && coding.isUtf16();
    if (!ascii.isEmpty() && (damagedHeader || odd)) {
      return capped(ascii, true);
    }
    if (isAsciiInUtf16(octets)) {
      return capped(new String(octets, StandardCharsets.UTF_16BE), true);
    }
    if (damagedHeader) {
      return described("text with a damaged header", octets);
    }
    Optional<String> application = application(header);
    if (application.isPresent() && ascii.isEmpty()) {
      return described(application.get(), octets);
    }
    String text = coding.decode(octets);
    if (text.startsWith(NOT_DECODED)) {
      return ascii.isEmpty() ? described("binary message", octets) : capped(ascii, true);
    }
    return capped(text, !odd && text.indexOf(UNREADABLE) < 0);
  }

  /** The alphabet, with the national tables that the header may name. */
  static ReceivedCoding coding(int dataCoding, byte[] header) {
    return ReceivedCoding.of(
        dataCoding, header.length == 0 ? Optional.empty() : UserDataHeader.parse(header));
  }

  /** NUL is in no text, PostgreSQL cannot hold it, and a STOP with one at its end is a STOP. */
  private static Shown capped(String decoded, boolean whole) {
    String text = decoded.replace("\0", "");
    if (text.isEmpty()) {
      // Not whole: there were octets, if only an escape or a NUL.
      return new Shown(EMPTY, false);
    }
    if (text.length() <= MAX_CHARS) {
      return new Shown(text, whole);
    }
    int end = Character.isHighSurrogate(text.charAt(MAX_CHARS - 1)) ? MAX_CHARS - 1 : MAX_CHARS;
    return new Shown(
        text.substring(0, end) + " [… and " + (text.length() - end) + " more characters]", false);
  }

  private static Shown described(String what, byte[] octets) {
    String hex = HexFormat.of().formatHex(octets, 0, Math.min(octets.length, MAX_HEX_OCTETS));
    String more = octets.length > MAX_HEX_OCTETS ? "…" : "";
    return new Shown("[" + what + ", " + octets.length + " octets: " + hex + more + "]", false);
  }

  /** The octets as ASCII when they are nothing but that; else empty. */
  private static String ascii(byte[] octets) {
    int end = octets.length;
    while (end > 0 && octets[end - 1] == 0) {
      end--;
    }
    for (int i = 0; i < end; i++) {
      int c = octets[i];
      if ((c < ' ' && c != '\n' && c != '\r' && c != '\t') || c == 0x7F) {
        return "";
      }
    }
    return new String(Arrays.copyOf(octets, end), StandardCharsets.US_ASCII);
  }

  /** UTF-16 that the carrier calls something else: every other octet is zero. */
  private static boolean isAsciiInUtf16(byte[] octets) {
    if (octets.length < 4 || (octets.length & 1) == 1) {
      return false;
    }
    for (int i = 0; i < octets.length; i += 2) {
      if (octets[i] != 0 || (octets[i + 1] < ' ' && octets[i + 1] != '\n')) {
        return false;
      }
    }
    return true;
  }

  /** What a text for a port is (3GPP TS 23.040 §9.2.3.24.3, .4; ports as registered with IANA). */
  private static Optional<String> application(byte[] header) {
    return UserDataHeader.parse(header).stream()
        .flatMap(parsed -> parsed.others().stream())
        .flatMap(element -> port(element).stream())
        .findFirst()
        .map(
            port ->
                switch (port) {
                  case 2948, 2949 ->
                      "notice of a picture message (MMS), which this line cannot receive";
                  case 9200, 9201, 9202, 9203 -> "message for a phone's browser (WAP)";
                  case 226, 9204, 9206 -> "contact card";
                  case 228, 9205, 9207 -> "calendar entry";
                  case 5505 -> "ring tone";
                  case 5506, 5507 -> "logo";
                  case 5514 -> "picture message of an old phone";
                  default -> "message for an application on port " + port;
                });
  }

  private static Optional<Integer> port(UserDataHeader.Element element) {
    byte[] data = element.data();
    if (element.identifier() == PORTS_8_BIT && data.length == 2) {
      return Optional.of(data[0] & 0xFF);
    }
    if (element.identifier() == PORTS_16_BIT && data.length == 4) {
      return Optional.of(((data[0] & 0xFF) << 8) | (data[1] & 0xFF));
    }
    return Optional.empty();
  }
}
