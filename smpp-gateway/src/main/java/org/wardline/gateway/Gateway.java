package org.wardline.gateway;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardline.gateway.Attempt.Outcome;
import org.wardline.gateway.smpp.InboundAnswer;
import org.wardline.gateway.smpp.InboundPdu;
import org.wardline.gateway.smpp.ReceiptPdu;
import org.wardline.gateway.smpp.SmppInbound;
import org.wardline.gateway.smpp.SmppSession;
import org.wardline.jdbc.Db;
import org.wardline.jdbc.Wakeups;
import org.wardline.jdbc.Worker;
import org.wardline.metrics.Metrics;
import org.wardline.sms.SmsQueue;

/**
 * One running gateway: takes texts from {@code sms.outbound} to the carrier and brings results,
 * receipts and inbound texts back into the {@code sms} schema.
 *
 * <p>A text's way: {@link Claims} takes it from the queue, {@link RecipientChains} lets it go when
 * the one before it to the same number is done, {@link Submitter} sends it, {@link Journal} makes
 * the result durable, and only then is its place in the window free. Texts from phones go through
 * {@link Inbox}.
 *
 * <p>What it promises: nothing in the queue is lost; nothing is sent twice unless its answer was
 * lost, then once more and marked; at most a window of texts can be in that state at any moment;
 * nothing is sent after its expiry; texts to one number keep their order.
 */
public final class Gateway implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Gateway.class);
  private static final Duration REPORT_LOOK = Duration.ofMillis(250);
  private static final Duration LEFTOVERS_LOOK = Duration.ofSeconds(2);
  private static final Duration REASSEMBLY_LOOK = Duration.ofSeconds(5);
  private static final Duration HOUSEKEEPING_LOOK = Duration.ofMinutes(10);
  private static final Duration DRAIN_LOOK = Duration.ofMillis(10);

  private final LinkSettings link;
  private final Clock clock;
  private final Submitter submitter;
  private final RecipientChains chains;
  private final Claims claims;
  private final Journal journal;
  private final Inbox inbox;
  private final LinkLoop loop;
  private final LinkReport report;
  private final List<AutoCloseable> background;

  private Gateway(GatewaySettings settings, Metrics registry) {
    link = settings.link();
    clock = settings.clock();
    int window = link.bind().windowSize();
    UUID run = UUID.randomUUID();
    Db db = new Db(settings.database());
    SmsQueue queue = new SmsQueue(settings.keys());
    GatewayMetrics metrics = new GatewayMetrics(registry, link.name(), window);
    Throttle throttle = new Throttle();
    LongAdder accepted = new LongAdder();

    report = new LinkReport(link.name(), db, clock);
    chains = new RecipientChains(this::sendInBackground, this::putBackUnsent);
    journal =
        new Journal(
            link.name(),
            db,
            new JournalStore(link.name(), link.receipts(), run),
            this::durable,
            metrics,
            clock);
    inbox =
        new Inbox(
            link.name(),
            db,
            new InboundStore(queue, settings.keys(), link.reassemblyLimit()),
            metrics,
            clock);
    claims =
        new Claims(
            link.name(),
            settings.database(),
            new ClaimStore(link.name(), run),
            chains,
            this::maySend,
            window,
            metrics,
            clock);
    loop =
        new LinkLoop(
            link,
            new Inbound(journal, inbox),
            claims::holding,
            report,
            new Backoff(settings.random()),
            metrics,
            accepted,
            claims::wake);
    submitter =
        new Submitter(
            link, queue, this::wire, throttle, claims::isWithdrawn, accepted, metrics, clock);
    Housekeeping housekeeping = new Housekeeping(link, db);
    background =
        List.of(
            new Wakeups(
                settings.database(), List.of(SmsQueue.OUTBOUND_CHANNEL), channel -> claims.wake()),
            new Worker(
                "leftovers-" + link.name(),
                LEFTOVERS_LOOK,
                () -> {
                  metrics.spacing(throttle.spacing());
                  journal.matchLeftovers(clock.instant());
                  return 0;
                }),
            new Worker(
                "reassembly-" + link.name(), REASSEMBLY_LOOK, () -> inbox.runOnce(clock.instant())),
            new Worker(
                "housekeeping-" + link.name(),
                HOUSEKEEPING_LOOK,
                () -> housekeeping.runOnce(clock.instant())),
            new Worker(
                "report-" + link.name(), REPORT_LOOK, () -> report.runOnce(clock.instant())));
  }

  /** Starts at once and never blocks on the carrier or the database; {@link #status} tells. */
  public static Gateway start(GatewaySettings settings, Metrics metrics) {
    Gateway gateway = new Gateway(settings, metrics);
    gateway.claims.start();
    gateway.loop.start();
    return gateway;
  }

  /** How the link is doing, in the words of {@code sms.link}. */
  public Status status() {
    return new Status(report.state() == LinkReport.State.BOUND, report.detail());
  }

  /** For the health page: whether texts can leave, and why not. */
  public record Status(boolean bound, String detail) {}

  private record Inbound(Journal journal, Inbox inbox) implements SmppInbound {
    @Override
    public InboundAnswer onText(InboundPdu pdu) {
      return inbox.text(pdu);
    }

    @Override
    public InboundAnswer onReceipt(ReceiptPdu receipt) {
      return journal.receipt(receipt);
    }
  }

  private boolean maySend() {
    return loop.session() != null && !journal.isFailing();
  }

  private Submitter.@Nullable Wire wire() {
    SmppSession session = loop.session();
    return session == null ? null : session::submit;
  }

  private void sendInBackground(ClaimedText text) {
    try {
      Thread.ofVirtual().name("text").start(() -> over(submitter.send(text)));
    } catch (RuntimeException | Error e) {
      log.error("Text {} has no thread to be sent on", text.id(), e);
      over(new Attempt(text, text.acceptedSegments(), List.of(), new Outcome.NotSent()));
    }
  }

  /** The text's place is free once its result is durable, or it is back in the queue. */
  private void over(Attempt attempt) {
    chains.finished(attempt);
    if (attempt.isSettled() || !attempt.accepted().isEmpty()) {
      journal.record(attempt);
    } else {
      putBack(attempt);
    }
  }

  private void putBackUnsent(ClaimedText text) {
    claims.putBack(text, false);
  }

  private void putBack(Attempt attempt) {
    claims.putBack(attempt.text(), attempt.outcome() instanceof Outcome.MaybeSent);
  }

  private void durable(List<Attempt> attempts) {
    for (Attempt attempt : attempts) {
      if (attempt.isSettled()) {
        chains.settled(attempt.text());
      } else {
        putBack(attempt);
      }
    }
    if (!attempts.isEmpty()) {
      claims.wake();
    }
  }

  /**
   * Stops cleanly: nothing new is sent, answers under way are waited for up to the link's drain
   * limit, results are written, then the link is unbound. What is still unanswered then is marked
   * by the next start.
   */
  @Override
  public void close() {
    submitter.stop();
    claims.drain();
    chains.stop();
    long deadline = System.nanoTime() + link.drainLimit().toNanos();
    while (chains.size() > 0 && System.nanoTime() < deadline) {
      sleep(DRAIN_LOOK);
    }
    if (chains.size() > 0) {
      log.warn("{} texts are still unanswered at the stop", chains.size());
    }
    loop.close();
    journal.close();
    inbox.close();
    stopBackground();
    report.set(LinkReport.State.STOPPED, "The gateway was stopped.");
    try {
      report.runOnce(clock.instant());
    } catch (RuntimeException e) {
      log.warn("The stop could not be written to sms.link: {}", e.getMessage());
    }
    claims.close();
  }

  /** For tests: as if the process had been killed. Nothing more is written to the database. */
  void abandon() {
    claims.abandon();
    journal.abandon();
    inbox.abandon();
    submitter.stop();
    chains.stop();
    loop.close();
    stopBackground();
  }

  private void stopBackground() {
    for (AutoCloseable one : background) {
      try {
        one.close();
      } catch (Exception e) {
        log.warn("A background job did not stop cleanly: {}", e.getMessage());
      }
    }
  }

  private static void sleep(Duration howLong) {
    try {
      Thread.sleep(howLong);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
