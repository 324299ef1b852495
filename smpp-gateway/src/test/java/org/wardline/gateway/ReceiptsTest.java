package org.wardline.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.wardline.gateway.GatewayWorld.number;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.wardline.gateway.FakeCarrier.Answer;
import org.wardline.jdbc.Db;
import org.wardline.sms.DeliveryState;
import org.wardline.sms.Reasons;

/** What users of gateways complain of: receipts lost, wrong, or forgotten. */
@Timeout(120)
class ReceiptsTest {
  private static final String NO_SEGMENT = "receipt";
  private static final byte[] NO_TLVS = {};

  private final GatewayWorld world = new GatewayWorld();

  @AfterEach
  void end() throws IOException {
    world.close();
  }

  /** A text that the carrier took as m1001 (and on) and says nothing of. */
  private UUID sent(String text) {
    world.carrier.script = taken -> Answer.NO_RECEIPT;
    world.startBound();
    UUID id = world.send(number(1), text);
    world.awaitState(id, DeliveryState.SENT);
    return id;
  }

  private void receipt(String text) {
    receipt(text, NO_TLVS);
  }

  private void receipt(String text, byte[] tlvs) {
    byte[] octets = text.getBytes(StandardCharsets.US_ASCII);
    assertThat(world.carrier.deliver("15550001", "15550002", 4, 0, octets, tlvs).join()).isZero();
    world.take();
  }

  private List<String> details(UUID id) {
    return world.history.getOrDefault(id, List.of()).stream().map(event -> event.detail()).toList();
  }

  private static byte[] idTlv(String id) {
    byte[] value = (id + "\0").getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(4 + value.length)
        .putShort((short) 0x1E)
        .putShort((short) value.length)
        .put(value)
        .array();
  }

  @Test
  void receipts_of_a_long_text_are_folded_into_one_state_in_any_order() {
    world.carrier.script = taken -> Answer.NO_RECEIPT;
    world.startBound();
    Random random = new Random(11);
    for (int round = 0; round < 10; round++) {
      int before = world.carrier.log.size();
      UUID id = world.send(number(round), "x".repeat(600));
      world.awaitState(id, DeliveryState.SENT);
      List<Integer> order =
          new ArrayList<>(IntStream.rangeClosed(before + 1001, before + 1004).boxed().toList());
      Collections.shuffle(order, random);
      List<CompletableFuture<Integer>> answers = new ArrayList<>();
      for (int segment : order) {
        assertThat(world.states(id)).containsExactly("submitting", "sent");
        answers.add(world.carrier.receipt("m" + segment, "DELIVRD"));
        answers.add(world.carrier.receipt("m" + segment, "DELIVRD"));
      }
      answers.forEach(answer -> assertThat(answer.join()).isZero());
      world.awaitFinal(id);
      assertThat(world.states(id)).containsExactly("submitting", "sent", "delivered");
    }
    assertThat(world.gatewayCount(NO_SEGMENT)).isZero();
  }

  @Test
  void the_part_that_failed_is_named_in_the_reason() {
    UUID id = sent("x".repeat(400));
    receipt("id:m1001 stat:DELIVRD err:000");
    receipt("id:m1002 stat:UNDELIV err:006");
    receipt("id:m1003 stat:DELIVRD err:000");
    world.awaitFinal(id);
    assertThat(world.states(id)).containsExactly("submitting", "sent", "failed");
    assertThat(world.last(id).detail())
        .startsWith("Part 2 of 3: The phone was switched off")
        .contains("006");
  }

  @Test
  void a_receipt_before_its_response_is_not_lost() {
    world.carrier.script = taken -> Answer.RECEIPT_FIRST;
    world.carrier.state = "UNDELIV";
    world.startBound();
    UUID brief = world.send(number(1), "hello");
    UUID lengthy = world.send(number(2), "x".repeat(400));
    world.awaitFinal(brief);
    world.awaitFinal(lengthy);
    assertThat(world.states(brief)).containsExactly("submitting", "sent", "failed");
    assertThat(world.states(lengthy)).containsExactly("submitting", "sent", "failed");
    assertThat(world.last(lengthy).detail()).startsWith("Parts 1, 2 and 3 of 3: ");
    assertThat(world.gatewayCount(NO_SEGMENT)).isZero();
  }

  @Test
  void a_receipt_kept_aside_is_matched_by_the_next_run_of_the_gateway() {
    world.carrier.responseId = id -> "%08X".formatted(id + 0xABCD0000L);
    world.carrier.script = taken -> Answer.NO_RECEIPT;
    Gateway killed = world.startBound();
    UUID id = world.send(number(1), "hello");
    world.awaitState(id, DeliveryState.SENT);
    // In decimal: this run does not know that yet, and dies before it has looked a second time.
    receipt("id:" + (1001 + 0xABCD0000L) + " stat:DELIVRD");
    killed.abandon();
    assertThat(world.states(id)).containsExactly("submitting", "sent");
    assertThat(world.gatewayCount(NO_SEGMENT)).isEqualTo(1);
    world.start();
    world.awaitFinal(id);
    assertThat(world.states(id)).containsExactly("submitting", "sent", "delivered");
    assertThat(world.gatewayCount("id_habit WHERE reading = 'DECIMAL_IN_RECEIPTS'")).isEqualTo(1);
    assertThat(world.gatewayCount(NO_SEGMENT)).isZero();
  }

  @Test
  void a_receipt_days_late_still_ends_on_its_text() {
    UUID id = sent("hello");
    LinkSettings link = world.link();
    Instant days = Instant.now().plus(link.receiptLimit()).plus(Duration.ofHours(2));
    Housekeeping housekeeping = new Housekeeping(link, new Db(world.pools.getFirst()));
    assertThat(housekeeping.runOnce(days)).isEqualTo(1);
    world.take();
    assertThat(world.states(id)).containsExactly("submitting", "sent", "unknown");
    receipt("id:m1001 done date:2001020304 stat:DELIVRD err:000");
    world.await("delivered", () -> world.last(id).state() == DeliveryState.DELIVERED);
    assertThat(world.last(id).detail())
        .isEqualTo("Reported late: by the carrier's clock it happened on 2 Jan 2020, 03:04.");
  }

  @Test
  void of_a_long_text_with_some_receipts_only_it_is_said_how_many_came() {
    UUID id = sent("x".repeat(400));
    receipt("id:m1002 stat:DELIVRD");
    LinkSettings link = world.link();
    Instant days = Instant.now().plus(link.receiptLimit()).plus(Duration.ofHours(2));
    Housekeeping housekeeping = new Housekeeping(link, new Db(world.pools.getFirst()));
    assertThat(housekeeping.runOnce(days)).isEqualTo(1);
    world.take();
    assertThat(world.states(id)).containsExactly("submitting", "sent", "unknown");
    assertThat(world.last(id).detail()).contains("1 of its 3 parts");
  }

  @Test
  void the_first_final_receipt_counts_and_one_against_a_delivery_is_told_once() {
    UUID id = sent("hello");
    receipt("id:m1001 stat:DELIVRD err:000");
    receipt("id:m1001 stat:UNDELIV err:006");
    receipt("id:m1001 stat:UNDELIV err:006");
    receipt("id:m1001 stat:DELIVRD err:000");
    world.await("told", () -> world.states(id).size() == 4);
    world.take();
    assertThat(world.states(id)).containsExactly("submitting", "sent", "delivered", "delivered");
    assertThat(details(id).getLast()).contains("then something else").contains("switched off");
  }

  @Test
  void a_delivery_overrules_a_failure_and_a_second_failure_does_not() {
    UUID id = sent("hello");
    receipt("id:m1001 stat:EXPIRED err:000");
    receipt("id:m1001 stat:UNDELIV err:000");
    receipt("id:m1001 stat:DELIVRD err:000");
    world.await("told", () -> world.states(id).size() == 4);
    assertThat(world.states(id)).containsExactly("submitting", "sent", "expired", "delivered");
    assertThat(world.last(id).detail()).isEqualTo(CarrierWords.DELIVERED_AFTER_ALL);
  }

  @Test
  void contradicting_receipts_in_one_batch_end_like_one_after_the_other() {
    UUID id = sent("hello");
    world.asGateway(
        tx -> {
          JournalStore store =
              new JournalStore("carrier", LinkSettings.Receipts.PER_SEGMENT, UUID.randomUUID());
          store.write(tx, batch(List.of(raw("DELIVERED"), raw("EXPIRED")), null));
        });
    world.take();
    assertThat(world.states(id)).containsExactly("submitting", "sent", "delivered", "delivered");
  }

  private static JournalStore.Batch batch(List<Receipt.Raw> receipts, @Nullable Instant look) {
    return new JournalStore.Batch(List.of(), false, List.of(), receipts, List.of(), look);
  }

  private static Receipt.Raw raw(String status) {
    return new Receipt.Raw(
        new org.wardline.gateway.smpp.ReceiptPdu(
            "m1001", org.wardline.gateway.smpp.ReceiptPdu.Status.valueOf(status), ""),
        Instant.now());
  }

  @Test
  void ids_in_text_and_parameter_that_disagree_find_the_text_by_either() {
    UUID first = sent("hello");
    receipt("id:m1001 stat:DELIVRD", idTlv("another-1"));
    world.awaitFinal(first);
    UUID second = world.send(number(2), "hello");
    world.awaitState(second, DeliveryState.SENT);
    receipt("id:another-2 stat:DELIVRD", idTlv("M1002"));
    world.awaitFinal(second);
    assertThat(world.gatewayCount(NO_SEGMENT)).isZero();
  }

  @Test
  void an_id_with_something_around_it_is_recognised() {
    world.carrier.responseId = id -> "0a1b2c3d-0000-4000-8000-00000000" + id;
    UUID id = sent("hello");
    receipt("id:0A1B2C3D00004000800000000000 stat:DELIVRD");
    receipt("id:0A1B2C3D000040008000000000001001 stat:DELIVRD");
    world.awaitFinal(id);
    UUID other = world.send(number(2), "hello");
    world.awaitState(other, DeliveryState.SENT);
    receipt("id:smsc2:0a1b2c3d-0000-4000-8000-000000001002 stat:UNDELIV");
    world.awaitFinal(other);
    assertThat(world.states(other)).endsWith("sent", "failed");
    assertThat(world.gatewayCount(NO_SEGMENT)).isEqualTo(1);
  }

  @Test
  void a_short_id_is_not_read_another_way_once_the_link_is_known() {
    world.carrier.responseId = id -> Long.toString(id - 990);
    world.carrier.receiptId = id -> Long.toString(id - 990);
    world.startBound();
    for (int i = 0; i < 4; i++) {
      world.awaitFinal(world.send(number(i), "known"));
    }
    world.carrier.script = taken -> Answer.NO_RECEIPT;
    UUID fifteen = world.send(number(9), "fifteen");
    world.awaitState(fifteen, DeliveryState.SENT);
    // Decimal 21 is hexadecimal 15; the answer of the text with the id 21 was lost.
    receipt("id:21 stat:UNDELIV");
    world.asGateway(
        tx ->
            new JournalStore("carrier", LinkSettings.Receipts.PER_SEGMENT, UUID.randomUUID())
                .write(tx, batch(List.of(), Instant.now().plusSeconds(60))));
    world.take();
    assertThat(world.states(fifteen)).containsExactly("submitting", "sent");
    assertThat(world.gatewayCount(NO_SEGMENT + " WHERE looks > 0")).isEqualTo(1);
  }

  @Test
  void an_error_code_is_told_in_the_links_own_words() {
    UUID id = sent("hello");
    world.server.run(tx -> Reasons.put(tx, "carrier", "0042", "This carrier blocks short codes."));
    receipt("id:m1001 stat:REJECTD err:042");
    world.awaitFinal(id);
    assertThat(world.last(id).detail())
        .isEqualTo("This carrier blocks short codes (carrier's code 042).");
  }

  @Test
  void news_on_the_way_is_told_once_and_changes_nothing() {
    UUID id = sent("hello");
    receipt("id:m1001 stat:ENROUTE err:000");
    receipt("id:m1001 stat:ENROUTE err:027");
    receipt("id:m1001 stat:ENROUTE err:027");
    world.await("told", () -> world.states(id).size() == 3);
    receipt("id:m1001 stat:DELIVRD err:000");
    receipt("id:m1001 stat:ENROUTE err:027");
    world.awaitFinal(id);
    assertThat(world.states(id)).containsExactly("submitting", "sent", "sent", "delivered");
    assertThat(details(id).get(2))
        .startsWith("The carrier is still trying. The phone was switched");
  }

  @Test
  void overdue_segments_are_taken_in_batches_with_the_carriers_own_id() {
    world.carrier.responseId = id -> "00M" + id;
    sent("x".repeat(400));
    receipt("id:m1002 stat:DELIVRD");
    Instant now = Instant.now().plus(Duration.ofHours(1));
    world.asGateway(
        tx -> {
          assertThat(overdue(tx, now.minus(Duration.ofMinutes(59)), 10)).isEmpty();
          assertThat(overdue(tx, now, 1)).extracting(Overdue::smscId).containsExactly("00M1001");
          assertThat(overdue(tx, now, 10)).extracting(Overdue::smscId).containsExactly("00M1003");
          assertThat(overdue(tx, now, 10)).isEmpty();
          assertThat(overdue(tx, now.plus(Duration.ofHours(1)), 10)).hasSize(2);
        });
  }

  private static List<Overdue> overdue(org.wardline.jdbc.Tx tx, Instant now, int limit) {
    return Overdue.take(
        tx,
        "carrier",
        now,
        Duration.ofMinutes(30),
        Duration.ofDays(3),
        Duration.ofMinutes(30),
        limit);
  }
}
