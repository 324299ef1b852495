package org.wardline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardline.gateway.InboundWords.Shown;

class InboundWordsTest {
  private static final byte[] NO_HEADER = {};

  private static Shown show(int dataCoding, String header, boolean damaged, byte[] octets) {
    return InboundWords.show(dataCoding, HexFormat.of().parseHex(header), damaged, octets);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 13, 14, 0x10, 0x14, 0xC0, 0xF0, 0xF1, 0xF4, 0xF5})
  void stop_is_read_in_any_coding_a_carrier_names(int dataCoding) {
    for (byte[] stop :
        new byte[][] {ascii("STOP"), ascii("STOP\0"), "STOP".getBytes(StandardCharsets.UTF_16BE)}) {
      // In the GSM alphabet zero is the at sign, and the server looks past signs around a word.
      assertThat(show(dataCoding, "", false, stop).text()).matches("STOP@?");
    }
  }

  @Test
  void stop_is_read_behind_headers_good_and_bad() {
    assertThat(show(8, "", false, "STOP".getBytes(StandardCharsets.UTF_16BE)).text())
        .isEqualTo("STOP");
    assertThat(show(8, "", false, ascii("STOP!")).text()).isEqualTo("STOP!");
    assertThat(show(0, "", true, ascii("STOP")).text()).isEqualTo("STOP");
    // Ports: of an application, and of a picture message.
    assertThat(show(0, "06050400501F90", false, ascii("STOP")).text()).isEqualTo("STOP");
    assertThat(show(4, "0605040B8423F0", false, ascii("STOP")).text()).isEqualTo("STOP");
  }

  @ParameterizedTest
  @CsvSource({
    "0605040B8423F0,notice of a picture message (MMS)",
    "06050423F40000,contact card",
    "06050415810000,ring tone",
    "040402E200,contact card",
    "06050412340000,application on port 4660",
  })
  void texts_for_ports_are_named(String header, String words) {
    Shown shown = show(4, header, false, new byte[] {1, 6, 0, (byte) 0x9F});
    assertThat(shown.text()).startsWith("[").contains(words).contains("4 octets").endsWith("]");
    assertThat(shown.whole()).isFalse();
  }

  @Test
  void what_is_no_text_is_described_and_said_not_to_be_whole() {
    assertThat(show(4, "", false, new byte[] {0, 1, 2, 3}))
        .isEqualTo(new Shown("[binary message, 4 octets: 00010203]", false));
    assertThat(show(0, "", true, new byte[] {(byte) 200, 1}))
        .isEqualTo(new Shown("[text with a damaged header, 2 octets: c801]", false));
    assertThat(show(4, "", false, new byte[200]).text()).contains("200 octets").endsWith("…]");
  }

  @Test
  void empty_texts_and_zeros_are_said() {
    assertThat(InboundWords.show(0, NO_HEADER, false, new byte[0]))
        .isEqualTo(new Shown("[empty text]", true));
    assertThat(show(3, "", false, new byte[] {0})).isEqualTo(new Shown("[empty text]", false));
    assertThat(show(3, "", false, new byte[] {'a', 0, 'b'}).text()).isEqualTo("ab");
  }

  @Test
  void an_endless_text_is_cut_between_characters_and_the_rest_is_counted() {
    byte[] octets = ("x" + "😀".repeat(9_000)).getBytes(StandardCharsets.UTF_16BE);
    Shown shown = show(8, "", false, octets);
    assertThat(shown.whole()).isFalse();
    assertThat(shown.text()).startsWith("x😀").endsWith("😀 [… and 8002 more characters]");
  }

  @Test
  void no_octets_make_it_throw_or_let_a_zero_through() {
    Random random = new Random(3);
    for (int i = 0; i < 20_000; i++) {
      byte[] octets = new byte[random.nextInt(20)];
      byte[] header = new byte[random.nextInt(8)];
      random.nextBytes(octets);
      random.nextBytes(header);
      Shown shown = InboundWords.show(random.nextInt(256), header, random.nextBoolean(), octets);
      assertThat(shown.text()).isNotEmpty().doesNotContain("\0");
    }
  }
}
