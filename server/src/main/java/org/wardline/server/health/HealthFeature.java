package org.wardline.server.health;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardline.jdbc.Db;
import org.wardline.metrics.Metrics;
import org.wardline.server.accounts.Access;
import org.wardline.server.accounts.Caller;
import org.wardline.server.archive.ArchiveFeature;
import org.wardline.server.links.LinksFeature;
import org.wardline.server.parts.Parts;
import org.wardline.server.web.Json;
import org.wardline.server.web.Pages;
import org.wardline.server.web.Problem;
import org.wardline.sms.SmsQueue;

/**
 * Says what is wrong, what it means for patients and what to do; and the figures for monitoring.
 */
public final class HealthFeature {
  private static final Logger log = LoggerFactory.getLogger(HealthFeature.class);

  /** The open address must not let anybody make the database work. */
  private static final Duration REPORT_KEPT = Duration.ofSeconds(2);

  /** Answer of {@code GET /api/v1/health}. */
  private record StatusView(String status) {}

  private final List<HealthCheck> checks;
  private final Access access;
  private final Pages pages;
  private final Metrics metrics;
  private final InstantSource clock;
  private final ReentrantLock running = new ReentrantLock();
  private volatile @Nullable HealthReport last;

  /**
   * @param data the folder whose disk is watched
   */
  public HealthFeature(
      Parts parts, Access access, LinksFeature links, ArchiveFeature archive, Path data) {
    this.access = access;
    this.pages = parts.pages();
    this.metrics = parts.metrics();
    this.clock = parts.clock();
    Db db = parts.db();
    SmsQueue queue = parts.queue();
    this.checks =
        List.of(
            HealthChecks.database(db),
            HealthChecks.links(db, clock),
            HealthChecks.queue(new QueueDepth(db, queue, clock, metrics), links::held),
            HealthChecks.stranded(links::stranded),
            HealthChecks.aside(() -> db.inTransaction(queue::aside)),
            HealthChecks.archive(() -> Duration.ofSeconds(archive.lag().oldestSeconds())),
            HealthChecks.disk(data));
  }

  public void routes(HttpRules rules) {
    rules.get("/health", access.console("health:read", this::page));
    rules.get(
        "/api/v1/health",
        (request, response) ->
            Json.send(response, Status.OK_200, new StatusView(report().status())));
  }

  /** For the listener on 127.0.0.1. */
  public void inside(HttpRules rules) {
    rules.get(
        "/metrics",
        (request, response) -> {
          checkHost(request);
          response
              .header(HeaderNames.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")
              .send(metrics.text().getBytes(StandardCharsets.UTF_8));
        });
    rules.get(
        "/health",
        (request, response) -> {
          checkHost(request);
          HealthReport report = report();
          response
              .status(
                  report.status().equals("down") ? Status.SERVICE_UNAVAILABLE_503 : Status.OK_200)
              .header(HeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
              .send(report.text().getBytes(StandardCharsets.UTF_8));
        });
  }

  /** A page elsewhere may let its own name point to 127.0.0.1 and have a browser ask here. */
  private static void checkHost(ServerRequest request) {
    if (!request.authority().matches("(127\\.0\\.0\\.1|localhost)(:[0-9]+)?")) {
      throw Problem.notFound();
    }
  }

  private void page(Caller caller, ServerRequest request, ServerResponse response) {
    pages.send(
        response,
        Pages.templates().healthHealth(pages.page(caller, request), report().status(), rows()));
  }

  private List<HealthReport.Row> rows() {
    return report().rows();
  }

  /** One request at a time runs the checks; the others get what is known meanwhile. */
  private HealthReport report() {
    HealthReport known = last;
    if (known != null && isFresh(known)) {
      return known;
    }
    if (known == null) {
      running.lock();
    } else if (!running.tryLock()) {
      return known;
    }
    try {
      known = last;
      if (known != null && isFresh(known)) {
        return known;
      }
      List<HealthReport.Row> rows = rowsNow();
      // The time after the checks: slow ones would be stale at once and run without a pause.
      HealthReport fresh = new HealthReport(clock.instant(), rows);
      last = fresh;
      return fresh;
    } finally {
      running.unlock();
    }
  }

  private boolean isFresh(HealthReport report) {
    return report.at().isAfter(clock.instant().minus(REPORT_KEPT));
  }

  /**
   * Every check's row. Once the database has failed, what only it could tell is not asked: each
   * would wait for it in turn and then name a fault that is not its own.
   */
  private List<HealthReport.Row> rowsNow() {
    List<HealthReport.Row> rows = new ArrayList<>();
    boolean databaseAway = false;
    for (HealthCheck check : checks) {
      HealthFinding finding =
          databaseAway && check.needsDatabase()
              ? new HealthFinding.Warn(
                  "Not known while the database is away.",
                  "Nothing beyond what the database's own line says.",
                  "Bring the database back first.")
              : find(check);
      rows.add(HealthReport.Row.of(check.name(), finding));
      databaseAway |=
          check.name().equals(HealthChecks.DATABASE) && finding instanceof HealthFinding.Failed;
    }
    return rows;
  }

  private static HealthFinding find(HealthCheck check) {
    try {
      return check.check();
    } catch (RuntimeException e) {
      log.warn("Health check \"{}\" failed: {}", check.name(), e.getClass().getSimpleName());
      return new HealthFinding.Failed(
          "The check of “" + check.name() + "” did not work.",
          "Texts may not go out or come in.",
          "Look at the other lines first. If this stays, look into the log and restart Wardline.");
    }
  }
}
