package org.wardline.sms;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UserDataHeaderTest {
  private static byte[] hex(String octets) {
    return HexFormat.of().parseHex(octets.replace(" ", ""));
  }

  @Test
  void eight_and_sixteen_bit_references_are_read() {
    UserDataHeader narrow = UserDataHeader.parse(hex("05 00 03 AB 03 02 41")).orElseThrow();
    assertThat(narrow.headerLength()).isEqualTo(6);
    assertThat(narrow.concatenation())
        .contains(new UserDataHeader.Concatenation(0xAB, false, 3, 2));
    UserDataHeader wide = UserDataHeader.parse(hex("06 08 04 12 34 02 01 41")).orElseThrow();
    assertThat(wide.concatenation()).contains(new UserDataHeader.Concatenation(0x1234, true, 2, 1));
  }

  @Test
  void other_elements_are_kept() {
    UserDataHeader header =
        UserDataHeader.parse(hex("0B 05 04 0B 84 23 F0 00 03 01 02 01 41")).orElseThrow();
    assertThat(header.headerLength()).isEqualTo(12);
    assertThat(header.concatenation()).isPresent();
    assertThat(header.others()).hasSize(1);
    assertThat(header.others().getFirst().identifier()).isEqualTo(5);
    assertThat(header.others().getFirst().data()).isEqualTo(hex("0B8423F0"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "05", "05 00 03 01 02", "05 00 09 01 02 03", "01 00", "FF 00 03"})
  void a_malformed_header_is_no_header(String octets) {
    assertThat(UserDataHeader.parse(hex(octets))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"05 00 03 01 02 03", "05 00 03 01 02 00", "05 00 03 01 00 00"})
  void an_impossible_part_number_is_ignored(String octets) {
    UserDataHeader header = UserDataHeader.parse(hex(octets)).orElseThrow();
    assertThat(header.concatenation()).isEmpty();
    assertThat(header.headerLength()).isEqualTo(6);
  }

  @Test
  void no_octets_make_it_throw() {
    Random random = new Random(42);
    for (int i = 0; i < 100_000; i++) {
      byte[] octets = new byte[random.nextInt(20)];
      random.nextBytes(octets);
      if (octets.length > 0) {
        octets[0] = (byte) random.nextInt(20);
      }
      UserDataHeader.parse(octets)
          .ifPresent(h -> assertThat(h.headerLength()).isLessThanOrEqualTo(octets.length));
    }
  }
}
