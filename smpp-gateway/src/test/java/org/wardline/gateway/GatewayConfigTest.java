package org.wardline.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardline.config.ConfigException;
import org.wardline.config.Secret;
import org.wardline.config.SecretFile;
import org.wardline.gateway.smpp.SmppBind;

class GatewayConfigTest {
  @TempDir Path folder = Path.of("");

  @Test
  void what_is_not_said_is_what_the_link_s_own_types_call_usual() throws IOException {
    LinkSettings link = load("").links().getFirst();
    assertThat(link)
        .isEqualTo(
            LinkSettings.of(SmppBind.of("smsc.example", 2775, "clinic", Secret.of("secret"))));
    assertThat(link.bind().windowSize()).isEqualTo(100);
    assertThat(link.bind().responseTimeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(link.receipts()).isEqualTo(LinkSettings.Receipts.PER_SEGMENT);
  }

  @Test
  void a_carrier_with_one_receipt_per_text_is_said_so() throws IOException {
    assertThat(load("  receipts: per-text\n").links().getFirst().receipts())
        .isEqualTo(LinkSettings.Receipts.PER_TEXT);
    assertThatThrownBy(() -> load("  receipts: sometimes\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("per-segment, per-text");
  }

  private GatewayConfig load(String more) throws IOException {
    SecretFile.write(folder.resolve("pw"), Secret.of("secret"));
    Path file = folder.resolve("gateway.yaml");
    Files.writeString(
        file,
        """
        transport-keys: transport.keys
        database:
          url: jdbc:postgresql://127.0.0.1/wardline
          password: file:pw
        link:
          host: smsc.example
          system-id: clinic
          password: file:pw
        """
            + more);
    return GatewayConfig.load(file);
  }
}
