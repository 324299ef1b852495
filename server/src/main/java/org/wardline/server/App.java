package org.wardline.server;

import io.helidon.webserver.http.HttpRules;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardline.jdbc.Db;
import org.wardline.metrics.Metrics;
import org.wardline.server.accounts.Accounts;
import org.wardline.server.accounts.AccountsFeature;
import org.wardline.server.accounts.ApiClients;
import org.wardline.server.api.ApiFeature;
import org.wardline.server.archive.ArchiveFeature;
import org.wardline.server.archive.ArchiveOutbox;
import org.wardline.server.audit.Audit;
import org.wardline.server.audit.AuditFeature;
import org.wardline.server.consent.ConsentFeature;
import org.wardline.server.conversations.Conversations;
import org.wardline.server.conversations.ConversationsFeature;
import org.wardline.server.conversations.Withdrawals;
import org.wardline.server.health.HealthChecks;
import org.wardline.server.health.HealthFeature;
import org.wardline.server.health.QueueDepth;
import org.wardline.server.keys.PatientKeys;
import org.wardline.server.keys.SystemKeys;
import org.wardline.server.patients.Patients;
import org.wardline.server.patients.PatientsFeature;
import org.wardline.server.web.Assets;
import org.wardline.server.web.LiveEvents;
import org.wardline.server.web.LocalCa;
import org.wardline.server.web.Pages;
import org.wardline.server.web.WebServers;
import org.wardline.sms.SmsQueue;

/** The server, put together by hand: every part, in the order they need each other. */
public final class App implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(App.class);

  /** What runs, the newest first. */
  private final Deque<AutoCloseable> running = new ArrayDeque<>();

  private final AccountsFeature accounts;
  private final PatientsFeature patients;
  private final ConversationsFeature conversations;
  private final LocalCa ca;
  private final LiveEvents live;
  private final WebServers web;

  /** Starts everything, or leaves nothing running and throws. */
  public App(ServerSettings settings, Metrics metrics) {
    try {
      var clock = settings.clock();
      var zone = settings.conversations().practiceZone();
      var random = new SecureRandom();
      var db = new Db(settings.database());
      var audit = new Audit();
      var systemKeys = SystemKeys.open(db, settings.rootKeyFile());
      var keys = new PatientKeys(systemKeys);
      var queue = new SmsQueue(settings.transportKeys());
      var outbox = new ArchiveOutbox();
      var assets = new Assets();
      var pages = new Pages(assets);
      live = new LiveEvents();
      ca = new LocalCa(settings.certificates(), clock, random);

      accounts =
          started(
              new AccountsFeature(
                  db,
                  audit,
                  systemKeys,
                  pages,
                  live,
                  metrics,
                  random,
                  clock,
                  settings.idleLogOff()));
      var access = accounts.access();
      var withdrawals = new Withdrawals(queue, keys, outbox);
      var consent = new ConsentFeature(db, keys, outbox, audit, withdrawals, live, access, clock);
      patients =
          new PatientsFeature(
              db, systemKeys, keys, consent.ledger(), outbox, audit, access, pages, clock, zone);
      conversations =
          started(
              new ConversationsFeature(
                  settings.database(),
                  settings.lines(),
                  patients.patients(),
                  keys,
                  consent,
                  outbox,
                  queue,
                  audit,
                  live,
                  access,
                  pages,
                  metrics,
                  clock,
                  settings.conversations()));
      var archive = started(new ArchiveFeature(db, settings.archive(), metrics));
      var checks =
          List.of(
              HealthChecks.database(db),
              HealthChecks.links(db, clock),
              HealthChecks.queue(new QueueDepth(db, queue, clock, metrics)),
              HealthChecks.aside(() -> db.inTransaction(queue::aside)),
              HealthChecks.archive(() -> Duration.ofSeconds(archive.lag().oldestSeconds())),
              HealthChecks.disk(settings.data()));
      var health = new HealthFeature(checks, access, pages, metrics, clock);
      var auditFeature = new AuditFeature(access, db, audit);
      var api = new ApiFeature();

      web = started(new WebServers(settings.web(), ca, assets, pages, live, metrics));
      web.start(
          (HttpRules rules) -> {
            accounts.routes(rules);
            conversations.routes(rules);
            patients.routes(rules, conversations.conversations()::start);
            consent.routes(rules);
            auditFeature.routes(rules);
            health.routes(rules);
            api.routes(rules);
          },
          access::recognise,
          () -> settings.lines().getFirst().practiceName(),
          health::inside);
    } catch (RuntimeException | Error e) {
      closeAll(running);
      throw e;
    }
  }

  private <T extends AutoCloseable> T started(T part) {
    running.push(part);
    return part;
  }

  public Accounts accounts() {
    return accounts.accounts();
  }

  public ApiClients clients() {
    return accounts.clients();
  }

  public Patients patients() {
    return patients.patients();
  }

  public Conversations conversations() {
    return conversations.conversations();
  }

  /** What browsers listen to. */
  public LiveEvents live() {
    return live;
  }

  /** The authority whose certificate browsers must trust. */
  public LocalCa certificateAuthority() {
    return ca;
  }

  public WebServers web() {
    return web;
  }

  /** Stops taking requests, lets what runs finish, and stops the background work. */
  @Override
  public void close() {
    closeAll(running);
  }

  /** What was started last relies on the rest; one part that fails to stop does not keep others. */
  private static void closeAll(Deque<AutoCloseable> running) {
    while (!running.isEmpty()) {
      AutoCloseable part = running.pop();
      try {
        part.close();
      } catch (Exception e) {
        log.warn("{} did not stop cleanly: {}", part.getClass().getSimpleName(), e.toString());
      }
    }
  }
}
