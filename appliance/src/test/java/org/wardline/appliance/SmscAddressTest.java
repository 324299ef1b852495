package org.wardline.appliance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardline.config.Secret;

class SmscAddressTest {
  @Test
  void host_and_port_may_be_followed_by_account_and_password() {
    assertThat(SmscAddress.of("10.0.0.5:2775:clinic:se:cret"))
        .isEqualTo(new SmscAddress("10.0.0.5", 2775, "clinic", Secret.of("se:cret")));
    assertThat(SmscAddress.of("[::1]:2775").host()).isEqualTo("::1");
    assertThat(SmscAddress.of("smsc.example:1").systemId()).isEqualTo("wardline");
    assertThat(SmscAddress.of("h:1:a:secret").toString()).doesNotContain("secret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "host",
        "host:",
        "host:0",
        "host:65536",
        "host:1:id",
        "host:1:id:passwordtoolong"
      })
  void anything_else_is_refused_with_the_form(String text) {
    assertThatThrownBy(() -> SmscAddress.of(text))
        .isInstanceOf(StartRefused.class)
        .hasMessageContaining("--smsc wants HOST:PORT");
  }
}
