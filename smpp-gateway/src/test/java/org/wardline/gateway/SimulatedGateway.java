package org.wardline.gateway;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.wardline.gateway.smpp.SubmitPdu;
import org.wardline.gateway.smpp.SubmitResult;
import org.wardline.jdbc.Db;
import org.wardline.jdbc.DbException;
import org.wardline.sms.Links.Want;
import org.wardline.sms.Routes;
import org.wardline.sms.SmsQueue;

/**
 * One life of a gateway process: the product's own parts for each link, put together as {@link
 * LinkRunner} does it, and instead of sockets and timers the simulation.
 */
final class SimulatedGateway {
  /** What stands between a link and its carrier. */
  interface Wire {
    SubmitResult submit(SimulatedGateway gateway, Link link, SubmitPdu pdu);
  }

  /** One link of this life. */
  final class Link {
    final LinkSettings settings;
    final UUID run;
    final SimulatedCarrier carrier;
    final Outbound outbound;
    final LinkHealth health;
    final Housekeeping housekeeping;
    final CarrierQueries queries;

    /** When the last look of the claims that went well began; null before the first. */
    @Nullable Long lookedAt;

    private Submitter.@Nullable Wire session;

    private Link(
        Outbound.Ground ground,
        LinkSettings settings,
        UUID run,
        SimulatedCarrier carrier,
        SmsQueue queue,
        LinkMetrics metrics,
        Wire wire) {
      this.settings = settings;
      this.run = run;
      this.carrier = carrier;
      this.wire = wire;
      Routing routing = settings.routing();
      health = new LinkHealth(routing.failoverAfter(), routing.returnAfter(), ground.ticks());
      // So that failing over begins at once; the first try is LinkLoop's matter.
      health.failed();
      housekeeping = new Housekeeping(settings, new Db(ground.database()));
      outbound =
          new Outbound(
              ground,
              settings,
              run,
              queue,
              waiting -> share(settings.name(), waiting),
              () -> session,
              new LongAdder(),
              metrics,
              new LinkErrors());
      queries =
          new CarrierQueries(
              settings,
              new Db(ground.database()),
              () -> session == null ? null : (id, source) -> carrier.query(id),
              outbound.journal(),
              metrics,
              ground.clock(),
              ground.ticks());
    }

    /** On a thread of its own, as it takes its time between two questions. */
    void ask() {
      spawn(
          () -> {
            try {
              queries.runOnce();
            } catch (DbException e) {
              // The next look asks.
            }
          });
    }

    private final Wire wire;

    boolean isBound() {
      return session != null;
    }

    void bind() {
      session = pdu -> wire.submit(SimulatedGateway.this, this, pdu);
      health.bound();
      outbound.bound();
    }

    void drop() {
      session = null;
      health.lost();
      carrier.drop(this);
    }

    SimulatedGateway gateway() {
      return SimulatedGateway.this;
    }

    Routes.Link route() {
      Routing routing = settings.routing();
      return new Routes.Link(
          settings.name(),
          routing.lines(),
          routing.prefixes(),
          routing.preference(),
          routing.cost(),
          outbound.want() == Want.RUN && health.usable());
    }

    @Override
    public String toString() {
      return settings.name() + (number == 1 ? "" : "'");
    }
  }

  final List<Link> links = new ArrayList<>();
  final List<Baton.Task> tasks = new ArrayList<>();
  private final Baton baton;
  private final FaultyDatabase database;
  private boolean alive = true;

  /** The first gateway or the one that waits beside it. */
  private final int number;

  boolean stopping;

  SimulatedGateway(
      int number,
      Baton baton,
      FaultyDatabase database,
      SmsQueue queue,
      GatewayMetrics metrics,
      Wire wire,
      Map<LinkSettings, UUID> runs,
      Map<String, SimulatedCarrier> carriers) {
    this.number = number;
    this.baton = baton;
    this.database = database;
    Outbound.Ground ground =
        new Outbound.Ground(database, baton.clock(), baton.ticks(), this::spawn, true);
    runs.forEach(
        (settings, run) ->
            links.add(
                new Link(
                    ground,
                    settings,
                    run,
                    Objects.requireNonNull(carriers.get(settings.name())),
                    queue,
                    metrics.of(settings.name(), settings.bind().windowSize()),
                    wire)));
  }

  static Map<LinkSettings, UUID> runs() {
    return new LinkedHashMap<>();
  }

  private void spawn(Runnable work) {
    if (alive) {
      tasks.add(baton.spawn(work));
    }
  }

  private List<Lane> share(String link, List<Lane> waiting) {
    return Gateway.share(links.stream().map(Link::route).toList(), link, waiting);
  }

  boolean isFirst() {
    return number == 1;
  }

  @Override
  public String toString() {
    return number == 1 ? "gateway" : "second gateway";
  }

  /** Nothing is on its way; what one without the lock remembers it puts back when it has it. */
  boolean isIdle() {
    tasks.removeIf(Baton.Task::isOver);
    return tasks.isEmpty()
        && links.stream()
            .filter(link -> link.outbound.claims().holding() == Claims.Holding.OURS)
            .allMatch(link -> link.outbound.inFlight() == 0);
  }

  /** As SIGKILL does it. */
  void crash() {
    alive = false;
    links.forEach(link -> link.carrier.gatewayDied(link));
    links.forEach(link -> link.outbound.abandon());
    tasks.forEach(Baton.Task::kill);
    tasks.clear();
  }

  /** The end of {@link LinkRunner#close}, when answers have been waited for long enough. */
  void finishStop() {
    links.forEach(
        link -> {
          link.drop();
        });
    for (Baton.Task task : List.copyOf(tasks)) {
      while (task.canRun()) {
        task.run();
      }
    }
    alive = false;
    links.forEach(link -> link.outbound.journal().close());
    tasks.forEach(Baton.Task::kill);
    tasks.clear();
    links.forEach(link -> link.outbound.claims().close());
    // What a thread that slept through the stop still does is too late for this process.
    links.forEach(link -> link.outbound.abandon());
    database.clearPlan();
  }
}
