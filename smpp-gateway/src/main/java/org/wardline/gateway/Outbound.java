package org.wardline.gateway;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardline.gateway.Attempt.Outcome;
import org.wardline.jdbc.Db;
import org.wardline.sms.Links.Want;
import org.wardline.sms.SmsQueue;

/**
 * The way out of one link, without sockets and timers: {@link Claims} takes a text from the queue,
 * {@link RecipientChains} lets it go when the one before it to the same number is done, {@link
 * Submitter} sends it, {@link Journal} makes the result durable, and only then is its place in the
 * window free.
 *
 * <p>{@link LinkRunner} drives it on threads; the seeded simulation assembles the same parts and
 * drives them one step at a time.
 */
final class Outbound {
  private static final Logger log = LoggerFactory.getLogger(Outbound.class);

  /**
   * What it all stands on.
   *
   * @param senders runs one text's way to the carrier; waits as long as that takes
   * @param byHand whether claims and journal wait for somebody to call their {@code runOnce}
   */
  record Ground(DataSource database, Clock clock, Ticks ticks, Executor senders, boolean byHand) {
    static Ground ofThisMachine(DataSource database, Clock clock) {
      return new Ground(
          database,
          clock,
          Ticks.ofThisMachine(),
          work -> Thread.ofVirtual().name("text").start(work),
          false);
    }
  }

  private final Ground ground;
  private final Supplier<Submitter.@Nullable Wire> session;
  private final Submitter submitter;
  private final Throttle throttle;
  private final RecipientChains chains;
  private final Claims claims;
  private final Journal journal;
  private final Duration resendAfter;
  private volatile Want want = Want.RUN;

  /** When the link was bound last, by {@link Ticks}. */
  private volatile long boundNanos;

  /**
   * @param run names this life of the link in {@code sms.outbound}
   * @param share which lanes are this link's
   * @param session the way to the carrier while the link is bound, else null
   * @param accepted counts what the carrier takes
   */
  Outbound(
      Ground ground,
      LinkSettings link,
      UUID run,
      SmsQueue queue,
      Claims.Share share,
      Supplier<Submitter.@Nullable Wire> session,
      LongAdder accepted,
      LinkMetrics metrics,
      LinkErrors errors) {
    this.ground = ground;
    this.session = session;
    this.resendAfter = link.doubt().resendAfter();
    this.boundNanos = ground.ticks().nanos();
    String name = link.name();
    Clock clock = ground.clock();
    chains = new RecipientChains(this::send, text -> putBack(text, false));
    throttle = new Throttle(link.pace(), ground.ticks());
    LateAnswers late = new LateAnswers(this::lookAtLateAnswers);
    journal =
        new Journal(
            name,
            new Db(ground.database()),
            new JournalStore(name, link.receipts(), run),
            late,
            this::durable,
            metrics,
            clock,
            ground.byHand());
    claims =
        new Claims(
            name,
            ground.database(),
            new ClaimStore(name, run),
            chains,
            share,
            this::maySend,
            this::hasStood,
            link.bind().windowSize(),
            metrics,
            clock,
            ground.ticks());
    submitter =
        new Submitter(
            link,
            queue,
            this::wire,
            throttle,
            claims::isWithdrawn,
            late,
            accepted,
            metrics,
            errors,
            clock,
            ground.ticks());
  }

  Claims claims() {
    return claims;
  }

  Journal journal() {
    return journal;
  }

  /** Texts claimed whose result is not durable yet. */
  int inFlight() {
    return chains.size();
  }

  /** The pause between two segments now. */
  Duration spacing() {
    return throttle.spacing();
  }

  Want want() {
    return want;
  }

  /** {@link Want#PAUSE} or {@link Want#RUN}; the rest is {@link #stop}. */
  void want(Want now) {
    want = now;
    claims.wake();
  }

  /** The link is bound, from now on. */
  void bound() {
    boundNanos = ground.ticks().nanos();
    claims.wake();
  }

  /** Long enough for the one second try of a text in doubt. */
  private boolean hasStood() {
    return ground.ticks().nanos() - boundNanos >= resendAfter.toNanos();
  }

  private boolean maySend() {
    return want == Want.RUN && session.get() != null && !journal.isFailing();
  }

  private Submitter.@Nullable Wire wire() {
    return want == Want.PAUSE ? null : session.get();
  }

  private void send(ClaimedText text) {
    try {
      ground.senders().execute(() -> over(submitter.send(text)));
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

  private void lookAtLateAnswers() {
    journal.lookAtLateAnswers();
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

  private void putBack(Attempt attempt) {
    putBack(attempt.text(), attempt.outcome() instanceof Outcome.MaybeSent);
  }

  private void putBack(ClaimedText text, boolean maybeSent) {
    claims.putBack(text, maybeSent);
  }

  /** Nothing new is sent from now on; what is not on the wire goes back. */
  void stop() {
    submitter.stop();
    claims.drain();
    chains.stop();
  }

  /** As if the process had been killed. Nothing more is written to the database. */
  void abandon() {
    claims.abandon();
    journal.abandon();
    submitter.stop();
    chains.stop();
  }
}
