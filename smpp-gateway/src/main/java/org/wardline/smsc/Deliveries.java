package org.wardline.smsc;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.wardline.gateway.smpp.DeliverAnswer;
import org.wardline.gateway.smpp.DeliverPdu;
import org.wardline.gateway.smpp.SmppServerSession;

/**
 * Store and forward towards the ESME: a delivery is tried until the ESME takes it, as carriers do,
 * so that a gateway that was down gets its receipts when it is back. A delivery whose answer was
 * lost is sent again and may arrive twice.
 */
final class Deliveries implements AutoCloseable {
  private static final Duration RETRY_AFTER = Duration.ofMillis(250);

  /** Deliveries waiting; beyond it new ones are dropped and counted. */
  private static final int MAX_WAITING = 1_000_000;

  private final Supplier<List<SmppServerSession>> sessions;
  private final SmscClock clock;
  private final int windowSize;
  private final Semaphore window;
  private final LinkedBlockingQueue<Job> waiting = new LinkedBlockingQueue<>(MAX_WAITING);
  private final ArrayDeque<Job> paused = new ArrayDeque<>();
  private final AtomicInteger turn = new AtomicInteger();
  private final Thread dispatcher;
  private boolean receiptsPaused;
  private volatile boolean closed;

  final LongAdder accepted = new LongAdder();
  final LongAdder retried = new LongAdder();
  final LongAdder dropped = new LongAdder();

  /** PDUs to deliver one after the other. */
  private static final class Job {
    final Iterator<DeliverPdu> rest;
    final CompletableFuture<Void> done = new CompletableFuture<>();
    DeliverPdu current;

    Job(List<DeliverPdu> pdus) {
      this.rest = pdus.iterator();
      this.current = rest.next();
    }
  }

  Deliveries(Supplier<List<SmppServerSession>> sessions, SmscClock clock, int windowSize) {
    this.sessions = sessions;
    this.clock = clock;
    this.windowSize = windowSize;
    this.window = new Semaphore(windowSize);
    this.dispatcher = Thread.ofVirtual().name("smsc-deliver").unstarted(this::dispatch);
  }

  void start() {
    dispatcher.start();
  }

  /** Completes when the ESME has taken all of them, in this order. */
  CompletableFuture<Void> deliver(List<DeliverPdu> pdus) {
    Job job = new Job(pdus);
    enqueue(job);
    return job.done;
  }

  CompletableFuture<Void> deliverReceipt(DeliverPdu receipt) {
    Job job = new Job(List.of(receipt));
    synchronized (paused) {
      if (receiptsPaused) {
        paused.add(job);
        return job.done;
      }
    }
    enqueue(job);
    return job.done;
  }

  void pauseReceipts(boolean pause) {
    synchronized (paused) {
      receiptsPaused = pause;
      if (!pause) {
        paused.forEach(this::enqueue);
        paused.clear();
      }
    }
  }

  int waiting() {
    synchronized (paused) {
      return waiting.size() + paused.size() + windowSize - window.availablePermits();
    }
  }

  private void enqueue(Job job) {
    if (!waiting.offer(job)) {
      dropped.increment();
      job.done.cancel(false);
    }
  }

  private void dispatch() {
    try {
      while (!closed) {
        Job job = waiting.take();
        window.acquire();
        Thread.ofVirtual().start(() -> run(job));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run(Job job) {
    boolean taken = false;
    try {
      taken = deliverAll(job);
    } finally {
      window.release();
    }
    if (taken) {
      job.done.complete(null);
    } else if (!closed) {
      retried.increment();
      clock.after(RETRY_AFTER, () -> enqueue(job));
    }
  }

  private boolean deliverAll(Job job) {
    while (true) {
      Optional<SmppServerSession> session = receiver();
      if (session.isEmpty()) {
        return false;
      }
      switch (session.get().deliver(job.current)) {
        case DeliverAnswer.Accepted _ -> accepted.increment();
        case DeliverAnswer.Refused _, DeliverAnswer.Lost _, DeliverAnswer.TimedOut _ -> {
          return false;
        }
      }
      if (!job.rest.hasNext()) {
        return true;
      }
      job.current = job.rest.next();
    }
  }

  /** Bound receivers take turns. */
  private Optional<SmppServerSession> receiver() {
    List<SmppServerSession> receivers =
        sessions.get().stream().filter(SmppServerSession::isReceiver).toList();
    return receivers.isEmpty()
        ? Optional.empty()
        : Optional.of(receivers.get(Math.floorMod(turn.getAndIncrement(), receivers.size())));
  }

  @Override
  public void close() {
    closed = true;
    dispatcher.interrupt();
  }
}
