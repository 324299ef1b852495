package org.wardline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.wardline.gateway.smpp.SmppBind;
import org.wardline.sms.DeliveryState;
import org.wardline.sms.InDoubt;
import org.wardline.sms.LinkStatus;
import org.wardline.sms.Links;
import org.wardline.sms.Links.Want;
import org.wardline.sms.PhoneNumber;
import org.wardline.sms.SmsQueue;
import org.wardline.sms.Urgency;

/** Several links in one gateway, and what people do to them while it runs. */
class LinksTest {
  private final GatewayWorld world = new GatewayWorld();
  private final FakeCarrier second = new FakeCarrier();
  private final Links links = new Links(world.keys);

  @AfterEach
  void stop() throws IOException {
    world.close();
    second.close();
  }

  private LinkSettings first() {
    return world.link().withName("first").withRouting(routing(Set.of(), "+", 10));
  }

  private LinkSettings second(Routing routing) {
    return LinkSettings.of(
            SmppBind.of("127.0.0.1", second.port(), "clinic", GatewayWorld.secret())
                .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(2)))
        .withName("second")
        .withRouting(routing);
  }

  /** Fails over and returns fast, so that tests need not wait. */
  private static Routing routing(Set<String> lines, String prefix, int preference) {
    return new Routing(
        lines,
        List.of(prefix),
        preference,
        BigDecimal.ZERO,
        Duration.ofMillis(300),
        Duration.ofMillis(300));
  }

  private Gateway startBoth(LinkSettings one, LinkSettings other) {
    Gateway gateway = world.start(one, other);
    world.await("both links are bound", () -> gateway.status().bound());
    world.await(
        "that is known",
        () ->
            world.server.inTransaction(LinkStatus::all).stream()
                    .filter(link -> link.route().usable())
                    .count()
                == 2);
    world.await(
        "the server knows the prefixes", () -> world.count("prefix") >= prefixes(one, other));
    return gateway;
  }

  private static long prefixes(LinkSettings one, LinkSettings other) {
    return java.util.stream.Stream.of(one, other)
        .flatMap(link -> link.routing().prefixes().stream())
        .distinct()
        .count();
  }

  private UUID send(String line, String number, String text, Urgency urgency) {
    SmsQueue.OutboundText one = text(line, number, text, urgency, InDoubt.RESEND);
    world.server.run(tx -> world.queue.enqueue(tx, List.of(one)));
    return one.id();
  }

  private static SmsQueue.OutboundText text(
      String line, String number, String text, Urgency urgency, InDoubt inDoubt) {
    return new SmsQueue.OutboundText(
        UUID.randomUUID(),
        line,
        GatewayWorld.SOURCE,
        new PhoneNumber(number),
        text,
        1,
        Instant.now().plus(Duration.ofHours(1)),
        urgency,
        inDoubt,
        org.wardline.sms.SmsFormat.USUAL);
  }

  private LinkStatus status(String link) {
    return world.server.inTransaction(LinkStatus::all).stream()
        .filter(one -> one.link().equals(link))
        .findFirst()
        .orElseThrow();
  }

  private void want(String link, Want want) {
    world.server.run(tx -> links.want(tx, link, want, "test"));
  }

  @Test
  void texts_take_the_link_of_their_line_and_prefix() {
    startBoth(first(), second(routing(Set.of("billing"), "+", 90)));
    UUID main = send("main", GatewayWorld.number(1), "for main", Urgency.REPLY);
    UUID billing = send("billing", GatewayWorld.number(2), "for billing", Urgency.REPLY);
    world.awaitAllFinal(List.of(main, billing));
    assertThat(world.carrier.textsTo(GatewayWorld.number(1))).containsExactly("for main");
    assertThat(second.textsTo(GatewayWorld.number(2))).containsExactly("for billing");
    assertThat(second.log).hasSize(1);
    assertThat(world.carrier.log).hasSize(1);
  }

  @Test
  void a_longer_prefix_takes_the_text() {
    startBoth(first(), second(routing(Set.of(), "+44", 90)));
    UUID home = send("main", GatewayWorld.number(1), "home", Urgency.REPLY);
    UUID abroad = send("main", "+442079460000", "abroad", Urgency.REPLY);
    world.awaitAllFinal(List.of(home, abroad));
    assertThat(second.textsTo("+442079460000")).containsExactly("abroad");
    assertThat(second.log).hasSize(1);
  }

  @Test
  void when_a_link_is_lost_the_other_takes_over_and_gives_back() throws IOException {
    startBoth(first(), second(routing(Set.of(), "+", 90)));
    int port = world.carrier.port();
    world.carrier.close();
    UUID meanwhile = send("main", GatewayWorld.number(1), "by the second", Urgency.REPLY);
    world.awaitFinal(meanwhile);
    assertThat(second.textsTo(GatewayWorld.number(1))).containsExactly("by the second");
    world.await("that is known", () -> !status("first").route().usable());

    try (FakeCarrier back = new FakeCarrier(port)) {
      world.await("the first is counted on again", () -> status("first").route().usable());
      UUID after = send("main", GatewayWorld.number(2), "by the first", Urgency.REPLY);
      world.awaitFinal(after);
      assertThat(back.textsTo(GatewayWorld.number(2))).containsExactly("by the first");
    }
  }

  @Test
  void a_link_that_needs_longer_to_bind_than_failover_after_keeps_its_texts_at_a_start() {
    world.carrier.bindTakes = Duration.ofMillis(1_200); // four times failover-after
    UUID before = send("main", GatewayWorld.number(1), "before the start", Urgency.REPLY);
    var _ = world.start(first(), second(routing(Set.of(), "+", 90)));
    world.await("the second is bound", () -> second.binds.get() > 0);
    UUID during = send("main", GatewayWorld.number(2), "while it binds", Urgency.REPLY);
    world.awaitAllFinal(List.of(before, during));
    assertThat(second.log).isEmpty();
    assertThat(world.carrier.texts())
        .containsExactlyInAnyOrder("before the start", "while it binds");
  }

  @Test
  void a_link_that_cannot_bind_at_a_start_gives_its_texts_to_the_other() {
    world.carrier.bindStatus = 0x0D;
    var _ = world.start(first(), second(routing(Set.of(), "+", 90)));
    UUID text = send("main", GatewayWorld.number(1), "by the second", Urgency.REPLY);
    world.awaitFinal(text);
    assertThat(second.textsTo(GatewayWorld.number(1))).containsExactly("by the second");
  }

  @Test
  void order_to_one_number_is_kept_over_a_failover() {
    startBoth(first(), second(routing(Set.of(), "+", 90)));
    world.carrier.script = taken -> FakeCarrier.Answer.TAKE_AND_STAY_SILENT;
    String number = GatewayWorld.number(1);
    List<UUID> ids = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      ids.add(send("main", number, "text " + i, Urgency.REPLY));
    }
    world.await("the first text is on the wire", () -> world.carrier.log.size() == 1);
    want("first", Want.DRAIN);
    world.awaitAllFinal(ids);
    assertThat(second.textsTo(number))
        .containsExactly("text 0", "text 1", "text 2", "text 3", "text 4");
    assertThat(world.history.get(ids.getFirst()))
        .anyMatch(event -> event.state() == DeliveryState.QUEUED && event.mayBeDuplicate());
  }

  @Test
  void a_paused_link_sends_nothing_and_still_receives() {
    Gateway gateway = startBoth(first(), second(routing(Set.of("billing"), "+", 90)));
    want("first", Want.PAUSE);
    world.await("it says so", () -> status("first").want() == Want.PAUSE);
    UUID waiting = send("main", GatewayWorld.number(1), "waits", Urgency.REPLY);
    UUID other = send("billing", GatewayWorld.number(2), "passes", Urgency.REPLY);
    world.awaitFinal(other);
    var _ =
        world.carrier.deliver(
            "13125550001",
            "15550009999",
            0,
            0,
            "answer".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    world.await("the answer is here", () -> world.inbound.size() == 1);
    assertThat(world.carrier.log).isEmpty();
    assertThat(gateway.status().bound()).isTrue();

    want("first", Want.RUN);
    world.awaitFinal(waiting);
    assertThat(world.carrier.textsTo(GatewayWorld.number(1))).containsExactly("waits");
  }

  @Test
  void a_drained_link_says_that_people_want_it_so_and_comes_back() {
    startBoth(first(), second(routing(Set.of("billing"), "+", 90)));
    want("first", Want.DRAIN);
    world.await("it has stopped", () -> status("first").state().equals("stopped"));
    assertThat(status("first").want()).isEqualTo(Want.DRAIN);
    assertThat(status("second").want()).isEqualTo(Want.RUN);

    want("first", Want.RUN);
    world.await("it is back", () -> bound("first"));
    assertThat(status("first").want()).isEqualTo(Want.RUN);
  }

  @Test
  void a_link_is_added_changed_and_removed_while_the_gateway_runs() {
    world.start(first());
    world.server.run(tx -> links.put(tx, "extra", yaml(second.port(), "[billing]"), "test"));
    world.await("it is bound", () -> bound("extra"));
    UUID billing = send("billing", GatewayWorld.number(2), "by the new one", Urgency.REPLY);
    world.awaitFinal(billing);
    assertThat(second.log).hasSize(1);
    assertThat(status("extra").added()).isTrue();

    world.server.run(tx -> links.put(tx, "extra", yaml(second.port(), "[other]"), "test"));
    world.await(
        "the new settings hold",
        () -> bound("extra") && status("extra").route().lines().contains("other"));
    UUID again = send("billing", GatewayWorld.number(3), "by the first", Urgency.REPLY);
    world.awaitFinal(again);
    assertThat(world.carrier.textsTo(GatewayWorld.number(3))).containsExactly("by the first");

    want("extra", Want.REMOVE);
    world.await("nothing of it is left", () -> world.count("link_wanted") == 0);
    world.await("its session is over", () -> second.sessions() == 0);
    assertThat(world.count("link")).isEqualTo(1);
  }

  private boolean bound(String link) {
    return world.server.inTransaction(LinkStatus::all).stream()
        .anyMatch(one -> one.link().equals(link) && one.state().equals("bound"));
  }

  private static String yaml(int port, String lines) {
    return """
    host: 127.0.0.1
    port: %d
    system-id: clinic
    password: pw
    lines: %s
    """
        .formatted(port, lines);
  }

  @Test
  void settings_that_are_wrong_are_refused_in_words_and_nothing_else_stops() {
    world.start(first());
    world.server.run(tx -> links.put(tx, "extra", "host: a\nwindoww: 5\n", "test"));
    world.await(
        "it says what is wrong",
        () ->
            world.server.inTransaction(LinkStatus::all).stream()
                .anyMatch(
                    one ->
                        one.link().equals("extra")
                            && one.detail().contains("Did you mean \"window\"?")));
    UUID text = send("main", GatewayWorld.number(1), "goes on", Urgency.REPLY);
    world.awaitFinal(text);
  }

  @Test
  void settings_of_an_added_link_are_not_readable_in_the_database() {
    String secret = "very-secret-canary";
    world.server.run(tx -> links.put(tx, "extra", yaml(1, "[x]").replace("pw", secret), "test"));
    String row =
        world.server.inTransaction(
            tx ->
                tx.one(
                    "SELECT encode(sealed, 'escape') || link || changed_by AS row FROM sms.link_wanted",
                    one -> one.string("row")));
    assertThat(row).doesNotContain(secret).doesNotContain("clinic");
  }

  @Test
  void urgent_texts_pass_a_broadcast_and_lines_take_turns() {
    LinkSettings narrow = world.link().withName("first");
    narrow =
        new LinkSettings(
            narrow.name(),
            narrow.bind().withWindowSize(1),
            new Pace(50, 0),
            narrow.routing(),
            narrow.receipts(),
            narrow.wording(),
            narrow.doubt(),
            narrow.reassemblyLimit(),
            narrow.receiptLimit(),
            narrow.retention(),
            narrow.drainLimit());
    List<SmsQueue.OutboundText> broadcast = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      broadcast.add(
          text("main", GatewayWorld.number(i), "to all " + i, Urgency.BROADCAST, InDoubt.RESEND));
    }
    broadcast.add(
        text("billing", GatewayWorld.number(50), "other line", Urgency.BROADCAST, InDoubt.RESEND));
    // To a number that a broadcast waits for too, which then may not keep the reply back.
    SmsQueue.OutboundText reply =
        text("main", GatewayWorld.number(29), "reply", Urgency.REPLY, InDoubt.RESEND);
    SmsQueue.OutboundText crisis =
        text("main", GatewayWorld.number(60), "crisis", Urgency.CRISIS, InDoubt.RESEND);
    world.server.run(tx -> world.queue.enqueue(tx, broadcast));
    world.server.run(tx -> world.queue.enqueue(tx, List.of(reply)));
    world.server.run(tx -> world.queue.enqueue(tx, List.of(crisis)));
    world.start(narrow);
    world.awaitFinal(reply.id());
    world.await("all left", () -> world.carrier.log.size() == 33);
    List<String> order = world.carrier.texts();
    assertThat(order.getFirst()).isEqualTo("crisis");
    assertThat(order.subList(1, 3)).containsExactly("to all 29", "reply");
    assertThat(order.indexOf("other line")).isLessThan(6);
  }

  @Test
  void texts_that_are_kept_back_do_not_keep_back_others() {
    world.carrier.script = taken -> FakeCarrier.Answer.TAKE_AND_STAY_SILENT;
    startBoth(first(), second(routing(Set.of(), "+", 90)));
    List<SmsQueue.OutboundText> same = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      same.add(text("main", GatewayWorld.number(1), "same " + i, Urgency.REPLY, InDoubt.RESEND));
    }
    // The first is on the wire of a link that does not answer; the others wait for it.
    world.server.run(tx -> world.queue.enqueue(tx, same.subList(0, 1)));
    world.await("the first text is on the wire", () -> world.carrier.log.size() == 1);
    want("first", Want.PAUSE);
    world.await("the second has its texts", () -> !status("first").route().usable());
    world.server.run(tx -> world.queue.enqueue(tx, same.subList(1, 200)));
    UUID other = send("main", GatewayWorld.number(2), "other", Urgency.REPLY);
    world.awaitFinal(other);
    assertThat(second.textsTo(GatewayWorld.number(2))).containsExactly("other");
    assertThat(second.textsTo(GatewayWorld.number(1))).isEmpty();
  }

  @Test
  void a_stale_queue_does_not_flood_out_after_a_reconnect() throws IOException {
    LinkSettings paced = world.link().withPace(new Pace(50, 0));
    int port = world.carrier.port();
    world.carrier.close();
    List<SmsQueue.OutboundText> texts = new ArrayList<>();
    Instant soon = Instant.now().plus(Duration.ofSeconds(2));
    for (int i = 0; i < 90; i++) {
      SmsQueue.OutboundText one =
          text("main", GatewayWorld.number(i), "text " + i, Urgency.REMINDER, InDoubt.RESEND);
      boolean stale = i % 3 != 0;
      texts.add(
          stale
              ? new SmsQueue.OutboundText(
                  one.id(),
                  one.line(),
                  one.source(),
                  one.destination(),
                  "stale " + i,
                  1,
                  soon,
                  one.urgency(),
                  one.inDoubt(),
                  one.format())
              : one);
    }
    world.server.run(tx -> world.queue.enqueue(tx, texts));
    world.start(paced);
    world.await("their time is over", () -> Instant.now().isAfter(soon));
    try (FakeCarrier back = new FakeCarrier(port)) {
      world.await("the first left", () -> !back.log.isEmpty());
      long start = System.nanoTime();
      world.awaitAllFinal(texts.stream().map(SmsQueue.OutboundText::id).toList());
      assertThat(back.texts()).hasSize(30).noneMatch(text -> text.startsWith("stale"));
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isGreaterThan(Duration.ofMillis(28 * 20));
    }
  }

  @Test
  void time_runs_out_also_when_every_link_is_drained() {
    world.start(first());
    world.await("bound", () -> bound("first"));
    want("first", Want.DRAIN);
    world.await("drained", () -> status("first").state().equals("stopped"));
    UUID late =
        world.send(GatewayWorld.number(1), "late", Instant.now().plus(Duration.ofMillis(200)));
    world.await("expired", Duration.ofSeconds(40), () -> world.isFinal(late));
    assertThat(world.states(late)).containsExactly("expired");
    assertThat(world.carrier.log).isEmpty();
  }

  @Test
  void a_line_that_asks_a_person_never_sends_again_by_itself() {
    world.carrier.script = taken -> FakeCarrier.Answer.TAKE_AND_STAY_SILENT;
    world.start(world.link(Duration.ofMillis(500)));
    SmsQueue.OutboundText one =
        text("main", GatewayWorld.number(1), "once", Urgency.REPLY, InDoubt.ASK);
    world.server.run(tx -> world.queue.enqueue(tx, List.of(one)));
    world.awaitState(one.id(), DeliveryState.UNKNOWN);
    world.carrier.script = taken -> FakeCarrier.Answer.ACCEPT;
    UUID next = send("main", GatewayWorld.number(1), "next", Urgency.REPLY);
    world.awaitFinal(next);
    assertThat(world.carrier.textsTo(GatewayWorld.number(1))).containsExactly("once", "next");
    assertThat(world.states(one.id())).containsExactly("submitting", "unknown");
    assertThat(world.last(one.id()).detail()).contains("not sent again by themselves");
  }

  @Test
  void texts_of_a_link_that_nobody_runs_any_more_are_not_stuck() {
    world.carrier.script = taken -> FakeCarrier.Answer.TAKE_AND_STAY_SILENT;
    Gateway dead = world.start(first());
    UUID stuck = send("main", GatewayWorld.number(1), "stuck", Urgency.REPLY);
    world.await("it is on the wire", () -> world.carrier.log.size() == 1);
    dead.abandon();
    world.start(second(routing(Set.of(), "+", 10)));
    world.await("it is given up or sent again", Duration.ofSeconds(40), () -> world.isFinal(stuck));
    assertThat(second.textsTo(GatewayWorld.number(1))).containsExactly("stuck");
    assertThat(world.last(stuck).mayBeDuplicate()).isTrue();
  }

  @Test
  void a_text_can_be_sent_by_one_link_on_purpose() {
    startBoth(first(), second(routing(Set.of("billing"), "+44", 90)));
    SmsQueue.OutboundText one =
        text("main", GatewayWorld.number(1), "test", Urgency.REPLY, InDoubt.ASK);
    world.server.run(tx -> world.queue.enqueue(tx, one, "second"));
    world.awaitFinal(one.id());
    assertThat(second.textsTo(GatewayWorld.number(1))).containsExactly("test");
  }
}
