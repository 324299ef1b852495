package org.wardline.sms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardline.sms.SmsFormat.Alphabet;
import org.wardline.sms.SmsFormat.Concatenation;
import org.wardline.sms.SmsText.Carriage;

class SmsFormatTest {
  private static final long SEED = 20261121;
  private static final int TEXTS_PER_FORMAT = 400;
  private static final int AIR_OCTETS = 140;

  /** What an SMSC puts in front of a part that came by SAR (TS 23.040 §9.2.3.24.1). */
  private static final int SMSC_HEADER_OCTETS = 6;

  static Stream<SmsFormat> formats() {
    List<SmsFormat> formats = new ArrayList<>();
    for (Concatenation concatenation : Concatenation.values()) {
      for (Alphabet alphabet : Alphabet.values()) {
        formats.add(SmsFormat.USUAL.withAlphabet(alphabet).withConcatenation(concatenation));
      }
    }
    for (Concatenation headed : List.of(Concatenation.UDH_8, Concatenation.UDH_16)) {
      SmsFormat format = SmsFormat.USUAL.withConcatenation(headed);
      for (NationalLanguage language : NationalLanguage.values()) {
        formats.add(format.withLanguages(language));
      }
      formats.add(format.withLanguages(NationalLanguage.values()));
    }
    return formats.stream();
  }

  /** Texts of few different pieces and of many, in the scripts that the formats know. */
  private static String text(Random random) {
    List<String> pieces =
        List.of(
            "a",
            " ",
            "é",
            "€",
            "{",
            "~",
            "\n",
            "Ω",
            "ç",
            "ş",
            "ğ",
            "İ",
            "á",
            "ã",
            "ê",
            "õ",
            "«",
            "ÿ",
            "ক",
            "ક",
            "क",
            "ಕ",
            "ക",
            "କ",
            "ਕ",
            "க",
            "క",
            "ک",
            "।",
            "१",
            "’",
            "…",
            "я",
            "日",
            "😀",
            "👨\u200D👩\u200D👧",
            "👍🏽",
            "🇺🇸",
            "e\u0301",
            "\uD83D",
            "x\u0301\u0302\u0303");
    int first = random.nextInt(pieces.size());
    int variety = 1 + random.nextInt(random.nextBoolean() ? 3 : pieces.size() - 1);
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(500);
    while (text.length() < length) {
      boolean plain = random.nextInt(3) > 0 && variety < 4;
      text.append(plain ? "b" : pieces.get((first + random.nextInt(variety)) % pieces.size()));
    }
    return text.toString();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void what_is_sent_says_the_text_and_fits_the_air(SmsFormat format) {
    Random random = new Random(SEED);
    for (int i = 0; i < TEXTS_PER_FORMAT; i++) {
      String text = text(random);
      SmsText sms = SmsText.of(text, format);
      List<SmsText.Segment> segments = sms.split(0xABCD1234);
      String as = "seed %d, text %d, %s".formatted(SEED, i, format.written());

      StringBuilder heard = new StringBuilder();
      segments.forEach(segment -> heard.append(hear(segment)));
      assertThat(heard.toString()).as(as).isEqualTo(text);

      boolean payload = segments.getFirst().carriage() instanceof Carriage.Payload;
      assertThat(payload)
          .as(as)
          .isEqualTo(format.concatenation() == Concatenation.PAYLOAD && sms.segments() > 1);
      if (!payload) {
        assertThat(segments).as(as).hasSize(sms.segments());
        segments.forEach(s -> assertThat(airOctets(s)).as(as).isLessThanOrEqualTo(AIR_OCTETS));
      }
    }
  }

  /** As a phone reads one part, without the others: no character may be torn. */
  private static String hear(SmsText.Segment segment) {
    Optional<UserDataHeader> header =
        segment.udh().length == 0 ? Optional.empty() : UserDataHeader.parse(segment.octets());
    assertThat(header.map(UserDataHeader::headerLength).orElse(0)).isEqualTo(segment.udh().length);
    return ReceivedCoding.of(segment.dataCoding(), header).decode(segment.body());
  }

  /** User data in octets on the air: 7 bit text packed, from the next septet after the header. */
  private static int airOctets(SmsText.Segment segment) {
    int header =
        segment.carriage() instanceof Carriage.Sar ? SMSC_HEADER_OCTETS : segment.udh().length;
    if (segment.dataCoding() != 0) {
      return header + segment.body().length;
    }
    int headerSeptets = (header * 8 + 6) / 7;
    return ((headerSeptets + segment.body().length) * 7 + 7) / 8;
  }

  @ParameterizedTest
  @MethodSource("formats")
  void a_text_never_costs_more_than_the_plainest_way(SmsFormat format) {
    Random random = new Random(SEED);
    SmsFormat plain = format.withLanguages();
    for (int i = 0; i < TEXTS_PER_FORMAT; i++) {
      String text = text(random);
      assertThat(SmsText.of(text, format).segments())
          .isLessThanOrEqualTo(SmsText.of(text, plain).segments());
    }
  }

  @ParameterizedTest(name = "{0}: {1} fits {2} times alone and {3} times a part")
  @CsvSource({
    "gsm7 udh-8, a, 160, 153",
    "gsm7 udh-16, a, 160, 152",
    "gsm7 sar, a, 160, 153",
    "gsm7 payload, a, 160, 153",
    "gsm7 udh-8, я, 70, 67",
    "gsm7 udh-16, я, 70, 66",
    "gsm7 sar, я, 70, 67",
    "latin1 udh-8, ã, 140, 134",
    "latin1 udh-16, ã, 140, 133",
    "latin1 sar, a, 140, 134",
    "gsm7 udh-8 turkish, ğ, 155, 149",
    "gsm7 udh-16 turkish, ğ, 155, 148",
    "gsm7 udh-8 hindi, क, 155, 149",
    // By escape, two septets each: 76 in 153, and the header of a single shift costs four more.
    "gsm7 udh-8 spanish, á, 77, 74",
  })
  void so_many_characters_fit(String written, String character, int alone, int inPart) {
    SmsFormat format = SmsFormat.parse(written);
    assertThat(SmsText.of(character.repeat(alone), format).segments()).isOne();
    assertThat(SmsText.of(character.repeat(alone + 1), format).segments()).isEqualTo(2);
    assertThat(SmsText.of(character.repeat(3 * inPart), format).segments()).isEqualTo(3);
    assertThat(SmsText.of(character.repeat(3 * inPart + 1), format).segments()).isEqualTo(4);
  }

  @Test
  void every_part_says_its_place_in_the_way_of_its_format() {
    String text = "a".repeat(400);
    List<SmsText.Segment> narrow = SmsText.of(text).split(0x1234);
    assertThat(narrow.get(1).udh()).isEqualTo(new byte[] {5, 0, 3, 0x34, 3, 2});
    List<SmsText.Segment> wide = SmsText.of(text, SmsFormat.parse("gsm7 udh-16")).split(0x91234);
    assertThat(wide.get(2).udh()).isEqualTo(new byte[] {6, 8, 4, 0x12, 0x34, 3, 3});
    List<SmsText.Segment> sar = SmsText.of(text, SmsFormat.parse("gsm7 sar")).split(0x91234);
    assertThat(sar.get(1).udh()).isEmpty();
    assertThat(sar.get(1).carriage()).isEqualTo(new Carriage.Sar(0x1234, 3, 2));
    List<SmsText.Segment> payload = SmsText.of(text, SmsFormat.parse("gsm7 payload")).split(1);
    assertThat(payload).hasSize(1);
    assertThat(payload.getFirst().carriage()).isEqualTo(new Carriage.Payload());
    assertThat(payload.getFirst().body()).hasSize(400);
    assertThat(SmsText.of(text, SmsFormat.parse("gsm7 payload")).segments()).isEqualTo(3);
    assertThat(SmsText.of("short", SmsFormat.parse("gsm7 payload")).split(1).getFirst().carriage())
        .isEqualTo(new Carriage.ShortMessage());
  }

  @Test
  void what_a_reader_takes_for_one_character_is_not_torn() {
    for (String whole :
        List.of("👨\u200D👩\u200D👧\u200D👦", "🇺🇸", "👍🏽", "я\u0301", "❤\uFE0F")) {
      for (int before = 60; before < 70; before++) {
        String text = "я".repeat(before) + whole + "я".repeat(60);
        assertThat(SmsText.of(text).split(1).stream().map(SmsFormatTest::hear))
            .anyMatch(part -> part.contains(whole));
      }
    }
    // A heap of accents is no character: it is cut, after twenty units at the latest.
    assertThat(SmsText.of("я" + "\u0301".repeat(200)).segments()).isEqualTo(4);
  }

  @ParameterizedTest
  @MethodSource("formats")
  void a_written_format_is_read_again(SmsFormat format) {
    assertThat(SmsFormat.parse(format.written())).isEqualTo(format);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "gsm",
        "gsm7",
        "gsm7 udh",
        "gsm7 udh-8 klingon",
        "gsm7 sar turkish",
        "gsm7 payload turkish",
        "latin1 udh-8 turkish"
      })
  void a_format_that_cannot_be_is_refused_in_words(String written) {
    assertThatThrownBy(() -> SmsFormat.parse(written))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith(".");
  }
}
