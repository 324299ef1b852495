package org.wardline.gateway.smpp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jsmpp.PDUStringException;
import org.jsmpp.bean.DeliverSm;
import org.jsmpp.extra.ProcessRequestException;
import org.jsmpp.util.DefaultDecomposer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole deliver_sm PDUs as odd carriers send them, in {@code fixtures/deliver_sm}. */
class OddCarriersTest {
  private static final String EXPECT = "expect: ";

  /** A file: comments of what is odd, what we read, and the octets in hexadecimal. */
  record Fixture(String name, String expected, byte[] octets) {
    static Fixture read(Path file) {
      try {
        List<String> lines = Files.readAllLines(file);
        String hex =
            String.join(
                "",
                lines.stream().filter(l -> !l.startsWith("#") && !l.startsWith(EXPECT)).toList());
        return new Fixture(
            String.valueOf(file.getFileName()),
            lines.stream().filter(l -> l.startsWith(EXPECT)).findFirst().orElseThrow(),
            HexFormat.of().parseHex(hex));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static List<Fixture> fixtures() throws IOException, URISyntaxException {
    Path folder =
        Path.of(
            Objects.requireNonNull(OddCarriersTest.class.getResource("/fixtures/deliver_sm"))
                .toURI());
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().map(Fixture::read).toList();
    }
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void a_pdu_of_an_odd_carrier_is_understood(Fixture fixture)
      throws PDUStringException, ProcessRequestException {
    RecordingInbound inbound = new RecordingInbound();
    DeliverSm pdu = new DefaultDecomposer().deliverSm(fixture.octets());
    new InboundTranslator(inbound, () -> true).onAcceptDeliverSm(pdu);
    assertThat(EXPECT + told(inbound)).isEqualTo(fixture.expected());
  }

  private static String told(RecordingInbound inbound) {
    ReceiptPdu receipt = inbound.receipts.poll();
    if (receipt != null) {
      return "receipt id=%s other=%s status=%s error=%s done=%s"
          .formatted(
              receipt.messageId(),
              receipt.otherId(),
              receipt.status(),
              receipt.errorCode(),
              receipt.doneDate());
    }
    InboundPdu text = inbound.texts.poll();
    return text == null
        ? "nothing"
        : "text udhi=%s coding=%d stamp=%s octets=%s"
            .formatted(
                text.udhi(),
                text.dataCoding(),
                !text.stamp().isEmpty(),
                new String(text.shortMessage(), StandardCharsets.ISO_8859_1));
  }
}
