package org.wardline.gateway;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.wardline.gateway.smpp.InboundAnswer;
import org.wardline.gateway.smpp.InboundPdu;
import org.wardline.gateway.smpp.SarInfo;
import org.wardline.jdbc.Db;
import org.wardline.sms.ReceivedCoding;
import org.wardline.sms.SmsQueue;
import org.wardline.sms.UserDataHeader;

/**
 * Texts from phones: committed before the carrier hears that we have them, many in one commit, and
 * joined from their parts in the transaction that stores the last one.
 */
final class Inbox implements AutoCloseable {
  private static final int MAX_WAITING = 2_000;

  /** Below the usual ten seconds after which a carrier gives up on our answer. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final String NOTIFY = "SELECT pg_notify('" + SmsQueue.INBOUND_CHANNEL + "', '')";

  private record Entry(InboundStore.Arrival arrival, CompletableFuture<InboundAnswer> answer) {}

  private final Db db;
  private final InboundStore store;
  private final LinkMetrics metrics;
  private final Clock clock;
  private final Semaphore places = new Semaphore(MAX_WAITING);
  private final ReentrantLock oneAtATime = new ReentrantLock();
  private final GroupCommit<Entry> writer;

  Inbox(String link, Db db, InboundStore store, LinkMetrics metrics, Clock clock) {
    this.db = db;
    this.store = store;
    this.metrics = metrics;
    this.clock = clock;
    this.writer = new GroupCommit<>("inbox-" + link, this::commit, Inbox::sayLater);
  }

  /** Returns once the text or part is durable, or cannot be. */
  InboundAnswer text(InboundPdu pdu) {
    if (!places.tryAcquire()) {
      return InboundAnswer.TRY_LATER;
    }
    try {
      CompletableFuture<InboundAnswer> answer = new CompletableFuture<>();
      writer.add(new Entry(arrival(pdu, clock.instant()), answer));
      return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      return InboundAnswer.TRY_LATER;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return InboundAnswer.TRY_LATER;
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
      List<InboundStore.Arrival> arrivals = entries.stream().map(Entry::arrival).toList();
      InboundStore.HandedOn handedOn =
          db.inTransaction(tx -> store.store(tx, arrivals, clock.instant()));
      entries.forEach(entry -> entry.answer().complete(InboundAnswer.ACCEPTED));
      metrics.inboundParts(entries.size());
      report(handedOn);
    } finally {
      oneAtATime.unlock();
    }
  }

  private void report(InboundStore.HandedOn handedOn) {
    metrics.inboundTexts(handedOn.complete(), true);
    metrics.inboundTexts(handedOn.incomplete(), false);
    if (handedOn.complete() + handedOn.incomplete() > 0) {
      Notify.quietly(db, NOTIFY);
    }
  }

  private static boolean sayLater(Entry entry) {
    entry.answer().complete(InboundAnswer.TRY_LATER);
    return false;
  }

  /** Finds the part's place, in the user data header or in the SAR TLVs (SMPP 3.4 §5.3.2.22). */
  private static InboundStore.Arrival arrival(InboundPdu pdu, Instant at) {
    byte[] body = pdu.shortMessage();
    int reference = 0;
    boolean wide = false;
    int total = 1;
    int number = 1;
    Optional<UserDataHeader> header =
        pdu.udhi() ? UserDataHeader.parse(pdu.shortMessage()) : Optional.empty();
    if (header.isPresent()) {
      body = Arrays.copyOfRange(pdu.shortMessage(), header.get().headerLength(), body.length);
      Optional<UserDataHeader.Concatenation> place = header.get().concatenation();
      if (place.isPresent()) {
        reference = place.get().reference();
        wide = place.get().wide();
        total = place.get().total();
        number = place.get().number();
      }
    } else if (pdu.sar().isPresent() && isSane(pdu.sar().get())) {
      SarInfo sar = pdu.sar().get();
      reference = sar.reference();
      wide = true;
      total = sar.total();
      number = sar.number();
    }
    return new InboundStore.Arrival(
        pdu.source(),
        pdu.destination(),
        reference,
        wide,
        total,
        number,
        ReceivedCoding.of(pdu.dataCoding(), header),
        body,
        at);
  }

  private static boolean isSane(SarInfo sar) {
    return sar.total() >= 1 && sar.number() >= 1 && sar.number() <= sar.total();
  }

  @Override
  public void close() {
    writer.close();
  }

  void abandon() {
    writer.abandon();
  }
}
