package org.wardline.server.conversations;

import io.helidon.webserver.http.HttpRules;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import javax.sql.DataSource;
import org.wardline.jdbc.Db;
import org.wardline.jdbc.Wakeups;
import org.wardline.jdbc.Worker;
import org.wardline.metrics.Metrics;
import org.wardline.server.accounts.Access;
import org.wardline.server.archive.ArchiveOutbox;
import org.wardline.server.audit.Audit;
import org.wardline.server.consent.ConsentFeature;
import org.wardline.server.consent.ConsentLedger;
import org.wardline.server.keys.PatientKeys;
import org.wardline.server.patients.Patients;
import org.wardline.server.web.LiveEvents;
import org.wardline.server.web.Pages;
import org.wardline.sms.SmsQueue;

/** Conversations, whole: sending, answers, delivery, inbox and thread, for console and REST. */
public final class ConversationsFeature implements AutoCloseable {
  /** The slow look at the queues, should a notification be lost. */
  private static final Duration POLL = Duration.ofSeconds(1);

  private final Acceptor acceptor;
  private final Worker delivery;
  private final Worker inbound;
  private final Worker oldKeys;
  private final Wakeups wakeups;
  private final Conversations conversations;
  private final MessageApi api;
  private final ConsolePages console;

  /** What the practice decides about answers by rule. */
  public record Settings(boolean askOnFirstContact, ZoneId practiceZone) {}

  public ConversationsFeature(
      DataSource dataSource,
      List<Line> configured,
      Patients patients,
      PatientKeys keys,
      ConsentFeature consent,
      ArchiveOutbox archive,
      SmsQueue queue,
      Audit audit,
      LiveEvents live,
      Access access,
      Pages pages,
      Metrics metrics,
      Clock clock,
      Settings settings) {
    Db db = new Db(dataSource);
    // What can fail comes first, before anything runs that somebody would have to stop.
    Lines lines = new Lines(db, configured);
    db.run(queue::retrySetAside);
    ConsentLedger ledger = consent.ledger();
    EndedTexts ended = new EndedTexts(keys, archive);
    MessageWriter writer = new MessageWriter(queue, audit, archive, live, clock);
    acceptor = new Acceptor(db, lines, patients, keys, ledger, writer, audit, metrics);
    conversations =
        new Conversations(db, lines, patients, keys, ledger, acceptor, queue, ended, audit, live);
    api = new MessageApi(access, conversations, clock);
    console =
        new ConsolePages(
            access, pages, conversations, consent.consents(), clock, settings.practiceZone());
    DeliveryEvents events = new DeliveryEvents(db, queue, ended, audit, live);
    InboundTexts texts =
        new InboundTexts(
            db,
            queue,
            lines,
            patients,
            keys,
            ledger,
            writer,
            ended,
            audit,
            settings.askOnFirstContact(),
            settings.practiceZone());
    delivery = new Worker("delivery-events", POLL, events::runOnce);
    inbound = new Worker("inbound-texts", POLL, texts::runOnce);
    oldKeys = new Worker("old-keys", OldKeys.LOOK, new OldKeys(db, clock)::runOnce);
    wakeups =
        new Wakeups(
            dataSource,
            List.of(SmsQueue.EVENT_CHANNEL, SmsQueue.INBOUND_CHANNEL),
            channel -> (channel.equals(SmsQueue.EVENT_CHANNEL) ? delivery : inbound).wake());
  }

  public Conversations conversations() {
    return conversations;
  }

  public void routes(HttpRules rules) {
    console.routes(rules);
    api.routes(rules);
  }

  @Override
  public void close() {
    acceptor.close();
    wakeups.close();
    delivery.close();
    inbound.close();
    oldKeys.close();
  }
}
