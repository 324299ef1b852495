package org.wardline.sms;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * A text with what it costs on the air: its encoding, its length and the segments it is sent in
 * (3GPP TS 23.038 for the alphabets, TS 23.040 §9.2.3.24.1 for concatenation). The composer's
 * counter and the gateway both ask this class, so that what is shown is what is sent.
 */
public final class SmsText {
  /** The total of a concatenated text is one octet (TS 23.040 §9.2.3.24.1). */
  public static final int MAX_SEGMENTS = 255;

  static final int GSM7_SINGLE_SEPTETS = 160;
  static final int GSM7_PART_SEPTETS = 153;
  static final int UCS2_SINGLE_UNITS = 70;
  static final int UCS2_PART_UNITS = 67;

  /** More octets than this of a binary text are not written out. */
  private static final int MAX_SHOWN_BINARY_OCTETS = 140;

  private static final byte[] NO_OCTETS = {};

  private final String text;
  private final SmsEncoding encoding;
  private final int firstNonGsmIndex;
  private final int units;

  /** Start of every segment in {@code text}, and its end as last entry. */
  private final int[] cuts;

  private final int unitsInLastSegment;

  private SmsText(String text) {
    this.text = text;
    this.firstNonGsmIndex = firstNonGsmIndex(text);
    this.encoding = firstNonGsmIndex < 0 ? SmsEncoding.GSM7 : SmsEncoding.UCS2;
    int total = 0;
    for (int i = 0; i < text.length(); i++) {
      total += cost(i);
    }
    this.units = total;
    if (total <= singleLimit()) {
      this.cuts = new int[] {0, text.length()};
      this.unitsInLastSegment = total;
      return;
    }
    List<Integer> starts = new ArrayList<>();
    starts.add(0);
    int used = 0;
    for (int i = 0; i < text.length(); ) {
      int step = isPairAt(i) ? 2 : 1;
      // A surrogate pair or an escape pair moves to the next segment as a whole.
      int needed = step == 2 ? 2 : cost(i);
      if (used + needed > partLimit()) {
        starts.add(i);
        used = 0;
      }
      used += needed;
      i += step;
    }
    starts.add(text.length());
    this.cuts = starts.stream().mapToInt(Integer::intValue).toArray();
    this.unitsInLastSegment = used;
  }

  public static SmsText of(String text) {
    return new SmsText(text);
  }

  private static int firstNonGsmIndex(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Gsm7.cost(text.charAt(i)) == 0) {
        return i;
      }
    }
    return -1;
  }

  private int cost(int index) {
    return encoding == SmsEncoding.GSM7 ? Gsm7.cost(text.charAt(index)) : 1;
  }

  private boolean isPairAt(int index) {
    return index + 1 < text.length()
        && Character.isSurrogatePair(text.charAt(index), text.charAt(index + 1));
  }

  private int singleLimit() {
    return encoding == SmsEncoding.GSM7 ? GSM7_SINGLE_SEPTETS : UCS2_SINGLE_UNITS;
  }

  private int partLimit() {
    return encoding == SmsEncoding.GSM7 ? GSM7_PART_SEPTETS : UCS2_PART_UNITS;
  }

  public String text() {
    return text;
  }

  public SmsEncoding encoding() {
    return encoding;
  }

  /** At least 1; an empty text is one empty segment. May exceed {@link #MAX_SEGMENTS}. */
  public int segments() {
    return cuts.length - 1;
  }

  /** Septets including escapes, or UTF-16 units. */
  public int units() {
    return units;
  }

  /** How many more units fit before the text grows by a segment. */
  public int unitsLeftInLastSegment() {
    int limit = segments() == 1 ? singleLimit() : partLimit();
    return limit - unitsInLastSegment;
  }

  /** The first character, as a whole code point, because of which the text is sent as UCS-2. */
  public Optional<String> firstNonGsm() {
    return firstNonGsmIndex < 0
        ? Optional.empty()
        : Optional.of(Character.toString(text.codePointAt(firstNonGsmIndex)));
  }

  /**
   * The segments in order.
   *
   * @param reference the same for all segments of this text and unlikely to repeat soon for the
   *     same recipient; its low eight bits are used
   * @throws TextTooLongException with more than {@link #MAX_SEGMENTS} segments
   */
  public List<Segment> split(int reference) {
    int total = segments();
    if (total > MAX_SEGMENTS) {
      throw new TextTooLongException(total);
    }
    List<Segment> segments = new ArrayList<>(total);
    for (int i = 0; i < total; i++) {
      byte[] udh =
          total == 1 ? NO_OCTETS : UserDataHeader.concatenation(reference & 0xFF, total, i + 1);
      byte[] body = encode(text.substring(cuts[i], cuts[i + 1]));
      segments.add(new Segment(i + 1, total, udh, body, encoding.dataCoding()));
    }
    return List.copyOf(segments);
  }

  private byte[] encode(String part) {
    return encoding == SmsEncoding.GSM7 ? Gsm7.encode(part) : utf16(part);
  }

  /** Unit by unit: the JDK's encoder would replace a lone surrogate, and the count would be off. */
  private static byte[] utf16(String part) {
    byte[] out = new byte[part.length() * 2];
    for (int i = 0; i < part.length(); i++) {
      out[2 * i] = (byte) (part.charAt(i) >> 8);
      out[2 * i + 1] = (byte) part.charAt(i);
    }
    return out;
  }

  /**
   * What a received text says, by its data_coding (SMPP 3.4 §5.2.19). Never throws; octets that are
   * no text are described in hexadecimal so that a person sees that something came.
   *
   * @param body without its user data header
   */
  public static String decode(int dataCoding, byte[] body) {
    return switch (alphabet(dataCoding & 0xFF)) {
      case GSM -> Gsm7.decode(body);
      case ASCII -> new String(body, StandardCharsets.US_ASCII);
      case LATIN1 -> new String(body, StandardCharsets.ISO_8859_1);
      case UTF16 -> fromUtf16(body);
      case BINARY -> describeBinary(body);
    };
  }

  private enum Alphabet {
    GSM,
    ASCII,
    LATIN1,
    UTF16,
    BINARY
  }

  private static Alphabet alphabet(int dataCoding) {
    return switch (dataCoding) {
      case 0 -> Alphabet.GSM;
      case 1 -> Alphabet.ASCII;
      case 3 -> Alphabet.LATIN1;
      case 8 -> Alphabet.UTF16;
      // "Flash" texts: TS 23.038 §4, general data coding with a message class.
      case 0x10, 0x11, 0x12, 0x13, 0xF0, 0xF1, 0xF2, 0xF3 -> Alphabet.GSM;
      case 0x18, 0x19, 0x1A, 0x1B -> Alphabet.UTF16;
      default -> Alphabet.BINARY;
    };
  }

  private static String fromUtf16(byte[] body) {
    StringBuilder out = new StringBuilder(body.length / 2);
    for (int i = 0; i + 1 < body.length; i += 2) {
      out.append((char) (((body[i] & 0xFF) << 8) | (body[i + 1] & 0xFF)));
    }
    return out.toString();
  }

  private static String describeBinary(byte[] body) {
    String hex = HexFormat.of().formatHex(body, 0, Math.min(body.length, MAX_SHOWN_BINARY_OCTETS));
    String more = body.length > MAX_SHOWN_BINARY_OCTETS ? "…" : "";
    return "[binary message, " + body.length + " octets: " + hex + more + "]";
  }

  /** Never the text: this ends up in logs and in exception messages. */
  @Override
  public String toString() {
    return "SmsText[redacted, " + encoding.wireName() + ", " + segments() + " segment(s)]";
  }

  /**
   * One short message as it is submitted.
   *
   * @param number from 1
   * @param udh the user data header with its length octet; empty when the text is one segment
   * @param body GSM septets one per octet, or UTF-16 big endian
   * @param dataCoding 0 or 8 (SMPP 3.4 §5.2.19)
   */
  @SuppressWarnings("ArrayRecordComponent") // wire octets on their way out; nobody compares them
  public record Segment(int number, int total, byte[] udh, byte[] body, int dataCoding) {
    /** Header and body as they stand in short_message. */
    public byte[] octets() {
      byte[] all = Arrays.copyOf(udh, udh.length + body.length);
      System.arraycopy(body, 0, all, udh.length, body.length);
      return all;
    }

    @Override
    public String toString() {
      return "Segment[" + number + "/" + total + ", redacted]";
    }
  }
}
