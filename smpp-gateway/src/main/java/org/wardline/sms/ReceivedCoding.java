package org.wardline.sms;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/**
 * How the octets of a received text are to be read.
 *
 * @param dataCoding as it stands in the PDU, 0–255 (SMPP 3.4 §5.2.19)
 * @param locking the national locking shift table its header names (3GPP TS 23.040 §9.2.3.24.16); 0
 *     for the default alphabet
 * @param single the single shift table likewise (§9.2.3.24.15)
 */
public record ReceivedCoding(int dataCoding, int locking, int single) {
  private static final String SEPARATOR = "/";

  /** Of a short message, by its header if it has one. */
  public static ReceivedCoding of(int dataCoding, Optional<UserDataHeader> header) {
    return new ReceivedCoding(
        dataCoding & 0xFF,
        header.map(h -> h.shift(UserDataHeader.LOCKING_SHIFT)).orElse(0),
        header.map(h -> h.shift(UserDataHeader.SINGLE_SHIFT)).orElse(0));
  }

  /** Whether the octets are UTF-16, in any class or waiting group (SMPP 3.4 §5.2.19). */
  public boolean isUtf16() {
    return switch (dataCoding) {
      case 8, 0x18, 0x19, 0x1A, 0x1B -> true;
      default -> dataCoding >> 4 == 0xE;
    };
  }

  /** For storage beside a part; just the number where there is no national table. */
  public String written() {
    return locking == 0 && single == 0
        ? Integer.toString(dataCoding)
        : dataCoding + SEPARATOR + locking + SEPARATOR + single;
  }

  /** Reads {@link #written}. */
  public static ReceivedCoding parse(String written) {
    String[] numbers = written.split(SEPARATOR, -1);
    return numbers.length == 1
        ? new ReceivedCoding(Integer.parseInt(written), 0, 0)
        : new ReceivedCoding(
            Integer.parseInt(numbers[0]),
            Integer.parseInt(numbers[1]),
            Integer.parseInt(numbers[2]));
  }

  /**
   * What the text says. Never throws. Octets that are no text in the announced coding are written
   * out in hexadecimal, all of them, so that a person sees that something came and nothing is lost.
   *
   * @param body without its user data header; neighboring parts of one coding joined, because some
   *     phones cut inside a character
   */
  public String decode(byte[] body) {
    return switch (dataCoding) {
      case 0 -> gsm(body);
      case 1 -> new String(body, StandardCharsets.US_ASCII);
      case 3 -> new String(body, StandardCharsets.ISO_8859_1);
      case 5 -> byCharset("Shift_JIS", body);
      case 6 -> byCharset("ISO-8859-5", body);
      case 7 -> byCharset("ISO-8859-8", body);
      case 8 -> fromUtf16(body);
      case 10 -> byCharset("ISO-2022-JP", body);
      // JIS X 0212 stands beside 0208 in this one.
      case 13 -> byCharset("EUC-JP", body);
      case 14 -> byCharset("EUC-KR", body);
      // "Flash" texts: TS 23.038 §4, general data coding with a message class.
      case 0x10, 0x11, 0x12, 0x13, 0xF0, 0xF1, 0xF2, 0xF3 -> gsm(body);
      case 0x18, 0x19, 0x1A, 0x1B -> fromUtf16(body);
      default -> byGroup(body);
    };
  }

  /** TS 23.038 §4, message waiting: the text comes with a lamp to switch on or off. */
  private String byGroup(byte[] body) {
    return switch (dataCoding >> 4) {
      case 0xC, 0xD -> gsm(body);
      case 0xE -> fromUtf16(body);
      default -> describeBinary(body);
    };
  }

  private String gsm(byte[] body) {
    return Gsm7.of(locking, single).decode(body);
  }

  /** Strictly: a replacement character would hide octets that hexadecimal shows. */
  private static String byCharset(String name, byte[] body) {
    if (!Charset.isSupported(name)) {
      return describeBinary(body);
    }
    try {
      return Charset.forName(name).newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      return describeBinary(body);
    }
  }

  private static String fromUtf16(byte[] body) {
    StringBuilder out = new StringBuilder(body.length / 2);
    for (int i = 0; i + 1 < body.length; i += 2) {
      out.append((char) (((body[i] & 0xFF) << 8) | (body[i + 1] & 0xFF)));
    }
    return out.toString();
  }

  private static String describeBinary(byte[] body) {
    return "[binary message, " + body.length + " octets: " + HexFormat.of().formatHex(body) + "]";
  }
}
