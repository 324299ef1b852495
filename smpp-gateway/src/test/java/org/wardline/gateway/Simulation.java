package org.wardline.gateway;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.wardline.config.Secret;
import org.wardline.gateway.SimulatedCarrier.Pending;
import org.wardline.gateway.SimulatedCarrier.Receipt;
import org.wardline.gateway.smpp.InboundAnswer;
import org.wardline.gateway.smpp.SmppBind;
import org.wardline.gateway.smpp.SubmitPdu;
import org.wardline.gateway.smpp.SubmitResult;
import org.wardline.jdbc.Db;
import org.wardline.jdbc.DbException;
import org.wardline.sms.DeliveryState;
import org.wardline.sms.InDoubt;
import org.wardline.sms.Links.Want;
import org.wardline.sms.PhoneNumber;
import org.wardline.sms.SmsFormat;
import org.wardline.sms.SmsQueue;
import org.wardline.sms.SmsText;
import org.wardline.sms.Urgency;

/**
 * One seed: a queue, one or two links, carriers, clocks and everything that can go wrong between
 * them, one step after the other in an order the seed gives. See docs/simulation.md.
 */
final class Simulation {
  /** What may go wrong; each seed draws about half of it, so that rare company is frequent. */
  enum Trouble {
    THROTTLE,
    TEMPORARY_REFUSAL,
    REFUSAL,
    DROP,
    LOST_ANSWER,
    DUPLICATE_RECEIPT,
    EARLY_RECEIPT,
    CRASH,
    STOP,
    CLOCK_JUMP,
    COMMIT_LOST,
    COMMIT_UNKNOWN,
    STATEMENT_LOST,
    DATABASE_AWAY,
    WITHDRAWAL,
    PAUSE,
    SECOND_LINK,
    SECOND_GATEWAY,
    PACE,
    DECIMAL_RECEIPTS,
    ONE_RECEIPT_PER_TEXT,
    LOST_RECEIPTS,
    HOUSEKEEPING,
    LATE_ANSWER,
    QUERIES
  }

  private static final List<Urgency> URGENCIES = List.of(Urgency.values());
  private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
  private static final Duration RECEIPT_LIMIT = Duration.ofDays(3);
  private static final Duration RETENTION = Duration.ofDays(7);
  private static final Duration LATE_ANSWER_LIMIT = Duration.ofSeconds(10);
  private static final Duration RESEND_AFTER = Duration.ofSeconds(2);
  private static final Duration QUERY_AFTER = Duration.ofSeconds(30);
  private static final int MIN_STEPS = 150;
  private static final int MORE_STEPS = 350;
  private static final int MAX_QUIET_ROUNDS = 400;
  private static final int CHARS_OF_A_PART = 150;

  private record Choice(int weight, Runnable action) {}

  /** A receipt on its way through the gateway. */
  private record Underway(
      SimulatedGateway.Link link, Receipt receipt, CompletableFuture<InboundAnswer> answer) {}

  private final Random random;
  private final Baton baton = new Baton(START);
  private final FaultyDatabase database;
  private final Db server;
  private final SmsQueue queue;
  private final GatewayMetrics metrics;
  private final SimulationChecks checks;
  private final Set<Trouble> troubles = EnumSet.noneOf(Trouble.class);
  private final List<LinkSettings> settings = new ArrayList<>();
  private final Map<String, SimulatedCarrier> carriers = new LinkedHashMap<>();
  private final Map<String, List<Receipt>> acknowledged = new LinkedHashMap<>();
  private final List<SimulatedText> texts = new ArrayList<>();
  private final Map<UUID, SimulatedText> byId = new LinkedHashMap<>();
  private final List<Underway> underway = new ArrayList<>();
  private final int numbers;
  private final int wantedTexts;
  private final Trace trace;
  private final List<SimulatedGateway> gateways = new ArrayList<>();

  /** The latest the clock has ever said. */
  private Instant latest = START;

  private boolean quiet;
  private @Nullable Violation violation;
  private boolean withdrawing;

  Simulation(SimulationGround ground, long seed) {
    random = new Random(seed * 0x9E3779B97F4A7C15L);
    database = ground.database();
    database.away(false);
    database.clearPlan();
    server = ground.server();
    queue = ground.queue();
    metrics = ground.metrics();
    checks = new SimulationChecks(ground.owner(), baton);
    SimulationChecks.empty(ground.owner());
    trace = new Trace(baton);
    for (Trouble trouble : Trouble.values()) {
      boolean rare =
          trouble == Trouble.DECIMAL_RECEIPTS
              || trouble == Trouble.ONE_RECEIPT_PER_TEXT
              || trouble == Trouble.LOST_RECEIPTS
              || trouble == Trouble.PACE;
      if (random.nextInt(rare ? 5 : 2) == 0) {
        troubles.add(trouble);
      }
    }
    if (has(Trouble.DECIMAL_RECEIPTS)) {
      // Which way a carrier writes its ids is learned from receipts of the last ten minutes.
      troubles.remove(Trouble.CLOCK_JUMP);
    }
    numbers = 1 + random.nextInt(4);
    wantedTexts = 8 + random.nextInt(25);
    addLink("a", 1);
    if (has(Trouble.SECOND_LINK)) {
      addLink("b", 2);
    }
    trace.add("troubles " + troubles + ", " + wantedTexts + " texts to " + numbers + " numbers");
  }

  private boolean has(Trouble trouble) {
    return troubles.contains(trouble);
  }

  private void addLink(String name, int preference) {
    SmppBind bind =
        SmppBind.of("127.0.0.1", 2775, "simulated", Secret.of("simulated"))
            .withWindowSize(1 + random.nextInt(5));
    Pace pace = has(Trouble.PACE) ? new Pace(50, 2) : Pace.UNLIMITED;
    Routing routing =
        new Routing(
            Set.of(),
            List.of("+"),
            preference,
            BigDecimal.ONE,
            Duration.ofSeconds(2),
            Duration.ofSeconds(3));
    settings.add(
        new LinkSettings(
            name,
            bind,
            pace,
            routing,
            has(Trouble.ONE_RECEIPT_PER_TEXT)
                ? LinkSettings.Receipts.PER_TEXT
                : LinkSettings.Receipts.PER_SEGMENT,
            random.nextBoolean() ? Wording.USUAL : WITHOUT_VALIDITY,
            new LinkSettings.Doubt(
                LATE_ANSWER_LIMIT,
                has(Trouble.QUERIES) ? QUERY_AFTER : Duration.ZERO,
                // Without a draw of its own, or every seed would be another one.
                has(Trouble.QUERIES) ? RESEND_AFTER : Duration.ZERO),
            Duration.ofMinutes(10),
            RECEIPT_LIMIT,
            RETENTION,
            Duration.ofSeconds(10)));
    carriers.put(
        name,
        new SimulatedCarrier(
            name,
            new SimulatedCarrier.Manners(
                has(Trouble.DECIMAL_RECEIPTS),
                has(Trouble.ONE_RECEIPT_PER_TEXT),
                has(Trouble.LOST_RECEIPTS)),
            random,
            texts::get,
            baton));
    acknowledged.put(name, new ArrayList<>());
  }

  Trace trace() {
    return trace;
  }

  /** Throws a {@link Violation}, or whatever else broke. */
  void run() {
    try {
      int steps = MIN_STEPS + random.nextInt(MORE_STEPS);
      for (int i = 0; i < steps; i++) {
        step();
        verify();
      }
      settleDown();
    } finally {
      gateways.forEach(SimulatedGateway::crash);
    }
  }

  private void verify() {
    Violation seen = violation;
    if (seen != null) {
      throw seen;
    }
  }

  // --- one step ---------------------------------------------------------------------------------

  private void step() {
    List<Choice> choices = new ArrayList<>();
    if (texts.size() < wantedTexts) {
      choices.add(new Choice(12, this::enqueue));
    }
    choices.add(new Choice(8, this::takeEvents));
    choices.add(new Choice(10, this::pass));
    add(choices, Trouble.WITHDRAWAL, 3, this::withdraw);
    add(choices, Trouble.CLOCK_JUMP, 2, this::jump);
    add(choices, Trouble.DATABASE_AWAY, database.isAway() ? 20 : 1, this::databaseAway);
    List<Baton.Task> runnable = baton.runnable();
    if (!runnable.isEmpty()) {
      choices.add(new Choice(40, () -> run(runnable.get(random.nextInt(runnable.size())))));
    }
    if (gateways.isEmpty()) {
      choices.add(new Choice(20, this::start));
    } else if (gateways.size() == 1) {
      add(choices, Trouble.SECOND_GATEWAY, 3, this::start);
    }
    gateways.forEach(one -> gatewaySteps(choices, one));
    int total = choices.stream().mapToInt(Choice::weight).sum();
    int drawn = random.nextInt(total);
    for (Choice choice : choices) {
      drawn -= choice.weight();
      if (drawn < 0) {
        choice.action().run();
        return;
      }
    }
  }

  private void add(List<Choice> choices, Trouble trouble, int weight, Runnable action) {
    if (has(trouble)) {
      choices.add(new Choice(weight, action));
    }
  }

  private void gatewaySteps(List<Choice> choices, SimulatedGateway now) {
    add(choices, Trouble.CRASH, 1, () -> crash(now));
    add(choices, Trouble.STOP, now.stopping ? now.isIdle() ? 30 : 4 : 1, () -> stop(now));
    for (SimulatedGateway.Link link : now.links) {
      choices.add(new Choice(18, () -> claim(link)));
      choices.add(new Choice(18, () -> write(link)));
      choices.add(new Choice(3, () -> leftovers(link)));
      add(choices, Trouble.HOUSEKEEPING, 1, () -> housekeeping(link));
      add(choices, Trouble.PAUSE, link.outbound.want() == Want.PAUSE ? 6 : 1, () -> pause(link));
      if (!link.isBound()) {
        choices.add(new Choice(15, () -> bind(link)));
        continue;
      }
      if (link.outbound.claims().holding() == Claims.Holding.ANOTHERS) {
        choices.add(new Choice(15, () -> drop(link)));
      }
      add(choices, Trouble.DROP, 2, () -> drop(link));
      SimulatedCarrier carrier = link.carrier;
      if (!carrier.receipts.isEmpty()) {
        choices.add(new Choice(15, () -> deliver(link)));
      }
      add(choices, Trouble.QUERIES, 3, () -> ask(link));
      List<Pending> late = carrier.lateOf(link);
      if (!late.isEmpty()) {
        Pending one = late.get(random.nextInt(late.size()));
        add(
            choices,
            Trouble.LATE_ANSWER,
            15,
            () -> say(carrier, "answers late", one, () -> carrier.answerLate(one)));
      }
      List<Pending> pending = carrier.pendingOf(link);
      if (!pending.isEmpty()) {
        Pending one = pending.get(random.nextInt(pending.size()));
        answers(choices, carrier, one);
      }
    }
  }

  private void answers(List<Choice> choices, SimulatedCarrier carrier, Pending one) {
    choices.add(new Choice(30, () -> say(carrier, "takes", one, () -> carrier.accept(one))));
    add(
        choices,
        Trouble.LOST_ANSWER,
        3,
        () -> say(carrier, "never answers", one, () -> carrier.loseAnswer(one)));
    if (one.isTaken()) {
      return;
    }
    add(
        choices,
        Trouble.EARLY_RECEIPT,
        15,
        () -> say(carrier, "takes, not answering yet,", one, () -> carrier.take(one)));
    add(
        choices,
        Trouble.THROTTLE,
        4,
        () -> say(carrier, "throttles", one, () -> carrier.throttle(one)));
    add(
        choices,
        Trouble.TEMPORARY_REFUSAL,
        6,
        () -> say(carrier, "refuses for now", one, () -> refuseForNow(carrier, one)));
    add(
        choices,
        Trouble.REFUSAL,
        2,
        () -> say(carrier, "refuses", one, () -> refuse(carrier, one)));
  }

  private void say(SimulatedCarrier carrier, String what, Pending one, Runnable act) {
    trace.add("carrier " + carrier.link + " " + what + " " + one);
    boolean last = one.segment == one.text.segments;
    act.run();
    if (what.equals("takes") && last) {
      one.text.settledBy = one.session.gateway();
    }
  }

  private void refuse(SimulatedCarrier carrier, Pending one) {
    one.text.settledBy = one.session.gateway();
    carrier.refuse(one, true);
  }

  private void refuseForNow(SimulatedCarrier carrier, Pending one) {
    one.text.refusals++;
    if (one.text.refusals > 5) {
      // It may be given up now.
      one.text.settledBy = one.session.gateway();
    }
    carrier.refuse(one, false);
  }

  // --- the server -------------------------------------------------------------------------------

  private void enqueue() {
    int howMany = 1 + random.nextInt(4);
    List<SmsQueue.OutboundText> all = new ArrayList<>();
    String pinned = random.nextInt(8) == 0 ? settings.getLast().name() : "";
    for (int i = 0; i < howMany; i++) {
      int parts = random.nextInt(3) == 0 ? 2 + random.nextInt(2) : 1;
      Duration validity =
          random.nextInt(3) == 0
              ? Duration.ofMillis(200 + random.nextInt(20_000))
              : Duration.ofHours(1 + random.nextInt(24));
      InDoubt inDoubt =
          switch (random.nextInt(8)) {
            case 0 -> InDoubt.ASK;
            case 1, 2 -> InDoubt.QUERY;
            default -> InDoubt.RESEND;
          };
      all.add(newText(random.nextInt(numbers), parts, validity, inDoubt));
    }
    if (!pinned.isEmpty()) {
      trace.add("they are for link " + pinned);
    }
    server.run(
        tx -> {
          if (pinned.isEmpty()) {
            queue.enqueue(tx, all);
          } else {
            all.forEach(text -> queue.enqueue(tx, text, pinned));
          }
        });
  }

  private void enqueueOneTo(int number) {
    SmsQueue.OutboundText one = newText(number, 1, Duration.ofHours(1), InDoubt.RESEND);
    server.run(tx -> queue.enqueue(tx, List.of(one)));
  }

  private SmsQueue.OutboundText newText(int number, int parts, Duration validity, InDoubt inDoubt) {
    SimulatedText text =
        new SimulatedText(
            texts.size(),
            new UUID(random.nextLong(), random.nextLong()),
            number,
            parts,
            inDoubt,
            baton.now().plus(validity));
    texts.add(text);
    byId.put(text.id, text);
    String body =
        text.token()
            .repeat(parts == 1 ? 2 : ((parts - 1) * CHARS_OF_A_PART + 40) / text.token().length());
    if (SmsText.of(body).segments() != parts) {
      throw new AssertionError("the simulated text has other parts");
    }
    trace.add(
        "server queues %s to number %d, %d parts, for %s, %s"
            .formatted(text, number, parts, validity, inDoubt));
    return new SmsQueue.OutboundText(
        text.id,
        random.nextBoolean() ? "main" : "second",
        "+15550009999",
        number(number),
        body,
        parts,
        text.expiresAt,
        URGENCIES.get(random.nextInt(URGENCIES.size())),
        inDoubt,
        SmsFormat.USUAL);
  }

  private static final Wording WITHOUT_VALIDITY =
      new Wording(Optional.empty(), Wording.ValidityPeriod.NONE, SubmitPdu.Receipt.FINAL, false);

  private static PhoneNumber number(int i) {
    return new PhoneNumber("+1312555%04d".formatted(i));
  }

  private void withdraw() {
    if (texts.isEmpty() || withdrawing) {
      return;
    }
    withdrawing = true;
    int known = texts.size();
    if (random.nextBoolean()) {
      SimulatedText one = texts.get(random.nextInt(known));
      boolean gone =
          server.inTransaction(
              tx -> {
                boolean was = queue.withdraw(tx, one.id);
                trace.add("server withdraws " + one + (was ? ", it was queued" : ""));
                beforeTheCommit();
                return was;
              });
      withdrawn(one, gone);
    } else {
      int number = random.nextInt(numbers);
      List<UUID> gone =
          server.inTransaction(
              tx -> {
                List<UUID> were = queue.withdraw(tx, number(number));
                trace.add("server withdraws all to number " + number + ", queued " + were.size());
                beforeTheCommit();
                return were;
              });
      for (SimulatedText one : texts.subList(0, known)) {
        if (one.recipient == number) {
          withdrawn(one, gone.contains(one.id));
        }
      }
    }
    trace.add("the withdrawal is committed");
    withdrawing = false;
  }

  /** The server's transaction takes its time, and the gateway works on meanwhile. */
  private void beforeTheCommit() {
    int steps = random.nextInt(3) == 0 ? random.nextInt(12) : 0;
    for (int i = 0; i < steps; i++) {
      step();
      verify();
    }
  }

  private void withdrawn(SimulatedText text, boolean gone) {
    if (gone) {
      text.withdrawnUnsent = true;
    }
    if (text.withdrawnAt == null) {
      text.withdrawnAt = baton.nanos();
    }
  }

  private void takeEvents() {
    int limit = random.nextBoolean() ? 1 + random.nextInt(5) : 1_000;
    List<SmsQueue.Event> events = server.inTransaction(tx -> queue.takeEvents(tx, limit));
    Map<SimulatedText, List<SmsQueue.Event>> byText = new LinkedHashMap<>();
    for (SmsQueue.Event event : events) {
      SimulatedText text = byId.get(event.id());
      if (text == null) {
        throw new AssertionError("an event of nobody's text");
      }
      byText.computeIfAbsent(text, t -> new ArrayList<>()).add(event);
    }
    StringBuilder said = new StringBuilder();
    // Within one statement the database may write rows of several texts in any order.
    byText.entrySet().stream()
        .sorted((one, other) -> Integer.compare(one.getKey().index, other.getKey().index))
        .forEach(
            entry -> {
              said.append(' ').append(entry.getKey());
              entry
                  .getValue()
                  .forEach(
                      event ->
                          said.append(' ')
                              .append(event.state().wireName())
                              .append(event.mayBeDuplicate() ? "*" : ""));
            });
    if (!byText.isEmpty()) {
      trace.add("server hears" + said);
    }
    byText.forEach(SimulatedText::apply);
  }

  // --- time and the database
  // ----------------------------------------------------------------------

  private void pass() {
    Duration howLong =
        switch (random.nextInt(6)) {
          case 0 -> Duration.ofMillis(1 + random.nextInt(5));
          case 1, 2 -> Duration.ofMillis(50 + random.nextInt(200));
          case 3, 4 -> Duration.ofMillis(500 + random.nextInt(2_000));
          default -> Duration.ofMillis(3_000 + random.nextInt(20_000));
        };
    advance(howLong);
  }

  private void advance(Duration howLong) {
    baton.advance(howLong);
    lookAtTheClock();
    trace.add("time passes, " + howLong);
  }

  private void lookAtTheClock() {
    if (baton.now().isAfter(latest)) {
      latest = baton.now();
    }
    for (SimulatedText text : texts) {
      text.sawExpiry |= !text.expiresAt.isAfter(baton.now());
    }
  }

  private void jump() {
    Duration howFar =
        random.nextBoolean()
            ? Duration.ofMinutes(60)
            : random.nextBoolean() ? Duration.ofDays(400) : Duration.ofMinutes(1);
    if (random.nextBoolean()) {
      howFar = howFar.negated();
      Set<UUID> claimed = checks.submitting();
      // A receipt stamped by the clock of before looks as if it belonged to an older text.
      claimed.forEach(id -> text(id).excused = true);
      // So does the receipt of one whose answer may come late.
      texts.stream().filter(text -> text.doubt).forEach(text -> text.excused = true);
    }
    baton.jump(howFar);
    lookAtTheClock();
    trace.add("clock jumps by " + howFar);
  }

  private SimulatedText text(UUID id) {
    SimulatedText text = byId.get(id);
    if (text == null) {
      throw new AssertionError("a row of nobody's text");
    }
    return text;
  }

  private void databaseAway() {
    boolean away = !database.isAway();
    trace.add(away ? "database goes away" : "database is back");
    database.away(away);
  }

  /** Runs one step of the gateway's own, with a fault of the database in it if the seed says so. */
  private void withFaults(String what, Runnable step) {
    String fault = "";
    if (!quiet && random.nextInt(8) == 0) {
      List<FaultyDatabase.Fault> faults = new ArrayList<>();
      if (has(Trouble.COMMIT_LOST)) {
        faults.add(FaultyDatabase.Fault.BEFORE_COMMIT);
      }
      if (has(Trouble.COMMIT_UNKNOWN)) {
        faults.add(FaultyDatabase.Fault.AFTER_COMMIT);
      }
      if (has(Trouble.STATEMENT_LOST)) {
        faults.add(FaultyDatabase.Fault.BEFORE_STATEMENT);
      }
      if (!faults.isEmpty()) {
        FaultyDatabase.Fault drawn = faults.get(random.nextInt(faults.size()));
        database.plan(drawn, random.nextInt(4));
        fault = drawn.name();
      }
    }
    String failed = "";
    try {
      step.run();
    } catch (DbException e) {
      failed = ", which fails";
    }
    boolean struck = database.clearPlan();
    trace.add(what + (struck ? " (" + fault + ")" : "") + failed);
  }

  // --- the gateway ------------------------------------------------------------------------------

  private void start() {
    Map<LinkSettings, UUID> runs = SimulatedGateway.runs();
    for (LinkSettings one : settings) {
      runs.put(one, new UUID(random.nextLong(), random.nextLong()));
    }
    int number = gateways.stream().anyMatch(SimulatedGateway::isFirst) ? 2 : 1;
    SimulatedGateway fresh =
        new SimulatedGateway(number, baton, database, queue, metrics, this::submit, runs, carriers);
    gateways.add(fresh);
    trace.add(fresh + " starts");
  }

  private SubmitResult submit(SimulatedGateway now, SimulatedGateway.Link link, SubmitPdu pdu) {
    SimulatedText text = link.carrier.textOf(pdu);
    int segment = SimulatedCarrier.segmentOf(pdu);
    trace.add("link " + link + " writes " + text + "/" + segment);
    try {
      checks.onSubmit(
          link,
          text,
          segment,
          texts.subList(0, text.index).stream()
              .filter(older -> older.recipient == text.recipient)
              .toList(),
          now);
    } catch (Violation e) {
      if (violation == null) {
        violation = e;
      }
    }
    return link.carrier.submit(link, text, segment);
  }

  private void run(Baton.Task task) {
    task.run();
  }

  private void crash(SimulatedGateway now) {
    trace.add(now + " is killed");
    doubtWhatIsClaimedBy(now);
    now.crash();
    gone(now);
  }

  private void gone(SimulatedGateway now) {
    gateways.remove(now);
    for (Underway one : List.copyOf(underway)) {
      if (now.links.contains(one.link())) {
        // The carrier hears no answer to it and delivers it again.
        underway.remove(one);
        one.link().carrier.receipts.add(one.receipt());
      }
    }
  }

  private void doubtWhatIsClaimedBy(SimulatedGateway now) {
    for (SimulatedGateway.Link link : now.links) {
      checks.claimedBy(link.run).forEach(id -> text(id).doubt = true);
    }
  }

  private void stop(SimulatedGateway now) {
    if (!now.stopping) {
      trace.add(now + " is asked to stop");
      now.stopping = true;
      now.links.forEach(link -> link.outbound.stop());
      return;
    }
    now.finishStop();
    trace.add(now + " has stopped");
    collectAnswers();
    doubtWhatIsClaimedBy(now);
    gone(now);
  }

  private void claim(SimulatedGateway.Link link) {
    long began = baton.nanos();
    Map<UUID, Set<UUID>> others = new LinkedHashMap<>();
    for (SimulatedGateway other : gateways) {
      if (!other.equals(link.gateway())) {
        other.links.forEach(one -> others.put(one.run, checks.claimedBy(one.run)));
      }
    }
    withFaults(
        "link " + link + " looks at the queue",
        () -> {
          link.outbound.claims().runOnce();
          if (link.outbound.claims().holding() == Claims.Holding.OURS) {
            link.lookedAt = began;
          }
        });
    checks.onClaimed(link);
    others.forEach(
        (run, before) -> {
          before.removeAll(checks.claimedBy(run));
          before.forEach(
              id -> {
                trace.add(text(id) + " is taken over from a living gateway");
                text(id).contested = true;
                text(id).excused = true;
                text(id).doubt = true;
              });
        });
  }

  private void write(SimulatedGateway.Link link) {
    withFaults("link " + link + " writes its journal", () -> link.outbound.journal().runOnce());
    collectAnswers();
  }

  /** The carrier hears of receipts that are durable, or that it shall deliver again. */
  private void collectAnswers() {
    for (Underway one : List.copyOf(underway)) {
      if (!one.answer().isDone()) {
        continue;
      }
      underway.remove(one);
      boolean accepted = one.answer().join() == InboundAnswer.ACCEPTED;
      if (accepted) {
        listOf(one.link().carrier).add(one.receipt());
      }
      boolean again =
          !accepted || (!quiet && has(Trouble.DUPLICATE_RECEIPT) && random.nextInt(3) == 0);
      if (again) {
        one.link().carrier.receipts.add(one.receipt());
      }
    }
  }

  private List<Receipt> listOf(SimulatedCarrier carrier) {
    return acknowledged.computeIfAbsent(carrier.link, link -> new ArrayList<>());
  }

  private void leftovers(SimulatedGateway.Link link) {
    trace.add("link " + link + " asks for a look at leftovers");
    link.outbound.journal().matchLeftovers(baton.now());
  }

  private void ask(SimulatedGateway.Link link) {
    trace.add("link " + link + " asks about what has no receipt");
    link.ask();
  }

  private void housekeeping(SimulatedGateway.Link link) {
    checks.tooOld(baton.now(), RECEIPT_LIMIT).forEach(id -> text(id).excused = true);
    Set<String> forgotten = checks.receiptsBefore(baton.now().minus(RETENTION));
    listOf(link.carrier).stream()
        .filter(receipt -> forgotten.contains(receipt.pdu().messageId()))
        .forEach(receipt -> receipt.text().excused = true);
    withFaults("link " + link + " keeps house", () -> link.housekeeping.runOnce(baton.now()));
  }

  private void pause(SimulatedGateway.Link link) {
    Want next = link.outbound.want() == Want.PAUSE ? Want.RUN : Want.PAUSE;
    trace.add("link " + link + " shall " + next);
    link.outbound.want(next);
  }

  private void bind(SimulatedGateway.Link link) {
    if (link.outbound.claims().holding() == Claims.Holding.OURS) {
      trace.add("link " + link + " binds");
      link.bind();
    }
  }

  private void drop(SimulatedGateway.Link link) {
    trace.add("link " + link + " breaks");
    link.drop();
  }

  private void deliver(SimulatedGateway.Link link) {
    List<Receipt> waiting = link.carrier.receipts;
    Receipt one = waiting.get(random.nextInt(waiting.size()));
    boolean twice = !quiet && has(Trouble.DUPLICATE_RECEIPT) && random.nextInt(4) == 0;
    if (!twice) {
      waiting.remove(one);
    }
    trace.add(
        "carrier %s delivers the receipt of %s/%d: %s"
            .formatted(link, one.text(), one.segment(), one.pdu().status()));
    underway.add(new Underway(link, one, link.outbound.journal().offer(one.pdu())));
  }

  // --- the end ----------------------------------------------------------------------------------

  /** From here on nothing goes wrong any more, and everything must come to its end. */
  private void settleDown() {
    trace.add("all is well from here on");
    quiet = true;
    database.away(false);
    for (SimulatedGateway one : List.copyOf(gateways)) {
      if (one.stopping) {
        stop(one);
      }
    }
    settle();
    if (gateways.size() > 1) {
      crash(gateways.get(random.nextInt(2)));
    }
    // Whatever happened, no number and no place in the window is stuck.
    for (int number = 0; number < numbers; number++) {
      enqueueOneTo(number);
    }
    settle();
    // Receipts that nobody knows are read another way when their response must long be here.
    advance(Duration.ofSeconds(3));
    for (SimulatedGateway.Link link : liveLinks()) {
      leftovers(link);
      write(link);
    }
    takeAll();
    for (SimulatedText text : texts) {
      checks.textEnded(text, has(Trouble.ONE_RECEIPT_PER_TEXT));
    }
    acknowledged.forEach((link, receipts) -> checks.receiptsEnded(receipts, link));
    // Now the receipts that never came are given up.
    baton.jump(Duration.between(baton.now(), latest.plus(Duration.ofDays(10))));
    for (SimulatedGateway.Link link : liveLinks()) {
      while (link.housekeeping.runOnce(baton.now()) > 0) {
        // Until it is done.
      }
    }
    takeAll();
    for (SimulatedText text : texts) {
      if (!text.isOver()) {
        throw new Violation(text + " has no end: " + text.state());
      }
    }
    trace.add("ends " + ends());
  }

  private void settle() {
    int round = 0;
    do {
      if (++round > MAX_QUIET_ROUNDS) {
        throw new Violation(
            "the queue sticks although nothing goes wrong any more" + checks.queue());
      }
      live().forEach(this::quietRound);
    } while (!isSettled());
  }

  private Map<DeliveryState, Integer> ends() {
    Map<DeliveryState, Integer> ends = new java.util.EnumMap<>(DeliveryState.class);
    texts.forEach(text -> ends.merge(text.state(), 1, Integer::sum));
    return ends;
  }

  private List<SimulatedGateway> live() {
    if (gateways.isEmpty()) {
      start();
    }
    return gateways;
  }

  private List<SimulatedGateway.Link> liveLinks() {
    return live().stream().flatMap(one -> one.links.stream()).toList();
  }

  private boolean isSettled() {
    return live().stream().allMatch(SimulatedGateway::isIdle)
        && underway.isEmpty()
        && carriers.values().stream().allMatch(carrier -> carrier.receipts.isEmpty())
        && checks.isQueueEmpty();
  }

  private void quietRound(SimulatedGateway now) {
    for (SimulatedGateway.Link link : now.links) {
      link.outbound.want(Want.RUN);
      claim(link);
      if (!link.isBound()) {
        bind(link);
      } else if (link.outbound.claims().holding() == Claims.Holding.ANOTHERS) {
        drop(link);
      }
    }
    ArrayDeque<Baton.Task> runnable = new ArrayDeque<>(baton.runnable());
    for (Baton.Task task : runnable) {
      run(task);
      verify();
    }
    for (SimulatedGateway.Link link : now.links) {
      for (Pending one : link.carrier.pendingOf(link)) {
        say(link.carrier, "takes", one, () -> link.carrier.accept(one));
      }
      while (link.isBound() && !link.carrier.receipts.isEmpty()) {
        deliver(link);
      }
      leftovers(link);
      write(link);
    }
    if (baton.runnable().isEmpty()) {
      Long wake = baton.nextWake();
      advance(wake == null ? Duration.ofMillis(500) : Duration.ofNanos(wake - baton.nanos()));
    }
  }

  private void takeAll() {
    do {
      takeEvents();
    } while (!server.inTransaction(tx -> queue.waitingEvents(tx, 1)).isEmpty());
  }
}
