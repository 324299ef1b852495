package org.wardline.sms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SmsTextTest {
  @ParameterizedTest(name = "{0} × {1} is {2} with {3} units in {4} segments, {5} left")
  @CsvSource({
    "a, 0, GSM7, 0, 1, 160",
    "a, 1, GSM7, 1, 1, 159",
    "a, 160, GSM7, 160, 1, 0",
    "a, 161, GSM7, 161, 2, 145",
    "a, 306, GSM7, 306, 2, 0",
    "a, 307, GSM7, 307, 3, 152",
    "€, 80, GSM7, 160, 1, 0",
    // 76 escape pairs fit into 153 septets, one septet stays empty
    "€, 81, GSM7, 162, 2, 143",
    "я, 70, UCS2, 70, 1, 0",
    "я, 71, UCS2, 71, 2, 63",
    "я, 134, UCS2, 134, 2, 0",
    "😀, 35, UCS2, 70, 1, 0",
    // 33 pairs fit into 67 units, one unit stays empty
    "😀, 36, UCS2, 72, 2, 61",
  })
  void a_text_costs_what_the_carrier_bills(
      String unit, int times, SmsEncoding encoding, int units, int segments, int left) {
    SmsText text = SmsText.of(unit.repeat(times));
    assertThat(text.encoding()).isEqualTo(encoding);
    assertThat(text.units()).isEqualTo(units);
    assertThat(text.segments()).isEqualTo(segments);
    assertThat(text.unitsLeftInLastSegment()).isEqualTo(left);
    assertThat(text.split(7)).hasSize(segments);
  }

  @Test
  void the_segments_put_together_again_are_the_text() {
    for (String text :
        List.of("", "short", "a{b}€".repeat(90), "x" + "😀".repeat(100), "naïve ç ".repeat(40))) {
      ByteArrayOutputStream whole = new ByteArrayOutputStream();
      List<SmsText.Segment> segments = SmsText.of(text).split(300);
      for (SmsText.Segment segment : segments) {
        whole.writeBytes(segment.body());
        assertThat(segment.octets().length).isLessThanOrEqualTo(160);
        if (segments.size() > 1) {
          UserDataHeader header = UserDataHeader.parse(segment.octets()).orElseThrow();
          assertThat(header.headerLength()).isEqualTo(6);
          assertThat(header.concatenation())
              .contains(
                  new UserDataHeader.Concatenation(
                      300 & 0xFF, false, segments.size(), segment.number()));
        } else {
          assertThat(segment.udh()).isEmpty();
        }
      }
      assertThat(SmsText.decode(segments.getFirst().dataCoding(), whole.toByteArray()))
          .isEqualTo(text);
    }
  }

  @Test
  void no_pair_is_torn_between_two_segments() {
    for (SmsText.Segment segment : SmsText.of("x" + "😀".repeat(90)).split(1)) {
      String part = SmsText.decode(8, segment.body());
      assertThat(part.codePoints().noneMatch(c -> c >= 0xD800 && c <= 0xDFFF)).isTrue();
    }
    for (SmsText.Segment segment : SmsText.of("[".repeat(200)).split(1)) {
      assertThat(segment.body()[segment.body().length - 1]).isNotEqualTo((byte) Gsm7.ESCAPE);
    }
  }

  @Test
  void the_character_that_forces_ucs2_is_named_whole() {
    assertThat(SmsText.of("See you at 10 €").firstNonGsm()).isEmpty();
    assertThat(SmsText.of("Don’t").firstNonGsm()).contains("’");
    assertThat(SmsText.of("ok 👍🏽").firstNonGsm()).contains("👍");
  }

  @Test
  void a_lone_surrogate_travels_as_it_is() {
    String odd = "a\uD83D";
    assertThat(SmsText.decode(8, SmsText.of(odd).split(1).getFirst().body())).isEqualTo(odd);
  }

  @Test
  void a_text_beyond_255_segments_is_refused() {
    assertThat(SmsText.of("a".repeat(153 * 255)).split(1)).hasSize(SmsText.MAX_SEGMENTS);
    SmsText tooLong = SmsText.of("a".repeat(153 * 255 + 1));
    assertThat(tooLong.segments()).isEqualTo(256);
    assertThatThrownBy(() -> tooLong.split(1)).isInstanceOf(TextTooLongException.class);
  }

  @Test
  void received_octets_are_read_by_their_data_coding() {
    assertThat(SmsText.decode(0, new byte[] {0x1B, 0x65, 0x00, 0x02})).isEqualTo("€@$");
    assertThat(SmsText.decode(1, new byte[] {'h', 'i', '@'})).isEqualTo("hi@");
    assertThat(SmsText.decode(3, new byte[] {(byte) 0xE9})).isEqualTo("é");
    assertThat(SmsText.decode(8, new byte[] {0x04, 0x4F, 0x00})).isEqualTo("я");
    assertThat(SmsText.decode(0x10, new byte[] {'h', 'i'})).isEqualTo("hi");
    assertThat(SmsText.decode(4, new byte[] {0, (byte) 0xFF}))
        .isEqualTo("[binary message, 2 octets: 00ff]");
    assertThat(SmsText.decode(0, new byte[] {(byte) 0x9C, 0x1B})).isEqualTo("\uFFFD");
  }

  @Test
  void the_text_is_never_in_a_toString() {
    SmsText text = SmsText.of("canary");
    assertThat(text.toString()).doesNotContain("canary").contains("redacted");
    assertThat(text.split(1).toString()).doesNotContain("canary").contains("redacted");
  }
}
