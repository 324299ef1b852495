package org.wardline.gateway.smpp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessageIdsTest {
  @ParameterizedTest
  @CsvSource({"' 00AbC ',abc", "0,0", "000,0", "'',''", "msg-01,msg-01", "0x1F,x1f"})
  void ids_are_compared_in_one_form(String written, String normalised) {
    assertThat(MessageIds.normalise(written)).isEqualTo(normalised);
    assertThat(MessageIds.normalise(normalised)).isEqualTo(normalised);
  }

  @Test
  void a_decimal_receipt_finds_its_hexadecimal_response() {
    assertThat(MessageIds.candidates("305419896")).startsWith("305419896").contains("12345678");
    assertThat(MessageIds.candidates("12345678")).startsWith("12345678").contains("305419896");
    assertThat(MessageIds.candidates("00FF")).containsExactly("ff", "255");
  }

  @Test
  void an_opaque_id_is_its_only_candidate() {
    assertThat(MessageIds.candidates("ab-12")).containsExactly("ab-12");
    assertThat(MessageIds.candidates("5f0c7e4e2b1d4c0f9a3b6d8e7f112233"))
        .containsExactly("5f0c7e4e2b1d4c0f9a3b6d8e7f112233");
    assertThat(MessageIds.candidates("٣٤")).containsExactly("٣٤");
  }
}
