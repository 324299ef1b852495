package org.wardline.gateway;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardline.gateway.smpp.InboundAnswer;
import org.wardline.gateway.smpp.InboundPdu;
import org.wardline.gateway.smpp.SparseLog;
import org.wardline.jdbc.Db;
import org.wardline.jdbc.DbException;
import org.wardline.sms.SmsQueue;

/**
 * Texts from phones: committed before the carrier hears that we have them, many in one commit, and
 * joined from their parts in the transaction that stores the last one.
 */
final class Inbox implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Inbox.class);
  private static final int MAX_WAITING = 2_000;

  private record Entry(Arrival arrival, PendingAnswer answer) {}

  private final Db db;
  private final InboundStore store;
  private final LinkMetrics metrics;
  private final Clock clock;
  private final Notify news;
  private final SparseLog repeated = new SparseLog(log::info, System::nanoTime);
  private final Supplier<PendingAnswer> newAnswer;
  private final Semaphore places = new Semaphore(MAX_WAITING);
  private final ReentrantLock oneAtATime = new ReentrantLock();
  private final GroupCommit<Entry> writer;

  Inbox(String link, Db db, InboundStore store, LinkMetrics metrics, Clock clock) {
    this(link, db, store, metrics, clock, PendingAnswer::new);
  }

  Inbox(
      String link,
      Db db,
      InboundStore store,
      LinkMetrics metrics,
      Clock clock,
      Supplier<PendingAnswer> newAnswer) {
    this.newAnswer = newAnswer;
    this.db = db;
    this.store = store;
    this.metrics = metrics;
    this.clock = clock;
    this.news = new Notify(db, SmsQueue.INBOUND_CHANNEL, false);
    this.writer = new GroupCommit<>("inbox-" + link, this::commit, Inbox::sayLater);
  }

  /** Returns once the text or part is durable, or cannot be. */
  InboundAnswer text(InboundPdu pdu) {
    if (!places.tryAcquire()) {
      return InboundAnswer.TRY_LATER;
    }
    try {
      PendingAnswer answer = newAnswer.get();
      writer.add(new Entry(Arrival.of(pdu, clock.instant()), answer));
      return answer.await();
    } finally {
      places.release();
    }
  }

  /** Hands on texts that have waited too long for missing parts. */
  int runOnce(Instant now) {
    oneAtATime.lock();
    try {
      InboundStore.HandedOn handedOn = db.inTransaction(tx -> store.release(tx, now));
      report(handedOn);
      return handedOn.complete() + handedOn.incomplete();
    } finally {
      oneAtATime.unlock();
    }
  }

  private void commit(List<Entry> entries) {
    oneAtATime.lock();
    try {
      List<Entry> begun = entries.stream().filter(entry -> entry.answer().begin()).toList();
      if (begun.isEmpty()) {
        return;
      }
      List<Arrival> arrivals = begun.stream().map(Entry::arrival).toList();
      InboundStore.Stored stored =
          db.inTransaction(tx -> store.store(tx, arrivals, clock.instant()));
      for (int i = 0; i < begun.size(); i++) {
        // Asked before the answer is on its way: a session that is gone cannot take it.
        boolean alive = arrivals.get(i).origin().alive().getAsBoolean();
        if (begun.get(i).answer().stored() && alive) {
          stored.seen().get(i).ifPresent(store::answered);
        }
      }
      metrics.inboundParts(begun.size());
      if (stored.repeats() > 0) {
        repeated.say(
            stored.repeats()
                + " texts were delivered by the carrier once more and not stored again");
      }
      report(stored.handedOn());
    } finally {
      oneAtATime.unlock();
    }
  }

  private void report(InboundStore.HandedOn handedOn) {
    metrics.inboundTexts(handedOn.complete(), true);
    metrics.inboundTexts(handedOn.incomplete(), false);
    if (handedOn.complete() + handedOn.incomplete() > 0) {
      news.ring();
    }
  }

  private static boolean sayLater(Entry entry) {
    entry.answer().notStored();
    return false;
  }

  @Override
  public void close() {
    writer.close();
    oneAtATime.lock();
    try {
      db.run(store::noteAnswers);
    } catch (DbException e) {
      log.info("The last answers to the carrier could not be noted: {}", e.getMessage());
    } finally {
      oneAtATime.unlock();
    }
  }

  void abandon() {
    writer.abandon();
  }
}
