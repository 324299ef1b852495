package org.wardline.gateway;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardline.gateway.LinkReport.State;
import org.wardline.gateway.smpp.SmppBind;
import org.wardline.gateway.smpp.SmppException;
import org.wardline.gateway.smpp.SmppInbound;
import org.wardline.gateway.smpp.SmppSession;

/** Keeps one session with the carrier: connects, binds, and connects again when it is lost. */
final class LinkLoop implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LinkLoop.class);

  /** A session that lived this long was good: the next loss starts with an immediate retry. */
  private static final Duration GOOD_SESSION = Duration.ofSeconds(1);

  private static final Duration LOOK = Duration.ofMillis(200);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);
  private static final int BAD_PASSWORD = 0x0E;
  private static final int BAD_SYSTEM_ID = 0x0F;
  private static final int ALREADY_BOUND = 0x05;
  private static final int BIND_FAILED = 0x0D;

  private final SmppBind bind;
  private final SmppInbound inbound;
  private final Supplier<Claims.Holding> holding;
  private final LinkReport report;
  private final LinkHealth health;
  private final LinkErrors errors;
  private final Backoff backoff;
  private final LinkMetrics metrics;
  private final LongAdder accepted;
  private final Runnable whenBound;
  private final Clock clock;
  private final Semaphore nudge = new Semaphore(0);
  private final Thread thread;
  private volatile @Nullable SmppSession session;
  private volatile boolean closed;

  /**
   * @param holding whether this process may run the link at all
   * @param accepted counts what the carrier has taken: a sign that a short session was no failure
   * @param whenBound called after every bind
   */
  LinkLoop(
      LinkSettings settings,
      SmppInbound inbound,
      Supplier<Claims.Holding> holding,
      LinkReport report,
      LinkHealth health,
      LinkErrors errors,
      Backoff backoff,
      LinkMetrics metrics,
      LongAdder accepted,
      Runnable whenBound,
      Clock clock) {
    this.bind = settings.bind();
    this.inbound = inbound;
    this.holding = holding;
    this.report = report;
    this.health = health;
    this.errors = errors;
    this.backoff = backoff;
    this.metrics = metrics;
    this.accepted = accepted;
    this.whenBound = whenBound;
    this.clock = clock;
    this.thread = Thread.ofVirtual().name("link-" + settings.name()).unstarted(this::loop);
  }

  void start() {
    thread.start();
  }

  /** The bound session, or null. */
  @Nullable SmppSession session() {
    SmppSession current = session;
    return current != null && current.isBound() ? current : null;
  }

  private void loop() {
    boolean begun = false;
    while (!closed) {
      switch (holding.get()) {
        case OURS -> {
          report.standby(false);
          if (!begun) {
            health.begin();
            begun = true;
          }
          connectOnce();
        }
        case ANOTHERS -> {
          report.standby(true);
          begun = false;
          set(
              State.WAITING,
              "Another gateway runs this link. This one takes over when that one stops.");
          sleep(LOOK);
        }
        case UNSURE -> {
          if (report.state() != State.CONNECTING) {
            set(State.WAITING, "The gateway cannot reach its database and is waiting for it.");
          }
          sleep(LOOK);
        }
      }
    }
  }

  private void connectOnce() {
    Duration wait = backoff.next();
    if (wait.isPositive()) {
      sleep(wait);
    }
    if (closed || holding.get() != Claims.Holding.OURS) {
      return;
    }
    if (report.state() != State.WAITING) {
      set(State.CONNECTING, "Connecting to the carrier.");
    }
    try (SmppSession fresh = SmppSession.bind(bind, inbound)) {
      CountDownLatch over = new CountDownLatch(1);
      String[] why = {""};
      fresh.onClosed(
          reason -> {
            why[0] = reason;
            over.countDown();
          });
      session = fresh;
      metrics.connect("bound");
      metrics.bound(true);
      health.bound();
      set(State.BOUND, "Connected to the carrier.");
      log.info("Bound to {}:{}", bind.host(), bind.port());
      whenBound.run();
      long since = System.nanoTime();
      long acceptedBefore = accepted.sum();
      hold(over);
      if (System.nanoTime() - since >= GOOD_SESSION.toNanos()) {
        backoff.reset();
      } else if (accepted.sum() > acceptedBefore) {
        backoff.progress();
      }
      if (!closed) {
        String words = "The connection to the carrier broke (" + why[0] + ").";
        errors.add(clock.instant(), words);
        set(State.WAITING, words + " Connecting again.");
      }
    } catch (SmppException e) {
      health.failed();
      metrics.connect(e.reason().name().toLowerCase(java.util.Locale.ROOT));
      errors.add(clock.instant(), String.valueOf(e.getMessage()));
      set(State.WAITING, words(e));
      log.warn("Cannot bind to {}:{}: {}", bind.host(), bind.port(), e.getMessage());
    } finally {
      session = null;
      health.lost();
      metrics.bound(false);
    }
  }

  /** Until the session is over, or this process may not have it any more. */
  private void hold(CountDownLatch over) {
    while (!closed && holding.get() != Claims.Holding.ANOTHERS) {
      try {
        if (over.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
      } catch (InterruptedException e) {
        closed = true;
      }
    }
  }

  private static String words(SmppException e) {
    String advice =
        switch (e.reason()) {
          case UNREACHABLE ->
              "Check the network, the VPN and the firewall, and the carrier's address in the settings.";
          case REFUSED ->
              switch (e.commandStatus()) {
                case BAD_PASSWORD, BAD_SYSTEM_ID, BIND_FAILED ->
                    "Check the system id and the password in the link's settings with the carrier.";
                case ALREADY_BOUND ->
                    "The account is bound from elsewhere: stop the other program, or ask the carrier"
                        + " to end its session.";
                default -> "Ask the carrier, naming this answer.";
              };
          case TIMED_OUT -> "The carrier is slow or something in between swallows the answer.";
          case BROKEN -> "Check that the address and port are the carrier's SMPP port.";
          // The message says what to do.
          case UNTRUSTED, MISCONFIGURED -> "";
        };
    return e.getMessage()
        + " "
        + advice
        + (advice.isEmpty() ? "" : " ")
        + "Texts wait and are sent once the link is back.";
  }

  private void set(State state, String detail) {
    report.set(state, detail, clock.instant());
  }

  private void sleep(Duration howLong) {
    try {
      if (nudge.tryAcquire(howLong.toMillis(), TimeUnit.MILLISECONDS)) {
        closed = true;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closed = true;
    }
  }

  /** Unbinds and stops connecting. */
  @Override
  public void close() {
    closed = true;
    nudge.release();
    try {
      if (!thread.join(CLOSE_LIMIT)) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
