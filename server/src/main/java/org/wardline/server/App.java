package org.wardline.server;

import io.helidon.webserver.http.HttpRules;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.wardline.jdbc.Db;
import org.wardline.jdbc.Worker;
import org.wardline.metrics.Metrics;
import org.wardline.server.accounts.Accounts;
import org.wardline.server.accounts.AccountsFeature;
import org.wardline.server.accounts.ApiClients;
import org.wardline.server.api.ApiFeature;
import org.wardline.server.archive.ArchiveFeature;
import org.wardline.server.archive.ArchiveOutbox;
import org.wardline.server.audit.Audit;
import org.wardline.server.audit.AuditApi;
import org.wardline.server.consent.ConsentLedger;
import org.wardline.server.consent.Consents;
import org.wardline.server.conversations.ConsolePages;
import org.wardline.server.conversations.Conversations;
import org.wardline.server.conversations.ConversationsFeature;
import org.wardline.server.conversations.Lines;
import org.wardline.server.conversations.Withdrawals;
import org.wardline.server.health.HealthChecks;
import org.wardline.server.health.HealthFeature;
import org.wardline.server.health.QueueDepth;
import org.wardline.server.keys.PatientKeys;
import org.wardline.server.keys.SystemKeys;
import org.wardline.server.patients.PatientApi;
import org.wardline.server.patients.PatientPages;
import org.wardline.server.patients.Patients;
import org.wardline.server.web.Assets;
import org.wardline.server.web.LiveEvents;
import org.wardline.server.web.LocalCa;
import org.wardline.server.web.Pages;
import org.wardline.server.web.WebServers;
import org.wardline.sms.SmsQueue;

/** The server, put together by hand: every part, in the order they need each other. */
public final class App implements AutoCloseable {
  /** A certificate near its end is renewed this often, long before anybody notices. */
  private static final Duration CERTIFICATES_LOOK = Duration.ofHours(12);

  private final Accounts accounts;
  private final ApiClients clients;
  private final Patients patients;
  private final LocalCa ca;
  private final AccountsFeature accountsFeature;
  private final ConversationsFeature conversations;
  private final ArchiveFeature archive;
  private final LiveEvents live;
  private final WebServers web;
  private final Worker certificates;

  /** Starts everything. */
  public App(ServerSettings settings, Metrics metrics) {
    var clock = settings.clock();
    var random = new SecureRandom();
    Db db = new Db(settings.database());
    var audit = new Audit();
    var systemKeys = SystemKeys.open(db, settings.rootKeyFile());
    var patientKeys = new PatientKeys(systemKeys);
    var queue = new SmsQueue(settings.transportKeys());
    var assets = new Assets();
    var pages = new Pages(assets);
    live = new LiveEvents(clock.millis() * 1_000);
    var outbox = new ArchiveOutbox();
    var ledger = new ConsentLedger(outbox, clock);
    var zone = settings.conversations().practiceZone();
    var lines = new Lines(db, settings.lines());

    ca = new LocalCa(settings.certificates(), clock, random);
    accounts = new Accounts(db, audit, systemKeys, random);
    clients = new ApiClients(db, audit, random, clock);
    accountsFeature =
        new AccountsFeature(
            db,
            audit,
            systemKeys,
            clients,
            pages,
            live,
            metrics,
            random,
            clock,
            settings.idleLogOff());
    var access = accountsFeature.access();
    patients = new Patients(db, systemKeys, patientKeys, ledger, outbox, audit, clock);
    conversations =
        new ConversationsFeature(
            settings.database(),
            lines,
            patients,
            patientKeys,
            ledger,
            outbox,
            queue,
            audit,
            live,
            access,
            metrics,
            clock,
            settings.conversations());
    var consents =
        new Consents(
            db, ledger, patientKeys, audit, new Withdrawals(queue, patientKeys, outbox), live);
    archive = new ArchiveFeature(db, settings.archive(), metrics);
    var depth = new QueueDepth(db, queue, clock, metrics);
    var health =
        new HealthFeature(
            List.of(
                HealthChecks.database(db),
                HealthChecks.links(db, clock),
                HealthChecks.queue(depth),
                HealthChecks.aside(() -> db.inTransaction(queue::aside)),
                HealthChecks.archive(
                    () -> Duration.ofSeconds((long) archive.lag().oldestSeconds())),
                HealthChecks.disk(settings.data())),
            access,
            pages,
            metrics,
            clock);

    web = new WebServers(settings.web(), ca, assets, pages, live, metrics);
    web.start(
        (HttpRules rules) -> {
          accountsFeature.routes(rules);
          conversations.routes(rules);
          new ConsolePages(access, pages, conversations.conversations(), consents, clock, zone)
              .routes(rules);
          new PatientPages(
                  access, pages, patients, conversations.conversations()::start, clock, zone)
              .routes(rules);
          new PatientApi(access, patients, consents, zone).routes(rules);
          new AuditApi(access, db, audit).routes(rules);
          health.routes(rules);
          new ApiFeature().routes(rules);
        },
        access::recognise,
        () -> settings.lines().getFirst().practiceName(),
        health::inside);
    certificates =
        new Worker(
            "certificates",
            CERTIFICATES_LOOK,
            () -> {
              web.reloadCertificates();
              return 0;
            });
  }

  public Accounts accounts() {
    return accounts;
  }

  public ApiClients clients() {
    return clients;
  }

  public Patients patients() {
    return patients;
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
    certificates.close();
    web.close();
    conversations.close();
    archive.close();
    accountsFeature.close();
  }
}
