package org.wardline.gateway.smpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressTest {
  @ParameterizedTest
  @CsvSource({
    "+13125550100,INTERNATIONAL,ISDN,13125550100",
    "13125550100,INTERNATIONAL,ISDN,13125550100",
    "+4912345,INTERNATIONAL,ISDN,4912345",
    "3125550100,NATIONAL,ISDN,3125550100",
    "72345,NETWORK_SPECIFIC,UNKNOWN,72345",
    "Practice,ALPHANUMERIC,UNKNOWN,Practice",
  })
  void the_kind_of_number_follows_from_its_look(
      String written, String ton, String npi, String value) {
    Address address = Address.of(written);
    assertThat(address.ton().name()).isEqualTo(ton);
    assertThat(address.npi().name()).isEqualTo(npi);
    assertThat(address.value()).isEqualTo(value);
    assertThat(address.toString()).doesNotContain(value);
  }

  @Test
  void an_international_address_gets_its_plus_back() {
    assertThat(Address.written((byte) 1, "13125550100")).isEqualTo("+13125550100");
    assertThat(Address.written((byte) 3, "72345")).isEqualTo("72345");
    assertThat(Address.written((byte) 1, "")).isEmpty();
  }

  @Test
  void an_address_longer_than_smpp_allows_is_refused_without_quoting_it() {
    assertThatThrownBy(() -> Address.of("+123456789012345678901"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("12345");
  }

  @Test
  void a_link_can_say_type_and_plan_for_every_address() {
    AddressType fixed = AddressType.parse("0/1");
    assertThat(Address.of("+13125550100", fixed))
        .isEqualTo(
            new Address(
                org.jsmpp.bean.TypeOfNumber.UNKNOWN,
                org.jsmpp.bean.NumberingPlanIndicator.ISDN,
                "13125550100"));
    assertThat(Address.of("72345", AddressType.parse("auto"))).isEqualTo(Address.of("72345"));
    for (String wrong : new String[] {"1", "9/1", "1/2", "international", "1/1/1", ""}) {
      assertThatThrownBy(() -> AddressType.parse(wrong))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
