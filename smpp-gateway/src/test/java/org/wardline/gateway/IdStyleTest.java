package org.wardline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdStyleTest {
  @ParameterizedTest
  @CsvSource({
    "AS_IS,ab-12,ab-12",
    "DECIMAL_IN_RECEIPTS,305419896,12345678",
    "HEX_IN_RECEIPTS,ff,255",
  })
  void a_receipt_finds_its_response_and_the_response_its_receipt(
      IdStyle style, String receiptId, String responseId) {
    assertThat(style.responseId(receiptId)).contains(responseId);
    assertThat(style.receiptId(responseId)).contains(receiptId);
  }

  @ParameterizedTest
  @CsvSource({
    "DECIMAL_IN_RECEIPTS,ff",
    "DECIMAL_IN_RECEIPTS,٣٤",
    "HEX_IN_RECEIPTS,ab-12",
    "HEX_IN_RECEIPTS,5f0c7e4e2b1d4c0f9a3b6d8e7f112233",
  })
  void what_is_no_number_of_that_base_is_not_read_as_one(IdStyle style, String receiptId) {
    assertThat(style.responseId(receiptId)).isEmpty();
  }
}
