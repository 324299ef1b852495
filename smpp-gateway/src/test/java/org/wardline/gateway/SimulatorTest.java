package org.wardline.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.wardline.gateway.GatewayWorld.number;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardline.config.Secret;
import org.wardline.gateway.smpp.SmppBind;
import org.wardline.sms.SmsEncoding;
import org.wardline.sms.SmsFormat;
import org.wardline.sms.SmsText;
import org.wardline.smsc.CarriedText;
import org.wardline.smsc.ReceiptFormat;
import org.wardline.smsc.SmscOptions;
import org.wardline.smsc.SmscSimulator;

/** The gateway against the simulator that the quick start ships. */
@Timeout(120)
class SimulatorTest {
  private final GatewayWorld world = new GatewayWorld();

  @AfterEach
  void end() throws IOException {
    world.close();
  }

  private static LinkSettings linkTo(SmscSimulator simulator, int window) {
    return LinkSettings.of(
        SmppBind.of(
                "127.0.0.1", simulator.port(), SmscOptions.DEFAULT_SYSTEM_ID, Secret.of("secret"))
            .withWindowSize(window));
  }

  private void bindTo(SmscSimulator simulator, int window) {
    bindTo(linkTo(simulator, window));
  }

  private void bindTo(LinkSettings link) {
    Gateway gateway = world.start(link);
    world.await("bound", () -> gateway.status().bound());
  }

  @ParameterizedTest
  @EnumSource(ReceiptFormat.class)
  void receipts_in_every_format_end_on_their_text(ReceiptFormat format) {
    try (SmscSimulator simulator =
        SmscSimulator.start(SmscOptions.forTests().withReceiptFormat(format))) {
      bindTo(simulator, GatewayWorld.WINDOW);
      List<UUID> ids = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        ids.add(world.send(number(i), i % 4 == 0 ? "long 日本 ".repeat(20) + i : "short " + i));
      }
      world.awaitAllFinal(ids);
      assertThat(ids)
          .allSatisfy(
              id ->
                  assertThat(world.states(id)).containsExactly("submitting", "sent", "delivered"));
      assertThat(simulator.messagesTo(number(0)).stream().map(CarriedText::text))
          .containsExactly("long 日本 ".repeat(20) + 0);
    }
  }

  private record Answer(String format, SmsEncoding encoding, String sentence) {}

  @Test
  void a_long_answer_is_read_in_every_format() throws Exception {
    List<Answer> answers =
        List.of(
            new Answer("gsm7 udh-8", SmsEncoding.GSM7, "Hello {there} €5."),
            new Answer("gsm7 udh-16", SmsEncoding.GSM7, "Hello {there} €5."),
            new Answer("gsm7 sar", SmsEncoding.GSM7, "Hello {there} €5."),
            new Answer("gsm7 payload", SmsEncoding.GSM7, "Hello {there} €5."),
            new Answer("gsm7 udh-16", SmsEncoding.UCS2, "Ждём вас завтра 😀."),
            new Answer("gsm7 sar", SmsEncoding.UCS2, "Ждём вас завтра 😀."),
            new Answer("gsm7 payload", SmsEncoding.UCS2, "Ждём вас завтра 😀."),
            new Answer("latin1 udh-8", SmsEncoding.LATIN1, "São João às três."),
            new Answer("gsm7 udh-8 turkish", SmsEncoding.GSM7, "Yarın saat dokuzda görüşürüz."),
            new Answer("gsm7 udh-16 portuguese", SmsEncoding.GSM7, "São João às três."),
            new Answer("gsm7 udh-8 hindi", SmsEncoding.GSM7, "कल सुबह नौ बजे आइए।"),
            new Answer("gsm7 udh-8 urdu", SmsEncoding.GSM7, "کل صبح نو بجے ملتے ہیں۔"));
    try (SmscSimulator simulator = SmscSimulator.start(SmscOptions.forTests())) {
      bindTo(simulator, GatewayWorld.WINDOW);
      for (Answer answer : answers) {
        SmsText text = SmsText.of(answer.sentence().repeat(20), SmsFormat.parse(answer.format()));
        assertThat(text.encoding()).as(answer.format()).isEqualTo(answer.encoding());
        assertThat(text.segments()).as(answer.format()).isGreaterThan(2);
        int before = world.inbound.size();
        simulator
            .sendParts(number(1), "+15550009999", text.split(0x1234).reversed())
            .get(10, TimeUnit.SECONDS);
        world.await("handed on", () -> world.inbound.size() > before);
        assertThat(world.inbound.getLast().text()).as(answer.format()).isEqualTo(text.text());
      }
      assertThat(world.inbound).hasSize(answers.size());
    }
  }

  @Test
  void one_receipt_for_a_long_text_settles_it_where_the_carrier_sends_no_more() {
    try (SmscSimulator simulator =
        SmscSimulator.start(SmscOptions.forTests().withReceiptPerSegment(false))) {
      simulator.undeliverable(number(2), true);
      bindTo(linkTo(simulator, GatewayWorld.WINDOW).withReceipts(LinkSettings.Receipts.PER_TEXT));
      UUID arrives = world.send(number(1), "long 日本 ".repeat(20));
      UUID fails = world.send(number(2), "long 日本 ".repeat(20));
      world.awaitAllFinal(List.of(arrives, fails));
      assertThat(world.states(arrives)).containsExactly("submitting", "sent", "delivered");
      assertThat(world.states(fails)).containsExactly("submitting", "sent", "failed");
      assertThat(world.gatewayCount("segment WHERE reported IS NULL")).isZero();
    }
  }

  @Test
  void a_connection_cut_after_every_fortieth_text_loses_none_and_marks_what_came_twice() {
    try (SmscSimulator simulator =
        SmscSimulator.start(SmscOptions.forTests().withDisconnectEvery(40))) {
      // Smaller than the distance between two cuts, so that every session gets answers.
      bindTo(simulator, 10);
      List<UUID> ids = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        ids.add(world.send(number(i), "cut " + i));
      }
      world.await("all final", Duration.ofSeconds(60), () -> ids.stream().allMatch(world::isFinal));
      for (int i = 0; i < ids.size(); i++) {
        List<CarriedText> arrived = simulator.messagesTo(number(i));
        assertThat(arrived).hasSizeBetween(1, 2);
        if (arrived.size() == 2) {
          assertThat(world.last(ids.get(i)).mayBeDuplicate()).isTrue();
        }
      }
    }
  }

  @Test
  void a_patient_s_long_answer_arrives_whole() {
    try (SmscSimulator simulator = SmscSimulator.start(SmscOptions.forTests())) {
      bindTo(simulator, GatewayWorld.WINDOW);
      String answer = "はい、明日行きます。".repeat(12);
      simulator.sendFromPatient(number(1), GatewayWorld.SOURCE, answer).join();
      world.await("the answer", () -> !world.inbound.isEmpty());
      assertThat(world.inbound.getFirst().text()).isEqualTo(answer);
      assertThat(world.inbound.getFirst().complete()).isTrue();
    }
  }
}
