package org.wardline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.wardline.gateway.smpp.InboundPdu;
import org.wardline.sms.KeptOctets;
import org.wardline.sms.SmsText;

@Timeout(120)
class InboundTest {
  private static final String LINE = "15550009999";
  private static final String LONG = "日本語のテキスト".repeat(20);
  private static final int UDHI = 0x40;

  private final GatewayWorld world = new GatewayWorld();

  @BeforeEach
  void begin() {
    world.startBound();
  }

  @AfterEach
  void end() throws IOException {
    world.close();
  }

  private CompletableFuture<Integer> part(String from, SmsText.Segment segment) {
    return world.carrier.deliver(from, LINE, UDHI, segment.dataCoding(), segment.octets());
  }

  private void awaitInbound(int count) {
    world.await(count + " texts are handed on", () -> world.inbound.size() >= count);
    assertThat(world.inbound).hasSize(count);
  }

  @Test
  void a_text_is_stored_before_the_carrier_hears_ok() {
    byte[] hello = "Running late".getBytes(StandardCharsets.US_ASCII);
    assertThat(world.carrier.deliver("13125550001", LINE, 0, 0, hello).join()).isZero();
    world.take();
    assertThat(world.inbound).hasSize(1);
    assertThat(world.inbound.getFirst().text()).isEqualTo("Running late");
    assertThat(world.inbound.getFirst().source()).endsWith("13125550001");
    assertThat(world.inbound.getFirst().complete()).isTrue();
  }

  @Test
  void a_text_whose_commit_fails_is_asked_for_again() {
    byte[] hello = "Running late".getBytes(StandardCharsets.US_ASCII);
    world.failCommitsThatTouch("INSERT ON sms.inbound");
    assertThat(world.carrier.deliver("13125550001", LINE, 0, 0, hello).join()).isNotZero();
    world.letCommitsPass();
    world.await(
        "it is taken at last",
        () -> world.carrier.deliver("13125550001", LINE, 0, 0, hello).join() == 0);
    awaitInbound(1);
  }

  @Test
  void parts_out_of_order_twice_and_mixed_with_another_sender_become_whole_texts() {
    List<SmsText.Segment> one = SmsText.of(LONG).split(7);
    List<SmsText.Segment> two = SmsText.of(LONG + "!").split(7);
    List<CompletableFuture<Integer>> answers = new ArrayList<>();
    for (int i = one.size() - 1; i >= 0; i--) {
      answers.add(part("13125550001", one.get(i)));
      answers.add(part("13125550002", two.get(i)));
      answers.add(part("13125550001", one.get(i)));
    }
    answers.forEach(answer -> assertThat(answer.join()).isZero());
    awaitInbound(2);
    assertThat(world.inbound.stream().map(in -> in.text()))
        .containsExactlyInAnyOrder(LONG, LONG + "!");
    // The last part once more, after the text was put together.
    assertThat(part("13125550001", one.getFirst()).join()).isZero();
    world.take();
    assertThat(world.inbound).hasSize(2);
    assertThat(world.gatewayCount("inbound_part WHERE sealed IS NOT NULL")).isZero();
  }

  @Test
  void the_same_reference_used_for_the_next_text_does_not_mix_them() {
    List<SmsText.Segment> first = SmsText.of(LONG).split(7);
    List<SmsText.Segment> second = SmsText.of(LONG.replace('日', '本')).split(7);
    first.forEach(segment -> part("13125550001", segment).join());
    second.forEach(segment -> part("13125550001", segment).join());
    awaitInbound(2);
    assertThat(world.inbound.stream().map(in -> in.text()))
        .containsExactly(LONG, LONG.replace('日', '本'));
  }

  @Test
  void a_text_with_a_missing_part_is_handed_on_with_the_gap_marked() throws IOException {
    world.close();
    GatewayWorld quick = new GatewayWorld();
    try {
      Gateway gateway = quick.start(quick.link().withReassemblyLimit(Duration.ofMillis(300)));
      quick.await("bound", () -> gateway.status().bound());
      List<SmsText.Segment> parts = SmsText.of(LONG).split(9);
      quick.carrier.deliver("13125550001", LINE, UDHI, 8, parts.get(0).octets()).join();
      quick.carrier.deliver("13125550001", LINE, UDHI, 8, parts.get(2).octets()).join();
      quick.await("it is released", () -> !quick.inbound.isEmpty());
      assertThat(quick.inbound).hasSize(1);
      assertThat(quick.inbound.getFirst().complete()).isFalse();
      assertThat(quick.inbound.getFirst().text())
          .startsWith(LONG.substring(0, 67) + "[part 2 of 3 missing]");
    } finally {
      quick.close();
    }
  }

  @Test
  void a_surrogate_pair_cut_by_the_phone_is_whole_again() {
    byte[] utf16 = "ab😀cd".getBytes(StandardCharsets.UTF_16BE);
    byte[] left = {5, 0, 3, 1, 2, 1, utf16[0], utf16[1], utf16[2], utf16[3], utf16[4], utf16[5]};
    byte[] right = {5, 0, 3, 1, 2, 2, utf16[6], utf16[7], utf16[8], utf16[9], utf16[10], utf16[11]};
    world.carrier.deliver("13125550001", LINE, UDHI, 8, right).join();
    world.carrier.deliver("13125550001", LINE, UDHI, 8, left).join();
    awaitInbound(1);
    assertThat(world.inbound.getFirst().text()).isEqualTo("ab😀cd");
  }

  @Test
  void parts_with_a_sixteen_bit_reference_become_one_text() {
    byte[] first = "See you ".getBytes(StandardCharsets.US_ASCII);
    byte[] second = "tomorrow".getBytes(StandardCharsets.US_ASCII);
    world.carrier.deliver("13125550001", LINE, UDHI, 0, wide(0x1207, 2, second)).join();
    // The low octet of the reference alone is another text's.
    world.carrier.deliver("13125550001", LINE, UDHI, 0, wide(0x3407, 1, second)).join();
    world.carrier.deliver("13125550001", LINE, UDHI, 0, wide(0x1207, 1, first)).join();
    awaitInbound(1);
    assertThat(world.inbound.getFirst().text()).isEqualTo("See you tomorrow");
  }

  /** GSM 03.40 §9.2.3.24.8, part of two. */
  private static byte[] wide(int reference, int number, byte[] body) {
    return ByteBuffer.allocate(7 + body.length)
        .put(new byte[] {6, 8, 4})
        .putShort((short) reference)
        .put((byte) 2)
        .put((byte) number)
        .put(body)
        .array();
  }

  @Test
  void parts_numbered_by_sar_parameters_become_one_text() {
    byte[] first = "See you ".getBytes(StandardCharsets.US_ASCII);
    byte[] second = "tomorrow".getBytes(StandardCharsets.US_ASCII);
    assertThat(world.carrier.deliver("13125550001", LINE, 0, 0, second, sar(0x1207, 2)).join())
        .isZero();
    assertThat(world.carrier.deliver("13125550001", LINE, 0, 0, first, sar(0x1207, 1)).join())
        .isZero();
    awaitInbound(1);
    assertThat(world.inbound.getFirst().text()).isEqualTo("See you tomorrow");
    assertThat(world.inbound.getFirst().complete()).isTrue();
  }

  /** SMPP 3.4 §5.3.2.22 to §5.3.2.24, part of two. */
  private static byte[] sar(int reference, int number) {
    return ByteBuffer.allocate(16)
        .putShort((short) 0x020C)
        .putShort((short) 2)
        .putShort((short) reference)
        .putShort((short) 0x020E)
        .putShort((short) 1)
        .put((byte) 2)
        .putShort((short) 0x020F)
        .putShort((short) 1)
        .put((byte) number)
        .array();
  }

  @Test
  void unknown_codings_and_broken_headers_are_kept_as_safe_text() {
    assertThat(world.carrier.deliver("13125550001", LINE, 0, 4, new byte[] {0, 1, 2, 3}).join())
        .isZero();
    assertThat(
            world
                .carrier
                .deliver("13125550001", LINE, UDHI, 0, new byte[] {(byte) 200, 1, 2, 3})
                .join())
        .isZero();
    assertThat(world.carrier.deliver("", LINE, 0, 3, new byte[] {0, 'x'}).join()).isZero();
    awaitInbound(3);
    assertThat(world.inbound.getFirst().text()).contains("binary");
    assertThat(world.inbound.get(2).text()).doesNotContain("\0").endsWith("x");
  }

  @Test
  void while_the_database_is_away_the_carrier_is_asked_to_deliver_later() {
    PostgresFixture.shared().stop();
    byte[] hello = "hello".getBytes(StandardCharsets.US_ASCII);
    int status = world.carrier.deliver("13125550001", LINE, 0, 0, hello).join();
    // Before anything can fail: other tests need the database too.
    PostgresFixture.shared().start();
    assertThat(status).isNotZero();
    world.await(
        "it is taken once the database is back",
        () -> world.carrier.deliver("13125550001", LINE, 0, 0, hello).join() == 0);
    awaitInbound(1);
  }

  @Test
  void a_part_that_comes_after_its_text_was_handed_on_says_where_it_belongs() throws IOException {
    world.close();
    GatewayWorld quick = new GatewayWorld();
    try (quick) {
      InboundStore store = new InboundStore(quick.queue, quick.keys, Duration.ofMinutes(10));
      Instant begin = Instant.now();
      List<SmsText.Segment> parts = SmsText.of(LONG).split(9);
      quick.asGateway(
          tx -> {
            store.store(tx, List.of(arrival(parts.get(0), begin)), begin);
            store.store(tx, List.of(arrival(parts.get(2), begin)), begin);
            store.release(tx, begin.plus(Duration.ofMinutes(11)));
            Instant late = begin.plus(Duration.ofMinutes(40));
            store.release(tx, late);
            store.store(tx, List.of(arrival(parts.get(1), late)), late);
            // It might be the first of a new text with the same reference.
            store.release(tx, late.plus(Duration.ofMinutes(1)));
          });
      quick.take();
      assertThat(quick.inbound).hasSize(1);
      assertThat(quick.inbound.getFirst().text()).contains("[part 2 of 3 missing]");
      quick.asGateway(tx -> store.release(tx, begin.plus(Duration.ofMinutes(55))));
      quick.take();
      assertThat(quick.inbound).hasSize(2);
      assertThat(quick.inbound.getLast().complete()).isFalse();
      assertThat(quick.inbound.getLast().text())
          .isEqualTo(
              "[part 2 of 3 of an earlier text, which was shown without it] "
                  + LONG.substring(67, 134));
    }
  }

  private static Arrival arrival(SmsText.Segment part, Instant at) {
    return Arrival.of(
        new InboundPdu(
            "13125550001",
            LINE,
            UDHI,
            part.dataCoding(),
            part.octets(),
            true,
            Optional.empty(),
            "",
            new InboundPdu.Origin(UUID.randomUUID(), () -> true)),
        at);
  }

  @Test
  void parts_whose_header_the_carrier_forgot_to_announce_become_one_text() {
    for (SmsText.Segment segment : SmsText.of(LONG).split(9)) {
      world.carrier.deliver("13125550001", LINE, 0, 8, segment.octets()).join();
    }
    awaitInbound(1);
    assertThat(world.inbound.getFirst().text()).isEqualTo(LONG);
  }

  @Test
  void octets_that_are_no_text_can_be_had_again() {
    byte[] header = {6, 5, 4, 0x0B, (byte) 0x84, 0x23, (byte) 0xF0};
    byte[] body = new byte[120];
    java.util.Arrays.fill(body, (byte) 0x81);
    byte[] octets = ByteBuffer.allocate(127).put(header).put(body).array();
    assertThat(world.carrier.deliver("13125550001", LINE, UDHI, 4, octets).join()).isZero();
    awaitInbound(1);
    UUID id = world.inbound.getFirst().id();
    assertThat(world.inbound.getFirst().text()).startsWith("[notice of a picture message");
    List<KeptOctets.Part> kept =
        world.server.inTransaction(tx -> KeptOctets.find(tx, world.keys, id));
    assertThat(kept)
        .singleElement()
        .satisfies(
            part -> {
              assertThat(part.dataCoding()).isEqualTo(4);
              assertThat(part.header()).isEqualTo(header);
              assertThat(part.body()).isEqualTo(body);
            });
    assertThat(world.carrier.deliver("13125550001", LINE, 0, 0, new byte[] {'H', 'i'}).join())
        .isZero();
    awaitInbound(2);
    assertThat(world.gatewayCount("inbound_octets")).isEqualTo(1);
  }
}
