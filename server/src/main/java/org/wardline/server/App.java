package org.wardline.server;

import org.wardline.metrics.Metrics;
import org.wardline.server.accounts.Access;
import org.wardline.server.accounts.AccountsFeature;
import org.wardline.server.api.ApiFeature;
import org.wardline.server.archive.ArchiveFeature;
import org.wardline.server.audit.AuditFeature;
import org.wardline.server.consent.ConsentFeature;
import org.wardline.server.conversations.ConversationsFeature;
import org.wardline.server.conversations.Withdrawals;
import org.wardline.server.health.HealthFeature;
import org.wardline.server.links.LinksFeature;
import org.wardline.server.parts.Parts;
import org.wardline.server.patients.PatientsFeature;
import org.wardline.server.web.WebServers;

/** The server, put together by hand: every feature, in the order they need each other. */
public record App(
    Parts parts,
    AccountsFeature accounts,
    PatientsFeature patients,
    ConversationsFeature conversations,
    WebServers web,
    Running running)
    implements AutoCloseable {

  /** Starts everything, or leaves nothing running and throws. */
  public static App start(ServerSettings settings, Metrics metrics) {
    Running running = new Running();
    try {
      Parts parts = settings.open(metrics);
      var accounts = running.add(new AccountsFeature(parts, settings.idleLogOff()));
      Access access = accounts.access();
      var consent = new ConsentFeature(parts, access, new Withdrawals(parts));
      var patients = new PatientsFeature(parts, access, consent.ledger());
      var conversations =
          running.add(
              new ConversationsFeature(
                  parts, access, consent, patients.patients(), settings.conversations()));
      var archive = running.add(new ArchiveFeature(parts, settings.archive()));
      var audit = new AuditFeature(parts, access);
      var links = new LinksFeature(parts, access, settings.conversations().lines());
      var health = new HealthFeature(parts, access, links, archive, settings.data());
      var api = new ApiFeature();

      var web = running.add(new WebServers(settings.web(), parts));
      web.start(
          console -> {
            accounts.routes(console);
            conversations.routes(console);
            patients.routes(console, conversations.conversations()::start);
            consent.routes(console);
            audit.routes(console);
            links.routes(console);
            health.routes(console);
            api.routes(console);
          },
          access::recognise,
          settings.conversations()::practiceName,
          health::inside);
      return new App(parts, accounts, patients, conversations, web, running);
    } catch (RuntimeException | Error e) {
      running.close();
      throw e;
    }
  }

  /** Stops taking requests, lets what runs finish, and stops the background work. */
  @Override
  public void close() {
    running.close();
  }
}
