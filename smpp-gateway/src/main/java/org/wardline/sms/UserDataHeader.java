package org.wardline.sms;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The header in front of a short message whose UDHI bit is set (3GPP TS 23.040 §9.2.3.24).
 *
 * @param headerLength octets up to the body, the length octet included
 * @param concatenation the part's place in a longer text, when it is a part
 * @param others every other information element, kept as it came
 */
public record UserDataHeader(
    int headerLength, Optional<Concatenation> concatenation, List<Element> others) {
  private static final int CONCATENATED_8_BIT = 0x00;
  private static final int CONCATENATED_16_BIT = 0x08;

  /** TS 23.040 §9.2.3.24.15. */
  static final int SINGLE_SHIFT = 0x24;

  /** TS 23.040 §9.2.3.24.16. */
  static final int LOCKING_SHIFT = 0x25;

  /**
   * @param reference the same in all parts of a text; 0–255 or 0–65535
   * @param wide whether the reference was 16 bits; the two kinds never belong together
   * @param number from 1 to {@code total}
   */
  public record Concatenation(int reference, boolean wide, int total, int number) {}

  /** One information element. */
  @SuppressWarnings("ArrayRecordComponent") // wire octets, only carried along
  public record Element(int identifier, byte[] data) {}

  /** The element with an 8 bit reference (§9.2.3.24.1). */
  static byte[] narrowConcatenation(int reference, int total, int number) {
    return new byte[] {CONCATENATED_8_BIT, 3, (byte) reference, (byte) total, (byte) number};
  }

  /** The element with a 16 bit reference (§9.2.3.24.8). */
  static byte[] wideConcatenation(int reference, int total, int number) {
    return new byte[] {
      CONCATENATED_16_BIT, 4, (byte) (reference >> 8), (byte) reference, (byte) total, (byte) number
    };
  }

  /** The element that announces a national table. */
  static byte[] element(int identifier, NationalLanguage language) {
    return new byte[] {(byte) identifier, 1, (byte) language.identifier()};
  }

  /** The octets of a header with these elements, its length first; none without elements. */
  static byte[] octets(byte[]... elements) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] element : elements) {
      all.writeBytes(element);
    }
    byte[] body = all.toByteArray();
    if (body.length == 0) {
      return body;
    }
    byte[] header = new byte[1 + body.length];
    header[0] = (byte) body.length;
    System.arraycopy(body, 0, header, 1, body.length);
    return header;
  }

  /** The national table that the last such element names; 0 without one. */
  int shift(int identifier) {
    int language = 0;
    for (Element element : others) {
      if (element.identifier() == identifier && element.data().length == 1) {
        language = element.data()[0] & 0xFF;
      }
    }
    return language;
  }

  /**
   * Reads the header at the start of {@code shortMessage}.
   *
   * @return empty when it is malformed; the octets are then best shown as a plain body. A
   *     concatenation element that makes no sense (number 0, number above the total) is ignored, as
   *     §9.2.3.24.1 asks.
   */
  public static Optional<UserDataHeader> parse(byte[] shortMessage) {
    if (shortMessage.length == 0) {
      return Optional.empty();
    }
    int end = 1 + (shortMessage[0] & 0xFF);
    if (end > shortMessage.length) {
      return Optional.empty();
    }
    Optional<Concatenation> concatenation = Optional.empty();
    List<Element> others = new ArrayList<>();
    int at = 1;
    while (at < end) {
      if (at + 2 > end) {
        return Optional.empty();
      }
      int identifier = shortMessage[at] & 0xFF;
      int length = shortMessage[at + 1] & 0xFF;
      int dataAt = at + 2;
      if (dataAt + length > end) {
        return Optional.empty();
      }
      byte[] data = Arrays.copyOfRange(shortMessage, dataAt, dataAt + length);
      Optional<Concatenation> found = concatenation(identifier, data);
      if (found.isPresent()) {
        // The last of several counts (§9.2.3.24).
        concatenation = found;
      } else {
        others.add(new Element(identifier, data));
      }
      at = dataAt + length;
    }
    return Optional.of(new UserDataHeader(end, concatenation, List.copyOf(others)));
  }

  private static Optional<Concatenation> concatenation(int identifier, byte[] data) {
    if (identifier == CONCATENATED_8_BIT && data.length == 3) {
      return sane(data[0] & 0xFF, false, data[1] & 0xFF, data[2] & 0xFF);
    }
    if (identifier == CONCATENATED_16_BIT && data.length == 4) {
      return sane(((data[0] & 0xFF) << 8) | (data[1] & 0xFF), true, data[2] & 0xFF, data[3] & 0xFF);
    }
    return Optional.empty();
  }

  private static Optional<Concatenation> sane(int reference, boolean wide, int total, int number) {
    return number >= 1 && number <= total
        ? Optional.of(new Concatenation(reference, wide, total, number))
        : Optional.empty();
  }
}
