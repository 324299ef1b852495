package org.wardline.gateway;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardline.config.ConfigException;
import org.wardline.jdbc.Db;
import org.wardline.jdbc.Wakeups;
import org.wardline.jdbc.Worker;
import org.wardline.metrics.Metrics;
import org.wardline.sms.LinkStatus;
import org.wardline.sms.Links;
import org.wardline.sms.Links.Want;
import org.wardline.sms.Routes;
import org.wardline.sms.SmsQueue;

/**
 * One running gateway: the links of its file and those that people added, each a {@link
 * LinkRunner}, and the routing between them.
 *
 * <p>What it promises: nothing in the queue is lost; nothing is sent twice unless its answer was
 * lost and its line allows it, then once more and marked; at most a window of texts a link can be
 * in that state at any moment; nothing is sent after its expiry; texts to one number keep their
 * order, whichever links they take.
 */
public final class Gateway implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Gateway.class);
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration ABANDONED_LOOK = Duration.ofSeconds(5);

  private final GatewaySettings settings;
  private final GatewayMetrics metrics;
  private final Db db;
  private final Links links;
  private final LinkBook book;
  private final Map<String, LinkRunner> running = new ConcurrentHashMap<>();

  /** What other gateways say of links that this one does not run. */
  private volatile Map<String, Routes.Link> elsewhere = Map.of();

  private final List<AutoCloseable> background = new ArrayList<>();

  /** How a link or the gateway is doing. */
  public record Status(boolean bound, String detail) {}

  private Gateway(GatewaySettings settings, Metrics metrics) {
    this.settings = settings;
    this.metrics = new GatewayMetrics(metrics);
    db = new Db(settings.database());
    links = new Links(settings.keys());
    book = new LinkBook(settings.links());
  }

  /** Starts at once and never blocks on the carrier or the database; {@link #status} tells. */
  public static Gateway start(GatewaySettings settings, Metrics metrics) {
    Gateway gateway = new Gateway(settings, metrics);
    // Before the database has been asked: a database that is away must not keep a link down.
    settings.links().forEach(link -> gateway.run(link, false));
    Worker look = new Worker("links", LOOK, gateway::lookOnce);
    gateway.background.add(look);
    gateway.background.add(
        new Worker("abandoned-links", ABANDONED_LOOK, gateway::recoverAbandoned));
    gateway.background.add(
        new Wakeups(
            settings.database(),
            List.of(SmsQueue.OUTBOUND_CHANNEL, Links.CHANNEL),
            channel -> {
              if (channel.equals(Links.CHANNEL)) {
                look.wake();
              } else {
                gateway.running.values().forEach(LinkRunner::wake);
              }
            }));
    return gateway;
  }

  /** Bound when every link that shall run is. */
  public Status status() {
    Map<String, LinkRunner> now = new TreeMap<>(running);
    if (now.isEmpty()) {
      return new Status(false, "No link is running.");
    }
    if (now.size() == 1) {
      return now.values().iterator().next().status();
    }
    return new Status(
        now.values().stream().allMatch(runner -> runner.status().bound()),
        now.entrySet().stream()
            .map(entry -> entry.getKey() + ": " + entry.getValue().status().detail())
            .collect(Collectors.joining("\n")));
  }

  private void run(LinkSettings link, boolean added) {
    LinkRunner runner =
        new LinkRunner(settings, link, added, waiting -> share(link.name(), waiting), metrics);
    running.put(link.name(), runner);
    runner.start();
  }

  /** Of the lanes in which texts wait, those that this link is the best for now. */
  private List<Lane> share(String link, List<Lane> waiting) {
    Map<String, Routes.Link> known = new HashMap<>(elsewhere);
    running.forEach(
        (name, runner) -> {
          if (runner.isOurs() || !known.containsKey(name)) {
            known.put(name, runner.route());
          }
        });
    return share(List.copyOf(known.values()), link, waiting);
  }

  static List<Lane> share(List<Routes.Link> all, String link, List<Lane> waiting) {
    return waiting.stream()
        .filter(
            lane ->
                Routes.order(all, lane.line(), lane.prefix()).stream()
                    .findFirst()
                    .filter(best -> best.name().equals(link))
                    .isPresent())
        .toList();
  }

  /** Does what people want of the links, and hears what other gateways say of theirs. */
  private int lookOnce() {
    List<Links.Wanted> wanted = db.inTransaction(links::wanted);
    for (LinkBook.Step step : book.steps(wanted)) {
      take(step);
    }
    elsewhere =
        db.inTransaction(LinkStatus::all).stream()
            .filter(status -> isFresh(status) && !runsHere(status.link()))
            .collect(Collectors.toMap(LinkStatus::link, LinkStatus::route));
    db.run(tx -> book.writePrefixes(tx, elsewhere.values()));
    return 0;
  }

  private boolean runsHere(String link) {
    LinkRunner runner = running.get(link);
    return runner != null && runner.isOurs();
  }

  private boolean isFresh(LinkStatus status) {
    // Neither old nor, by a clock that was put right meanwhile, of the future.
    return Duration.between(status.seenAt(), settings.clock().instant())
            .abs()
            .compareTo(LinkReport.STALE)
        < 0;
  }

  private void take(LinkBook.Step step) {
    switch (step) {
      case LinkBook.Step.Run(LinkSettings link, boolean added) -> {
        stop(link.name(), "Its settings were changed.");
        if (running.size() >= GatewaySettings.MAX_LINKS) {
          LinkReport.refused(
              db,
              link.name(),
              "A gateway runs at most " + GatewaySettings.MAX_LINKS + " links. Remove one first.",
              settings.clock().instant());
        } else {
          log.info("Link {} is started", link.name());
          run(link, added);
        }
      }
      case LinkBook.Step.Set(String link, Want want) -> want(link, want);
      case LinkBook.Step.Drain(String link) -> {
        // Its row must say that people want it so: a stopped link is a fault otherwise.
        want(link, Want.DRAIN);
        stop(link, "Drained: nothing is under way, and it is not connected.");
      }
      case LinkBook.Step.Forget(String link) -> {
        stop(link, "Removed.");
        db.run(tx -> links.forget(tx, link));
        log.info("Link {} is removed", link);
      }
      case LinkBook.Step.Refuse(String link, ConfigException why) ->
          LinkReport.refused(
              db, link, String.valueOf(why.getMessage()), settings.clock().instant());
    }
  }

  private void want(String link, Want want) {
    LinkRunner runner = running.get(link);
    if (runner != null) {
      runner.want(want);
    }
  }

  private void stop(String link, String why) {
    @Nullable LinkRunner runner = running.get(link);
    if (runner != null) {
      runner.close(why);
      running.remove(link);
    }
  }

  /**
   * Texts on the wire of a link that nobody runs any more, because it was removed while its gateway
   * was dead: they go back to the queue as after any crash.
   */
  private int recoverAbandoned() {
    int recovered = running.isEmpty() ? expire() : 0;
    for (String link : db.inTransaction(ClaimStore::linksInUse)) {
      if (!running.containsKey(link)) {
        recovered += Claims.recoverAbandoned(settings.database(), link);
      }
    }
    if (recovered > 0) {
      Notify.quietly(db, SmsQueue.EVENT_CHANNEL);
      running.values().forEach(LinkRunner::wake);
    }
    return 0;
  }

  /** What a running link does by the way: time runs out also when every link is drained. */
  private int expire() {
    return db.inTransaction(tx -> ClaimStore.expire(tx, settings.clock().instant()));
  }

  /** Stops every link cleanly, at the same time. */
  @Override
  public void close() {
    closeBackground();
    each(LinkRunner::close);
  }

  /** For tests: as if the process had been killed. Nothing more is written to the database. */
  void abandon() {
    each(LinkRunner::abandon);
    closeBackground();
  }

  private void closeBackground() {
    for (AutoCloseable one : background) {
      try {
        one.close();
      } catch (Exception e) {
        log.warn("A background job did not stop cleanly: {}", e.getMessage());
      }
    }
  }

  private void each(java.util.function.Consumer<LinkRunner> what) {
    List<Thread> threads =
        running.values().stream()
            .map(runner -> Thread.ofVirtual().start(() -> what.accept(runner)))
            .toList();
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
