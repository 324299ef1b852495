package org.wardline.sms;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * A text with what it costs on the air: its encoding, its length and the segments it is sent in
 * (3GPP TS 23.038 for the alphabets, TS 23.040 §9.2.3.24.1 for concatenation). The composer's
 * counter and the gateway both ask this class, so that what is shown is what is sent.
 */
public final class SmsText {
  /** The total of a concatenated text is one octet (TS 23.040 §9.2.3.24.1). */
  public static final int MAX_SEGMENTS = 255;

  private static final byte[] NO_OCTETS = {};

  /** User data of one short message on the air (TS 23.040 §9.2.3.16). */
  static final int MAX_OCTETS = 140;

  private final String text;
  private final SmsFormat format;
  private final Cut cut;
  private final int firstForeignIndex;

  /**
   * A text as one coding writes it.
   *
   * @param starts start of every segment in the text, and its end as last entry
   * @param limit units that fit into the last segment
   * @param used units in the last segment
   */
  @SuppressWarnings("ArrayRecordComponent") // stays in here
  private record Cut(Coding coding, int units, int[] starts, int limit, int used) {
    int segments() {
      return starts.length - 1;
    }
  }

  private SmsText(String text, SmsFormat format) {
    this.text = text;
    this.format = format;
    Coding first = format.alphabet().coding();
    int units = first.costOf(text);
    if (units >= 0) {
      this.cut = cut(first, units);
      this.firstForeignIndex = -1;
      return;
    }
    Cut best = cut(Coding.Utf16.CODING, text.length());
    for (Gsm7 national : format.nationalCodings()) {
      int septets = national.costOf(text);
      if (septets >= 0) {
        Cut other = cut(national, septets);
        best = other.segments() < best.segments() ? other : best;
      }
    }
    this.cut = best;
    this.firstForeignIndex =
        best.coding().encoding() == SmsEncoding.UCS2 ? firstForeign(first) : -1;
  }

  /** In the {@link SmsFormat#USUAL} format. */
  public static SmsText of(String text) {
    return of(text, SmsFormat.USUAL);
  }

  public static SmsText of(String text, SmsFormat format) {
    return new SmsText(text, format);
  }

  private int firstForeign(Coding coding) {
    int at = 0;
    while (coding.cost(text.charAt(at)) > 0) {
      at++;
    }
    return at;
  }

  private Cut cut(Coding coding, int units) {
    int announced = coding.announcement().length;
    int whole = coding.unitsIn(MAX_OCTETS - headerOctets(announced));
    if (units <= whole) {
      return new Cut(coding, units, new int[] {0, text.length()}, whole, units);
    }
    int limit =
        coding.unitsIn(
            MAX_OCTETS - headerOctets(announced + format.concatenation().elementOctets()));
    List<Integer> starts = new ArrayList<>();
    starts.add(0);
    int used = 0;
    for (int i = 0; i < text.length(); ) {
      int end = coding.endOfPiece(text, i);
      int needed = 0;
      for (int k = i; k < end; k++) {
        needed += coding.cost(text.charAt(k));
      }
      if (used + needed > limit) {
        starts.add(i);
        used = 0;
      }
      used += needed;
      i = end;
    }
    starts.add(text.length());
    return new Cut(
        coding, units, starts.stream().mapToInt(Integer::intValue).toArray(), limit, used);
  }

  /** With the octet that says how long the header is. */
  private static int headerOctets(int elementOctets) {
    return elementOctets == 0 ? 0 : 1 + elementOctets;
  }

  public String text() {
    return text;
  }

  public SmsFormat format() {
    return format;
  }

  public SmsEncoding encoding() {
    return cut.coding().encoding();
  }

  /** At least 1; an empty text is one empty segment. May exceed {@link #MAX_SEGMENTS}. */
  public int segments() {
    return cut.segments();
  }

  /** Septets including escapes, octets of Latin-1, or UTF-16 units. */
  public int units() {
    return cut.units();
  }

  /** How many more units fit before the text grows by a segment. */
  public int unitsLeftInLastSegment() {
    return cut.limit() - cut.used();
  }

  /** The first character, as a whole code point, because of which the text is sent as UCS-2. */
  public Optional<String> firstNonGsm() {
    return firstForeignIndex < 0
        ? Optional.empty()
        : Optional.of(Character.toString(text.codePointAt(firstForeignIndex)));
  }

  /**
   * What is submitted, in order: the segments, or one {@link Carriage.Payload} with all of them.
   *
   * @param reference the same for all segments of this text and unlikely to repeat soon for the
   *     same recipient; its low 16 bits are used, or its low 8 bits with {@link
   *     SmsFormat.Concatenation#UDH_8}
   * @throws TextTooLongException with more than {@link #MAX_SEGMENTS} segments
   */
  public List<Segment> split(int reference) {
    int total = segments();
    if (total > MAX_SEGMENTS) {
      throw new TextTooLongException(total);
    }
    if (total == 1) {
      return List.of(segment(1, 1, NO_OCTETS, new Carriage.ShortMessage()));
    }
    IntFunction<Segment> part =
        switch (format.concatenation()) {
          case UDH_8 ->
              n -> {
                byte[] place = UserDataHeader.narrowConcatenation(reference & 0xFF, total, n);
                return segment(n, total, place, new Carriage.ShortMessage());
              };
          case UDH_16 ->
              n -> {
                byte[] place = UserDataHeader.wideConcatenation(reference & 0xFFFF, total, n);
                return segment(n, total, place, new Carriage.ShortMessage());
              };
          case SAR ->
              n -> segment(n, total, NO_OCTETS, new Carriage.Sar(reference & 0xFFFF, total, n));
          case PAYLOAD -> n -> payload();
        };
    int submits = format.concatenation() == SmsFormat.Concatenation.PAYLOAD ? 1 : total;
    return IntStream.rangeClosed(1, submits).mapToObj(part).toList();
  }

  private Segment payload() {
    byte[] body = cut.coding().encode(text);
    return new Segment(1, 1, NO_OCTETS, body, encoding().dataCoding(), new Carriage.Payload());
  }

  private Segment segment(int number, int total, byte[] concatenation, Carriage carriage) {
    return new Segment(
        number,
        total,
        UserDataHeader.octets(concatenation, cut.coding().announcement()),
        cut.coding().encode(text.substring(cut.starts()[number - 1], cut.starts()[number])),
        encoding().dataCoding(),
        carriage);
  }

  /** Reads a text without a header, see {@link ReceivedCoding#decode}. */
  public static String decode(int dataCoding, byte[] body) {
    return ReceivedCoding.of(dataCoding, Optional.empty()).decode(body);
  }

  /** Never the text: this ends up in logs and in exception messages. */
  @Override
  public String toString() {
    return "SmsText[redacted, " + encoding().wireName() + ", " + segments() + " segment(s)]";
  }

  /** Where a segment stands in its submit_sm. A wire layer copies it, nothing more. */
  public sealed interface Carriage {
    /** In short_message; behind a user data header when it has one, and with UDHI set then. */
    record ShortMessage() implements Carriage {}

    /**
     * In short_message without a header; its place is in TLVs (SMPP 3.4 §5.3.2.22–24).
     *
     * @param reference sar_msg_ref_num, 16 bits
     * @param total sar_total_segments
     * @param number sar_segment_seqnum, from 1
     */
    record Sar(int reference, int total, int number) implements Carriage {}

    /**
     * In message_payload, with an empty short_message (§5.3.2.32). The body has no limit of 140.
     */
    record Payload() implements Carriage {}
  }

  /**
   * One short message as it is submitted.
   *
   * @param number from 1
   * @param udh the user data header with its length octet; empty when it has none
   * @param body GSM septets one per octet, Latin-1, or UTF-16 big endian
   * @param dataCoding 0, 3 or 8 (SMPP 3.4 §5.2.19)
   */
  @SuppressWarnings("ArrayRecordComponent") // wire octets on their way out; nobody compares them
  public record Segment(
      int number, int total, byte[] udh, byte[] body, int dataCoding, Carriage carriage) {
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
