package org.wardline.gateway;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardline.jdbc.Db;
import org.wardline.jdbc.DbException;
import org.wardline.jdbc.HeldConnection;
import org.wardline.jdbc.Tx;
import org.wardline.jdbc.Worker;
import org.wardline.sms.SmsQueue;

/**
 * Holds the link's lock and moves texts from the queue to the wire and, unsent, back. All of it on
 * one thread and on the lock's own connection: a claim that commits proves that no other gateway
 * runs this link, and a text on its way back cannot be overtaken by a claim.
 */
final class Claims implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Claims.class);

  /** Also how often an idle gateway proves that it still holds the lock. */
  private static final Duration POLL = Duration.ofSeconds(1);

  private static final Duration APART = Duration.ofMillis(5);

  private static final Duration EXPIRY_SWEEP = Duration.ofSeconds(15);

  /** How often claimed texts are checked for having been withdrawn. */
  private static final Duration WITHDRAWN_LOOK = Duration.ofMillis(200);

  /** Keeps one commit from sealing too much memory in flight when the window is very large. */
  private static final int MAX_CLAIM = 500;

  private static final int FIRST_BEYOND = 16;
  private static final int MAX_BEYOND = 4_000;

  /** Who holds the link. */
  enum Holding {
    /** The database has not been asked yet, or cannot be reached. */
    UNSURE,
    OURS,
    ANOTHERS
  }

  /** Which of the waiting lanes this link serves now; routing decides. */
  @FunctionalInterface
  interface Share {
    List<Lane> of(List<Lane> waiting);
  }

  private record Return(ClaimedText text, boolean maybeSent) {}

  private final DataSource database;
  private final ClaimStore store;
  private final RecipientChains chains;
  private final Share share;
  private final BooleanSupplier maySend;
  private final BooleanSupplier hasStood;
  private final int window;
  private final LinkMetrics metrics;
  private final Clock clock;
  private final Ticks ticks;
  private final Db notifier;
  private final ConcurrentLinkedQueue<Return> returns = new ConcurrentLinkedQueue<>();
  private final String name;
  private volatile @Nullable Worker worker;
  private @Nullable HeldConnection connection;
  private volatile Holding holding = Holding.UNSURE;
  private volatile boolean draining;
  private volatile boolean abandoned;
  private volatile Set<UUID> withdrawn = Set.of();

  /** In our memory, and another gateway's since the lock was lost. */
  private volatile Set<UUID> takenOver = Set.of();

  /** How far past texts that are kept back the next claim looks; nothing may make a queue stick. */
  private int beyond;

  private String lastLine = "";

  private long nextSweepNanos;
  private long nextLookNanos;

  /**
   * @param share which lanes are this link's
   * @param maySend whether the link is bound and results can be written
   * @param hasStood whether the link has stood long enough for the second try of a text in doubt
   */
  Claims(
      String link,
      DataSource database,
      ClaimStore store,
      RecipientChains chains,
      Share share,
      BooleanSupplier maySend,
      BooleanSupplier hasStood,
      int window,
      LinkMetrics metrics,
      Clock clock,
      Ticks ticks) {
    this.database = database;
    this.store = store;
    this.chains = chains;
    this.share = share;
    this.maySend = maySend;
    this.hasStood = hasStood;
    this.window = window;
    this.metrics = metrics;
    this.clock = clock;
    this.ticks = ticks;
    this.nextSweepNanos = ticks.nanos();
    this.nextLookNanos = ticks.nanos();
    this.notifier = new Db(database);
    this.name = "claims-" + link;
  }

  /** Begins to try for the lock. */
  void start() {
    worker = new Worker(name, POLL, APART, this::runOnce);
  }

  /** Something to send may be there, or a place in the window is free. */
  void wake() {
    Worker running = worker;
    if (running != null) {
      running.wake();
    }
  }

  private void stopWorker() {
    Worker running = worker;
    if (running != null) {
      running.close();
    }
  }

  Holding holding() {
    return holding;
  }

  /**
   * True when a claimed text must not be sent any more: the patient opted out, say, or another
   * gateway has taken it over.
   */
  boolean isWithdrawn(UUID text) {
    return withdrawn.contains(text) || takenOver.contains(text);
  }

  /** Back to the queue; {@code maybeSent} when the carrier may have it. */
  void putBack(ClaimedText text, boolean maybeSent) {
    returns.add(new Return(text, maybeSent));
    wake();
  }

  /** From now on texts only go back. */
  void drain() {
    draining = true;
    wake();
  }

  /** One look at lock, returns and queue; {@link #start} repeats it on a thread of its own. */
  int runOnce() {
    if (abandoned) {
      return 0;
    }
    try {
      HeldConnection held = connection;
      if (held == null) {
        held = takeLock();
        if (held == null) {
          return 0;
        }
      }
      return work(held);
    } catch (DbException e) {
      letGo();
      throw e;
    }
  }

  private @Nullable HeldConnection takeLock() {
    HeldConnection fresh = new HeldConnection(database);
    boolean got = false;
    try {
      got = fresh.inTransaction(store::tryLock);
      if (!got) {
        if (holding != Holding.ANOTHERS) {
          log.warn("Another gateway runs this link; waiting until it stops");
        }
        holding = Holding.ANOTHERS;
        takenOver = Set.of(chains.ids());
        return null;
      }
      UUID[] inMemory = chains.ids();
      int orphans = fresh.inTransaction(tx -> store.recover(tx, inMemory));
      takenOver = fresh.inTransaction(tx -> store.notOurs(tx, inMemory));
      if (orphans > 0) {
        log.warn("{} texts were on the wire when an earlier gateway stopped", orphans);
        Notify.quietly(notifier, SmsQueue.EVENT_CHANNEL);
      }
      connection = fresh;
      holding = Holding.OURS;
      return fresh;
    } finally {
      if (connection != fresh) {
        fresh.close();
      }
    }
  }

  /**
   * Texts that a dead gateway left on the wire of a link that is not configured any more.
   *
   * @return how many; 0 also when somebody runs the link after all
   */
  static int recoverAbandoned(DataSource database, String link) {
    ClaimStore store = new ClaimStore(link, UUID.randomUUID());
    try (HeldConnection held = new HeldConnection(database)) {
      if (!held.inTransaction(store::tryLock)) {
        return 0;
      }
      int orphans = held.inTransaction(tx -> store.recover(tx, new UUID[0]));
      if (orphans > 0) {
        log.warn("{} texts were on the wire of link {}, which is gone", orphans, link);
      }
      return orphans;
    }
  }

  private int work(HeldConnection held) {
    int events = 0;
    List<Return> back = new ArrayList<>();
    for (Return one = returns.poll(); one != null; one = returns.poll()) {
      back.add(one);
    }
    if (!back.isEmpty()) {
      events += goBack(held, back);
    }
    if (ticks.nanos() - nextLookNanos >= 0) {
      withdrawn = held.inTransaction(store::withdrawn);
      nextLookNanos = ticks.nanos() + WITHDRAWN_LOOK.toNanos();
    }
    // Monotonic: by the clock, one that was far ahead and is put right would end the sweeps until
    // it is that late again.
    if (!draining && ticks.nanos() - nextSweepNanos >= 0) {
      Instant now = clock.instant();
      events += held.inTransaction(tx -> ClaimStore.expire(tx, now));
      nextSweepNanos = ticks.nanos() + EXPIRY_SWEEP.toNanos();
    }
    if (events > 0) {
      Notify.quietly(notifier, SmsQueue.EVENT_CHANNEL);
    }
    int free = Math.min(window - chains.size(), MAX_CLAIM);
    metrics.inFlight(chains.size());
    if (draining || free <= 0 || !maySend.getAsBoolean() || hasTakenOver()) {
      if (back.isEmpty()) {
        held.inTransaction(tx -> tx.query("SELECT 1", row -> ""));
      }
      return back.size();
    }
    Looked looked = held.inTransaction(tx -> claim(tx, free));
    beyond = looked.beyond();
    lastLine = looked.lastLine();
    chains.add(looked.claimed());
    metrics.inFlight(chains.size());
    return looked.claimed().size() + looked.hurried() + back.size();
  }

  /** Were such a text claimed anew while it is still in memory, nobody could tell the two apart. */
  private boolean hasTakenOver() {
    if (takenOver.isEmpty()) {
      return false;
    }
    Set<UUID> still = new HashSet<>(takenOver);
    still.retainAll(Set.of(chains.ids()));
    takenOver = Set.copyOf(still);
    return !still.isEmpty();
  }

  private record Looked(List<ClaimedText> claimed, String lastLine, int hurried, int beyond) {}

  private Looked claim(Tx tx, int free) {
    List<Lane> mine = share.of(store.lanes(tx));
    if (mine.isEmpty()) {
      return new Looked(List.of(), lastLine, 0, 0);
    }
    ClaimStore.Claimed claimed =
        store.claim(tx, mine, hasStood.getAsBoolean(), lastLine, free, beyond, clock.instant());
    List<UUID> blocked = claimed.blocked();
    if (blocked.isEmpty()) {
      return new Looked(claimed.texts(), claimed.lastLine(), 0, 0);
    }
    int hurried = store.hurry(tx, blocked);
    boolean tooFew = claimed.texts().size() < free;
    int next = tooFew ? Math.min(Math.max(FIRST_BEYOND, beyond * 2), MAX_BEYOND) : beyond;
    return new Looked(claimed.texts(), claimed.lastLine(), hurried, next);
  }

  private int goBack(HeldConnection held, List<Return> back) {
    try {
      int events =
          held.inTransaction(
              tx -> {
                int recalled = store.putBack(tx, ids(back, false));
                return recalled + store.putBackMarked(tx, ids(back, true), CarrierWords.AGAIN);
              });
      back.forEach(one -> chains.settled(one.text()));
      return events;
    } catch (DbException e) {
      // Kept for the next try; rows go back by their id, so the order here does not matter.
      returns.addAll(back);
      throw e;
    }
  }

  private static UUID[] ids(List<Return> back, boolean maybeSent) {
    return back.stream()
        .filter(one -> one.maybeSent() == maybeSent)
        .map(one -> one.text().id())
        .toArray(UUID[]::new);
  }

  private void letGo() {
    HeldConnection held = connection;
    connection = null;
    holding = Holding.UNSURE;
    if (held != null) {
      held.close();
    }
  }

  /** Puts back what did not leave and gives the link to whoever waits for it. */
  @Override
  public void close() {
    stopWorker();
    try {
      HeldConnection held = connection;
      if (held != null && !returns.isEmpty() && !abandoned) {
        goBack(held, List.copyOf(returns));
      }
    } catch (DbException e) {
      log.warn("Unsent texts could not be put back; the next start does it");
    } finally {
      letGo();
    }
  }

  /** Stops as a crash would: nothing is written any more, the lock falls. */
  void abandon() {
    abandoned = true;
    returns.clear();
    stopWorker();
    letGo();
  }
}
