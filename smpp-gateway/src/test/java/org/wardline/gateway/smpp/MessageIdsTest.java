package org.wardline.gateway.smpp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessageIdsTest {
  @ParameterizedTest
  @CsvSource({"' 00AbC ',abc", "0,0", "000,0", "'',''", "msg-01,msg-01", "0x1F,x1f"})
  void ids_are_compared_in_one_form(String written, String normalised) {
    assertThat(MessageIds.normalise(written)).isEqualTo(normalised);
    assertThat(MessageIds.normalise(normalised)).isEqualTo(normalised);
  }
}
