package org.wardline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.wardline.gateway.FakeCarrier.Taken;
import org.wardline.gateway.smpp.SubmitPdu;
import org.wardline.sms.InDoubt;
import org.wardline.sms.PhoneNumber;
import org.wardline.sms.SmsFormat;
import org.wardline.sms.SmsQueue;
import org.wardline.sms.SmsText;
import org.wardline.sms.Urgency;

/** How a link says its texts on the wire, seen by a carrier that reads octets. */
class WordingTest {
  private static final int SAR_REFERENCE = 0x020C;
  private static final int SAR_TOTAL = 0x020E;
  private static final int SAR_NUMBER = 0x020F;
  private static final int USER_MESSAGE_REFERENCE = 0x0204;
  private static final int MESSAGE_PAYLOAD = 0x0424;
  private static final String LONG = "Your visit is on Tuesday. ".repeat(15);

  private final GatewayWorld world = new GatewayWorld();

  @AfterEach
  void stop() throws IOException {
    world.close();
  }

  private List<Taken> sent(String text, SmsFormat counted, Wording wording) {
    world.start(world.link().withWording(wording));
    SmsQueue.OutboundText one =
        new SmsQueue.OutboundText(
            UUID.randomUUID(),
            "main",
            GatewayWorld.SOURCE,
            new PhoneNumber(GatewayWorld.number(1)),
            text,
            SmsText.of(text, counted).segments(),
            Instant.now().plus(Duration.ofHours(1)),
            Urgency.REPLY,
            InDoubt.RESEND,
            counted);
    world.server.run(tx -> world.queue.enqueue(tx, List.of(one)));
    world.awaitFinal(one.id());
    assertThat(world.states(one.id())).endsWith("delivered");
    return List.copyOf(world.carrier.log);
  }

  private static String joined(List<Taken> parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Taken part : parts) {
      int start = part.udhi() ? 1 + part.octets()[0] : 0;
      all.write(part.octets(), start, part.octets().length - start);
    }
    return SmsText.decode(parts.getFirst().dataCoding(), all.toByteArray());
  }

  @Test
  void a_text_is_sent_as_its_line_counted_it() {
    SmsFormat counted = SmsFormat.parse("gsm7 udh-16");
    List<Taken> parts = sent(LONG, counted, Wording.USUAL);
    assertThat(parts).hasSize(SmsText.of(LONG, counted).segments());
    assertThat(parts.getFirst().octets()).startsWith(6, 8, 4);
    assertThat(parts.getFirst().octets()).hasSize(7 + 152);
    assertThat(joined(parts)).isEqualTo(LONG);
  }

  @Test
  void a_link_may_want_the_parts_in_tlvs() {
    SmsFormat sar = SmsFormat.parse("gsm7 sar");
    List<Taken> parts =
        sent(
            LONG,
            SmsFormat.USUAL,
            new Wording(
                Optional.of(sar), Wording.ValidityPeriod.NONE, SubmitPdu.Receipt.FINAL, false));
    assertThat(parts).hasSize(3).noneMatch(Taken::udhi);
    assertThat(parts).extracting(part -> part.tlv(SAR_TOTAL)[0]).containsOnly((byte) 3);
    assertThat(parts)
        .extracting(part -> part.tlv(SAR_NUMBER)[0])
        .containsExactly((byte) 1, (byte) 2, (byte) 3);
    assertThat(parts)
        .extracting(part -> ByteBuffer.wrap(part.tlv(SAR_REFERENCE)).getShort())
        .containsOnly(ByteBuffer.wrap(parts.getFirst().tlv(SAR_REFERENCE)).getShort());
    assertThat(parts).extracting(Taken::validity).containsOnly("");
    assertThat(joined(parts)).isEqualTo(LONG);
  }

  @Test
  void a_link_may_want_the_whole_text_in_one() {
    List<Taken> parts =
        sent(
            LONG,
            SmsFormat.parse("gsm7 payload"),
            new Wording(
                Optional.empty(), Wording.ValidityPeriod.ABSOLUTE, SubmitPdu.Receipt.FINAL, true));
    assertThat(parts).hasSize(1);
    Taken one = parts.getFirst();
    assertThat(one.octets()).isEmpty();
    assertThat(SmsText.decode(0, one.tlv(MESSAGE_PAYLOAD))).isEqualTo(LONG);
    assertThat(one.tlv(USER_MESSAGE_REFERENCE)).hasSize(2);
    assertThat(one.validity()).matches("[0-9]{13}00\\+");
  }

  @Test
  void a_device_that_reads_latin_1_gets_it() {
    List<Taken> parts = sent("Señal: ça va?", SmsFormat.parse("latin1 udh-8"), Wording.USUAL);
    assertThat(parts).hasSize(1);
    assertThat(parts.getFirst().dataCoding()).isEqualTo(3);
    assertThat(parts.getFirst().validity()).endsWith("000R");
    assertThat(joined(parts)).isEqualTo("Señal: ça va?");
  }
}
