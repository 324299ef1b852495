package org.wardline.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  @Test
  void every_key_of_a_link_is_read() throws IOException {
    LinkSettings link =
        load("""
                  mode: transmitter-and-receiver
                  version: 5.0
                  source-type: 5/0
                  destination-type: 1/1
                  address-range: "^1312"
                  service-type: CMT
                  format: gsm7 udh-16 spanish
                  validity: none
                  receipt-request: failure-only
                  user-message-reference: true
                  segments-per-second: 0.5
                  texts-per-second-to-one-number: 1
                  lines: [main, billing]
                  prefixes: ["+1", "+1312"]
                  preference: 20
                  cost: 0.0075
                  failover-after: 10s
                  return-after: 2m
                  late-answer-limit: 90s
                  query-after: 0s
                  resend-after: 3s
                """)
            .links()
            .getFirst();
    assertThat(link.bind().mode()).isEqualTo(SmppBind.Mode.TRANSMITTER_AND_RECEIVER);
    assertThat(link.bind().version()).hasToString("5.0");
    assertThat(link.bind().addressing().serviceType()).isEqualTo("CMT");
    assertThat(link.wording().format().orElseThrow().written()).isEqualTo("gsm7 udh-16 spanish");
    assertThat(link.wording().validity()).isEqualTo(Wording.ValidityPeriod.NONE);
    assertThat(link.wording().userMessageReference()).isTrue();
    assertThat(link.pace()).isEqualTo(new Pace(0.5, 1));
    assertThat(link.routing().lines()).containsExactlyInAnyOrder("main", "billing");
    assertThat(link.routing().prefixes()).containsExactly("+1", "+1312");
    assertThat(link.routing().cost()).isEqualByComparingTo("0.0075");
    assertThat(link.doubt())
        .isEqualTo(
            new LinkSettings.Doubt(Duration.ofSeconds(90), Duration.ZERO, Duration.ofSeconds(3)));
  }

  @Test
  void a_device_with_sim_cards_starts_from_other_values_and_each_can_be_said() throws IOException {
    LinkSettings link = load("  profile: gsm-gateway\n  window: 3\n").links().getFirst();
    assertThat(link.pace().segmentsPerSecond()).isLessThan(1).isPositive();
    assertThat(link.bind().windowSize()).isEqualTo(3);
    assertThat(link.bind().timeouts().response()).isGreaterThan(Duration.ofSeconds(30));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "version: 6.0 | \"link.version\" cannot be \"6.0\"",
        "format: gsm8 udh-8 | The first word is gsm7 or latin1",
        "prefixes: [1312] | A prefix is + and up to 14 digits",
        "segments-per-second: -1 | \"link.segments-per-second\" must be a number such as 2 or 0.5",
        "segments-per-second: 20000 | A rate must be from 0",
        "tls: {enabled: true, ca: missing.pem} | \"link.tls\" cannot be used",
        "tls: {enabled: true, client-key: k.pem} | \"link.tls.client-certificate\" is missing",
        "validity: sometimes | relative, absolute, none",
      })
  void what_cannot_be_is_refused_with_its_key(String line, String complaint) {
    assertThatThrownBy(() -> load("  " + line + "\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(complaint);
  }

  @Test
  void several_links_have_names_of_their_own() throws IOException {
    SecretFile.write(folder.resolve("pw"), Secret.of("secret"));
    assertThat(loadText(SEVERAL.formatted("one", "two")).links())
        .extracting(LinkSettings::name)
        .containsExactly("one", "two");
    assertThatThrownBy(() -> loadText(SEVERAL.formatted("one", "one")))
        .hasMessageContaining("another link's already");
    assertThatThrownBy(() -> loadText(SEVERAL.formatted("one", "two") + "link: {host: a}\n"))
        .hasMessageContaining("exclude each other");
  }

  private static final String SEVERAL =
      """
      transport-keys: transport.keys
      database: {url: "jdbc:postgresql://127.0.0.1/wardline", password: "file:pw"}
      links:
      - {name: %s, host: a.example, system-id: clinic, password: "file:pw"}
      - {name: %s, host: b.example, system-id: clinic, password: "file:pw"}
      """;

  private GatewayConfig loadText(String text) throws IOException {
    Path file = folder.resolve("gateway.yaml");
    Files.writeString(file, text);
    return GatewayConfig.load(file);
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
