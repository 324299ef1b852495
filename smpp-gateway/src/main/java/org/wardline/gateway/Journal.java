package org.wardline.gateway;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.wardline.gateway.smpp.InboundAnswer;
import org.wardline.gateway.smpp.ReceiptPdu;
import org.wardline.jdbc.Db;
import org.wardline.sms.SmsQueue;

/**
 * Makes submit results, receipts, late answers and what the carrier says when it is asked durable.
 * One writer for all, so that a receipt and the response it belongs to cannot miss each other:
 * whichever is written second finds the first.
 *
 * <p>Results are kept in memory until the database has them; their number is bounded by the window.
 * Receipts that cannot be written are answered "try later", and the carrier keeps them.
 */
final class Journal implements AutoCloseable {
  private static final int MAX_WAITING_RECEIPTS = 4_000;

  private sealed interface Entry {
    record Result(Attempt attempt) implements Entry {}

    record Answered(Receipt.Raw receipt, PendingAnswer answer) implements Entry {}

    record Leftovers(Instant now) implements Entry {}

    record Late() implements Entry {}

    record Asked(Receipt.Raw said) implements Entry {}
  }

  private final Db db;
  private final JournalStore store;
  private final LateAnswers late;
  private final Consumer<List<Attempt>> durable;
  private final LinkMetrics metrics;
  private final Clock clock;
  private final Notify news;
  private final Semaphore receiptPlaces = new Semaphore(MAX_WAITING_RECEIPTS);
  private final GroupCommit<Entry> writer;

  /**
   * @param durable told of attempts once their results are in the database
   * @param byHand without a thread: a simulation calls {@link #runOnce} and {@link #offer}
   */
  Journal(
      String link,
      Db db,
      JournalStore store,
      LateAnswers late,
      Consumer<List<Attempt>> durable,
      LinkMetrics metrics,
      Clock clock,
      boolean byHand) {
    this.db = db;
    this.store = store;
    this.late = late;
    this.durable = durable;
    this.metrics = metrics;
    this.clock = clock;
    this.news = new Notify(db, SmsQueue.EVENT_CHANNEL, byHand);
    this.writer =
        new GroupCommit<>("journal-" + link, this::commit, Journal::keepAfterFailure, byHand);
  }

  void record(Attempt attempt) {
    writer.add(new Entry.Result(attempt));
  }

  /** Returns once the receipt is durable, or cannot be. */
  InboundAnswer receipt(ReceiptPdu pdu) {
    metrics.receipt(pdu.status().name().toLowerCase(Locale.ROOT));
    if (!pdu.status().isFinal() && !ReceiptWords.isWorthTelling(pdu)) {
      return InboundAnswer.ACCEPTED;
    }
    if (!receiptPlaces.tryAcquire()) {
      return InboundAnswer.TRY_LATER;
    }
    try {
      PendingAnswer answer = new PendingAnswer();
      writer.add(new Entry.Answered(new Receipt.Raw(pdu, clock.instant()), answer));
      return answer.await();
    } finally {
      receiptPlaces.release();
    }
  }

  /** The answer to a receipt, once it is known; for who drives this by hand. */
  CompletableFuture<InboundAnswer> offer(ReceiptPdu pdu) {
    PendingAnswer answer = new PendingAnswer();
    writer.add(new Entry.Answered(new Receipt.Raw(pdu, clock.instant()), answer));
    return answer.future();
  }

  /** There are late answers to write. */
  void lookAtLateAnswers() {
    writer.add(new Entry.Late());
  }

  /** What the carrier says of a segment by the id it gave it; counts as its receipt. */
  void asked(ReceiptPdu said) {
    writer.add(new Entry.Asked(new Receipt.Raw(said, clock.instant())));
  }

  /**
   * Looks whether receipts kept aside fit a sent segment when their id is read another way, and
   * whether late answers can be written now.
   */
  void matchLeftovers(Instant now) {
    if (!writer.isFailing()) {
      writer.add(new Entry.Leftovers(now));
    }
  }

  /** True while results cannot be written; nothing new should be sent then. */
  boolean isFailing() {
    return writer.isFailing();
  }

  /** Writes what waits; for those who made it without a thread. */
  void runOnce() {
    writer.runOnce();
  }

  private void commit(List<Entry> entries) {
    List<Attempt> attempts = new ArrayList<>();
    List<Receipt.Raw> receipts = new ArrayList<>();
    List<Receipt.Raw> asked = new ArrayList<>();
    Set<LateAnswers.Answer> answers = new LinkedHashSet<>();
    Instant leftovers = null;
    for (Entry entry : entries) {
      switch (entry) {
        case Entry.Result result -> attempts.add(result.attempt());
        case Entry.Answered answered -> {
          if (answered.answer().begin()) {
            receipts.add(answered.receipt());
          }
        }
        case Entry.Leftovers look -> {
          leftovers = look.now();
          answers.addAll(late.all());
        }
        case Entry.Late look -> answers.addAll(late.all());
        case Entry.Asked answer -> asked.add(answer.said());
      }
    }
    List<LateAnswers.Answer> lateNow = List.copyOf(answers);
    Instant lookAt = leftovers;
    boolean again = writer.isFailing();
    JournalStore.Written written =
        db.inTransaction(
            tx ->
                store.write(
                    tx, new JournalStore.Batch(attempts, again, lateNow, receipts, asked, lookAt)));
    late.forget(written.late());
    metrics.batch(entries.size());
    metrics.unmatched(written.unmatched());
    durable.accept(attempts);
    for (Entry entry : entries) {
      if (entry instanceof Entry.Answered answered) {
        answered.answer().stored();
      }
    }
    if (written.events() > 0) {
      // Not in the transaction above: NOTIFY holds a database-wide lock until the commit is on
      // disk, which would put the server's commits and ours in one queue.
      news.ring();
    }
  }

  private static boolean keepAfterFailure(Entry entry) {
    return switch (entry) {
      case Entry.Result result -> true;
      case Entry.Answered answered -> {
        answered.answer().notStored();
        yield false;
      }
      // Looked for again every few seconds.
      case Entry.Leftovers look -> false;
      case Entry.Late look -> false;
      case Entry.Asked answer -> true;
    };
  }

  @Override
  public void close() {
    writer.close();
  }

  void abandon() {
    writer.abandon();
  }
}
