package org.wardline.gateway;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardline.gateway.smpp.QueryResult;
import org.wardline.gateway.smpp.ReceiptPdu;
import org.wardline.gateway.smpp.SmppSession;
import org.wardline.jdbc.Db;

/**
 * Asks the carrier what became of segments that have had no receipt for long (query_sm, SMPP 3.4
 * §4.8). A final answer counts as the receipt that did not come; should it come after all, it
 * changes nothing. A text whose answer was lost cannot be asked about: only the answer has the id.
 */
final class CarrierQueries {
  private static final Logger log = LoggerFactory.getLogger(CarrierQueries.class);

  /** What one look reads of the segments is bounded by the receipt limit, so it is not frequent. */
  private static final Duration LOOK = Duration.ofMinutes(1);

  private static final int MAX_PER_LOOK = 100;

  /** So that questions take no noticeable part of the window and of the carrier's patience. */
  private static final Duration BETWEEN = Duration.ofMillis(200);

  /** After a carrier has said that it knows no query_sm; its software may be changed. */
  private static final Duration UNKNOWN_COMMAND_PAUSE = Duration.ofDays(1);

  /** After it has not answered, or not known the id, several times in a row. */
  private static final Duration UNHELPFUL_PAUSE = Duration.ofHours(1);

  private static final int UNHELPFUL_IN_A_ROW = 3;

  /** The way to the carrier: {@link SmppSession#query} outside of tests. */
  @FunctionalInterface
  interface Asker {
    QueryResult query(String messageId, String source);
  }

  private final LinkSettings link;
  private final Db db;
  private final Supplier<@Nullable Asker> asker;
  private final Journal journal;
  private final LinkMetrics metrics;
  private final Clock clock;
  private final Ticks ticks;
  private int unhelpful;
  private long pausedUntilNanos;

  CarrierQueries(
      LinkSettings link,
      Db db,
      Supplier<@Nullable Asker> asker,
      Journal journal,
      LinkMetrics metrics,
      Clock clock,
      Ticks ticks) {
    this.link = link;
    this.db = db;
    this.asker = asker;
    this.journal = journal;
    this.metrics = metrics;
    this.clock = clock;
    this.ticks = ticks;
    this.pausedUntilNanos = ticks.nanos();
  }

  /** How often to look; more often only when the link wants to ask sooner. */
  Duration look() {
    Duration after = link.doubt().queryAfter();
    return after.isPositive() && after.compareTo(LOOK) < 0 ? after : LOOK;
  }

  /** Asks about one batch, slowly. Returns 0: there is no hurry to look again. */
  int runOnce() {
    boolean wanted = link.doubt().queryAfter().isPositive() && link.wording().asksForEveryReceipt();
    if (!wanted || isPaused() || asker.get() == null || journal.isFailing()) {
      return 0;
    }
    Duration after = link.doubt().queryAfter();
    List<Overdue> overdue =
        db.inTransaction(
            tx ->
                Overdue.take(
                    tx,
                    link.name(),
                    clock.instant(),
                    after,
                    link.receiptLimit(),
                    after,
                    MAX_PER_LOOK));
    for (Overdue one : overdue) {
      Asker bound = asker.get();
      if (bound == null || isPaused()) {
        break;
      }
      ask(bound, one);
      ticks.waitUntil(ticks.nanos() + BETWEEN.toNanos());
    }
    return 0;
  }

  private boolean isPaused() {
    return ticks.nanos() - pausedUntilNanos < 0;
  }

  private void ask(Asker bound, Overdue one) {
    switch (bound.query(one.smscId(), one.source())) {
      case QueryResult.Known known -> {
        unhelpful = 0;
        boolean isFinal = known.status().isFinal();
        metrics.query(isFinal ? "final" : "on its way");
        if (isFinal) {
          journal.asked(
              new ReceiptPdu(one.smscId(), known.status(), String.valueOf(known.errorCode())));
        }
      }
      case QueryResult.Refused refused when refused.unknownCommand() -> {
        metrics.query("unknown command");
        pause(UNKNOWN_COMMAND_PAUSE, "knows no query_sm");
      }
      case QueryResult.Refused refused -> {
        metrics.query("refused");
        unhelpful();
      }
      case QueryResult.Unanswered unanswered -> {
        metrics.query("unanswered");
        unhelpful();
      }
    }
  }

  private void unhelpful() {
    if (++unhelpful == UNHELPFUL_IN_A_ROW) {
      pause(UNHELPFUL_PAUSE, "does not say what became of texts");
    }
  }

  private void pause(Duration howLong, String why) {
    unhelpful = 0;
    pausedUntilNanos = ticks.nanos() + howLong.toNanos();
    log.info("Link {}: the carrier {}; it is not asked for {}", link.name(), why, howLong);
  }
}
