package org.wardline.server.conversations;

import io.helidon.webserver.http.HttpRules;
import java.time.Duration;
import java.util.List;
import org.wardline.jdbc.Db;
import org.wardline.jdbc.Wakeups;
import org.wardline.jdbc.Worker;
import org.wardline.server.accounts.Access;
import org.wardline.server.audit.Audit;
import org.wardline.server.consent.ConsentFeature;
import org.wardline.server.consent.ConsentLedger;
import org.wardline.server.keys.PatientKeys;
import org.wardline.server.parts.Parts;
import org.wardline.server.patients.Patients;
import org.wardline.server.web.LiveEvents;
import org.wardline.sms.SmsQueue;

/** Conversations, whole: sending, answers, delivery, inbox and thread, for console and REST. */
public final class ConversationsFeature implements AutoCloseable {
  /** The slow look at the queues, should a notification be lost. */
  private static final Duration POLL = Duration.ofSeconds(1);

  /** Nobody sees that a bubble turns "delivered" so much later. */
  private static final Duration EVENTS_APART = Duration.ofMillis(25);

  private static final Duration TEXTS_APART = Duration.ofMillis(10);

  private final Acceptor acceptor;
  private final Worker delivery;
  private final Worker inbound;
  private final Worker oldKeys;
  private final Wakeups wakeups;
  private final Conversations conversations;
  private final MessageApi api;
  private final ConsolePages console;

  /**
   * @param askOnFirstContact whether somebody who texts first is asked for consent by rule
   * @param lines at least one
   * @param maxWaitingTexts so many may wait for the carrier before programs are put off
   * @param sameTextWindow for so long the same words do not go to the same number again unless
   *     somebody insists; zero switches that off
   */
  public record Settings(
      boolean askOnFirstContact, List<Line> lines, int maxWaitingTexts, Duration sameTextWindow) {
    public static final Duration SAME_TEXT_WINDOW = Duration.ofMinutes(5);

    /** An hour and more of what two cores send. */
    public static final int MAX_WAITING_TEXTS = 250_000;

    /** As patients know it. */
    public String practiceName() {
      return lines.getFirst().practiceName();
    }
  }

  public ConversationsFeature(
      Parts parts, Access access, ConsentFeature consent, Patients patients, Settings settings) {
    Db db = parts.db();
    SmsQueue queue = parts.queue();
    Audit audit = parts.audit();
    PatientKeys keys = parts.keys();
    LiveEvents live = parts.live();
    // What can fail comes first, before anything runs that somebody would have to stop.
    Lines lines = new Lines(db, settings.lines());
    db.run(queue::retrySetAside);
    ConsentLedger ledger = consent.ledger();
    EndedTexts ended = new EndedTexts(keys, parts.archive());
    MessageWriter writer = new MessageWriter(queue, audit, parts.archive(), live, parts.clock());
    acceptor =
        new Acceptor(
            db,
            lines,
            patients,
            keys,
            ledger,
            writer,
            new Backpressure(db, queue, settings.maxWaitingTexts()),
            new RepeatedTexts(parts.systemKeys(), parts.clock(), settings.sameTextWindow()),
            audit,
            parts.clock(),
            parts.metrics());
    conversations =
        new Conversations(db, lines, patients, keys, ledger, acceptor, queue, ended, audit, live);
    api = new MessageApi(access, conversations, parts.clock());
    console =
        new ConsolePages(
            access, parts.pages(), conversations, consent.consents(), parts.clock(), parts.zone());
    DeliveryEvents events =
        new DeliveryEvents(db, queue, ended, audit, live, settings.lines(), parts.metrics());
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
            parts.zone());
    delivery = new Worker("delivery-events", POLL, EVENTS_APART, events::runOnce);
    inbound = new Worker("inbound-texts", POLL, TEXTS_APART, texts::runOnce);
    oldKeys = new Worker("old-keys", OldKeys.LOOK, new OldKeys(db, parts.clock())::runOnce);
    wakeups =
        new Wakeups(
            parts.database(),
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
