package org.wardline.sms;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PhoneNumberTest {
  @ParameterizedTest
  @CsvSource({
    "+13125550100, +13125550100",
    "(312) 555-0100, +13125550100",
    "13125550100, +13125550100",
    "+44 20 7946 0018, +442079460018",
    "+49 30 123456, +4930123456",
    "+43 1 234567, +431234567",
  })
  void a_number_as_people_write_it_becomes_e164(String written, String e164) {
    assertThat(PhoneNumber.parse(written)).contains(new PhoneNumber(e164));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "12",
        "911",
        "hello",
        // Possible only within one town: without its area code nobody else reaches it.
        "5550100",
        "555-0100",
        // Emergency and service numbers abroad, which have no E.164 form.
        "+49110",
        "+49 112",
        "+1 555 0100",
        // Longer than E.164 allows, though the country's plan has such numbers.
        "+491234567890123456",
        "+4912345678901234",
        "+49 30 12345678901234",
        "+312555010012345678",
        // Other people's extensions get no texts.
        "+13125550100 ext. 5",
      })
  void what_cannot_be_reached_from_abroad_is_no_number(String written) {
    assertThat(PhoneNumber.parse(written)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"49110", "+49110", "5550100", "491234567890123", "Wardline", "", "72345"})
  void a_carriers_source_address_never_throws(String address) {
    assertThat(PhoneNumber.ofAddress(address))
        .satisfiesAnyOf(
            found -> assertThat(found).isEmpty(),
            found -> assertThat(found.orElseThrow().e164()).matches("\\+[1-9][0-9]{6,14}"));
  }
}
