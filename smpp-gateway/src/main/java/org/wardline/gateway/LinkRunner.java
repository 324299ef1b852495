package org.wardline.gateway;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardline.gateway.smpp.InboundAnswer;
import org.wardline.gateway.smpp.InboundPdu;
import org.wardline.gateway.smpp.ReceiptPdu;
import org.wardline.gateway.smpp.SmppInbound;
import org.wardline.gateway.smpp.SmppSession;
import org.wardline.jdbc.Db;
import org.wardline.jdbc.Worker;
import org.wardline.sms.Links.Want;
import org.wardline.sms.Routes;
import org.wardline.sms.SmsQueue;

/**
 * One running link: takes its share of {@code sms.outbound} to the carrier and brings results,
 * receipts and inbound texts back into the {@code sms} schema.
 *
 * <p>A text's way out is {@link Outbound}'s. Texts from phones go through {@link Inbox}.
 */
final class LinkRunner implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LinkRunner.class);
  private static final Duration REPORT_LOOK = Duration.ofMillis(250);
  private static final Duration LEFTOVERS_LOOK = Duration.ofSeconds(2);
  private static final Duration REASSEMBLY_LOOK = Duration.ofSeconds(5);
  private static final Duration HOUSEKEEPING_LOOK = Duration.ofMinutes(10);
  private static final Duration DRAIN_LOOK = Duration.ofMillis(10);

  private final LinkSettings link;
  private final Clock clock;
  private final Outbound outbound;
  private final Inbox inbox;
  private final LinkLoop loop;
  private final LinkReport report;
  private final LinkHealth health;
  private final List<AutoCloseable> background;
  private volatile boolean closing;

  /**
   * @param added while the gateway was running
   * @param share which lanes are this link's
   */
  LinkRunner(
      GatewaySettings settings,
      LinkSettings link,
      boolean added,
      Claims.Share share,
      GatewayMetrics figures) {
    this.link = link;
    clock = settings.clock();
    String name = link.name();
    Db db = new Db(settings.database());
    SmsQueue queue = new SmsQueue(settings.keys());
    LinkMetrics metrics = figures.of(name, link.bind().windowSize());
    Outbound.Ground ground = Outbound.Ground.ofThisMachine(settings.database(), clock);
    LinkErrors errors = new LinkErrors();
    LongAdder accepted = new LongAdder();

    health =
        new LinkHealth(
            link.routing().failoverAfter(), link.routing().returnAfter(), ground.ticks());
    outbound =
        new Outbound(
            ground, link, UUID.randomUUID(), queue, share, this::wire, accepted, metrics, errors);
    report =
        new LinkReport(
            link,
            added,
            db,
            () ->
                new LinkReport.Figures(
                    isUsable(),
                    outbound.inFlight(),
                    accepted.sum(),
                    outbound.spacing(),
                    errors.words()),
            clock);
    inbox =
        new Inbox(
            name,
            db,
            new InboundStore(queue, settings.keys(), link.reassemblyLimit()),
            metrics,
            clock);
    loop =
        new LinkLoop(
            link,
            new Inbound(outbound.journal(), inbox),
            outbound.claims()::holding,
            report,
            health,
            errors,
            new Backoff(settings.random()),
            metrics,
            accepted,
            outbound::bound,
            clock);
    CarrierQueries queries =
        new CarrierQueries(
            link, db, this::asker, outbound.journal(), metrics, clock, ground.ticks());
    Housekeeping housekeeping = new Housekeeping(link, db);
    background =
        List.of(
            new Worker(
                "leftovers-" + name,
                LEFTOVERS_LOOK,
                () -> {
                  metrics.spacing(outbound.spacing());
                  outbound.journal().matchLeftovers(clock.instant());
                  return 0;
                }),
            new Worker("queries-" + name, queries.look(), queries::runOnce),
            new Worker("reassembly-" + name, REASSEMBLY_LOOK, () -> inbox.runOnce(clock.instant())),
            new Worker(
                "housekeeping-" + name,
                HOUSEKEEPING_LOOK,
                () -> housekeeping.runOnce(clock.instant())),
            new Worker("report-" + name, REPORT_LOOK, () -> report.runOnce(clock.instant())));
  }

  /** Never blocks on the carrier or the database. */
  void start() {
    outbound.claims().start();
    loop.start();
  }

  LinkSettings settings() {
    return link;
  }

  /** How the link is doing, in the words of {@code sms.link}. */
  Gateway.Status status() {
    return new Gateway.Status(report.state() == LinkReport.State.BOUND, report.detail());
  }

  /** As routing sees it. */
  Routes.Link route() {
    Routing routing = link.routing();
    return new Routes.Link(
        link.name(),
        routing.lines(),
        routing.prefixes(),
        routing.preference(),
        routing.cost(),
        isUsable());
  }

  /** Whether this process runs the link; else another does, or nobody can. */
  boolean isOurs() {
    return outbound.claims().holding() == Claims.Holding.OURS;
  }

  private boolean isUsable() {
    return outbound.want() == Want.RUN && health.usable();
  }

  /** Other than {@link Want#RUN} it takes no new text; to end it is for {@link #close}. */
  void want(Want now) {
    if (outbound.want() != now) {
      outbound.want(now);
      report.want(now);
      log.info("Link {}: {}", link.name(), now.name().toLowerCase(Locale.ROOT));
    }
  }

  void wake() {
    outbound.claims().wake();
  }

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

  private CarrierQueries.@Nullable Asker asker() {
    SmppSession session = closing ? null : loop.session();
    return session == null ? null : session::query;
  }

  private Submitter.@Nullable Wire wire() {
    SmppSession session = loop.session();
    return session == null ? null : session::submit;
  }

  /**
   * Stops cleanly: nothing new is sent, answers under way are waited for up to the link's drain
   * limit, results are written, then the link is unbound. What is still unanswered then is marked
   * by the next start.
   */
  @Override
  public void close() {
    close("The gateway was stopped.");
  }

  /**
   * @param why for people; stays in {@code sms.link}
   */
  void close(String why) {
    closing = true;
    outbound.stop();
    long deadline = System.nanoTime() + link.drainLimit().toNanos();
    while (outbound.inFlight() > 0 && System.nanoTime() < deadline) {
      sleep(DRAIN_LOOK);
    }
    if (outbound.inFlight() > 0) {
      log.warn(
          "Link {}: {} texts are still unanswered at the stop", link.name(), outbound.inFlight());
    }
    loop.close();
    outbound.journal().close();
    inbox.close();
    stopBackground();
    health.lost();
    report.set(LinkReport.State.STOPPED, why, clock.instant());
    try {
      report.runOnce(clock.instant());
    } catch (RuntimeException e) {
      log.warn("The stop could not be written to sms.link: {}", e.getMessage());
    }
    outbound.claims().close();
  }

  /** For tests: as if the process had been killed. Nothing more is written to the database. */
  void abandon() {
    outbound.abandon();
    inbox.abandon();
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
