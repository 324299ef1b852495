package org.wardline.sms;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReceivedCodingTest {
  private static String read(int dataCoding, byte[] body) {
    return ReceivedCoding.of(dataCoding, Optional.empty()).decode(body);
  }

  @ParameterizedTest(name = "data_coding {0}: {2}")
  @CsvSource({
    "0, 1B650002, €@$",
    "1, 686940, hi@",
    "3, E9FF, éÿ",
    "5, 93FA967B41, 日本A",
    "6, BFE0D8D2D5E2, Привет",
    "7, F9ECE5ED, שלום",
    "8, 044FD83DDE00, я😀",
    "10, 1B2442467C4B5C1B2842, 日本",
    "13, C6FCCBDC8FB0A1, 日本丂",
    "14, C7D1B1DB41, 한글A",
    "16, 6869, hi",
    "24, 044F, я",
    "200, 6869, hi",
    "209, 6869, hi",
    "224, 044F, я",
    "241, 6869, hi",
  })
  void octets_are_read_by_their_data_coding(int dataCoding, String hex, String text) {
    assertThat(read(dataCoding, HexFormat.of().parseHex(hex))).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"2", "4", "9", "15", "20", "245", "255"})
  void a_binary_message_is_written_out_to_the_last_octet(int dataCoding) {
    byte[] body = new byte[3 * 134];
    new Random(1).nextBytes(body);
    assertThat(read(dataCoding, body))
        .isEqualTo("[binary message, 402 octets: " + HexFormat.of().formatHex(body) + "]");
  }

  @ParameterizedTest
  @CsvSource({"5, 93", "7, A1FF", "10, 1B2442FF", "13, C6", "14, C7"})
  void octets_that_are_not_of_their_charset_are_shown_and_not_replaced(int coding, String hex) {
    assertThat(read(coding, HexFormat.of().parseHex(hex)))
        .startsWith("[binary message, ")
        .contains(hex.toLowerCase(java.util.Locale.ROOT));
  }

  @Test
  void latin_1_goes_both_ways() {
    SmsFormat format = SmsFormat.USUAL.withAlphabet(SmsFormat.Alphabet.LATIN1);
    StringBuilder all = new StringBuilder();
    for (char c = 0; c <= 0xFF; c++) {
      all.append(c);
    }
    SmsText text = SmsText.of(all.toString(), format);
    assertThat(text.encoding()).isEqualTo(SmsEncoding.LATIN1);
    StringBuilder heard = new StringBuilder();
    text.split(1).forEach(s -> heard.append(read(s.dataCoding(), s.body())));
    assertThat(heard.toString()).isEqualTo(all.toString());
  }

  @Test
  void nothing_makes_it_throw() {
    Random random = new Random(42);
    for (int i = 0; i < 50_000; i++) {
      byte[] body = new byte[random.nextInt(40)];
      random.nextBytes(body);
      ReceivedCoding coding =
          new ReceivedCoding(random.nextInt(256), random.nextInt(16), random.nextInt(16));
      assertThat(coding.decode(body)).isNotNull();
      assertThat(ReceivedCoding.parse(coding.written())).isEqualTo(coding);
    }
  }

  @Test
  void the_charsets_of_smpp_are_in_this_runtime() {
    assertThat(
            Arrays.asList(
                "ISO-8859-5", "ISO-8859-8", "Shift_JIS", "ISO-2022-JP", "EUC-JP", "EUC-KR"))
        .allMatch(Charset::isSupported);
  }
}
