package org.wardline.server.conversations;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardline.jdbc.Db;
import org.wardline.jdbc.Tx;
import org.wardline.server.accounts.Caller;
import org.wardline.server.audit.Audit;
import org.wardline.server.consent.ConsentKind;
import org.wardline.server.consent.ConsentLedger;
import org.wardline.server.consent.ConsentLedger.Saying;
import org.wardline.server.consent.ConsentMethod;
import org.wardline.server.consent.ConsentRules;
import org.wardline.server.consent.ConsentRules.Answer;
import org.wardline.server.consent.ConsentState;
import org.wardline.server.consent.ConsentWording;
import org.wardline.server.consent.PhoneLocks;
import org.wardline.server.conversations.MessageWriter.Incoming;
import org.wardline.server.conversations.MessageWriter.Outgoing;
import org.wardline.server.conversations.MessageWriter.Recipient;
import org.wardline.server.conversations.Recipients.PatientLine;
import org.wardline.server.keys.PatientKeys;
import org.wardline.server.patients.Patients;
import org.wardline.sms.PhoneNumber;
import org.wardline.sms.SenderAddress;
import org.wardline.sms.SmsQueue;
import org.wardline.sms.SmsText;

/**
 * Takes texts that the gateway has stored: finds or makes the patient and the conversation, stores
 * the message, and applies the consent rules, all in the transaction that takes the text out of the
 * queue.
 */
final class InboundTexts {
  private static final Logger log = LoggerFactory.getLogger(InboundTexts.class);
  private static final int MAX_BATCH_TEXTS = 100;

  /**
   * Answers by rule that one conversation gets in an hour at most, so that two machines cannot talk
   * for ever.
   */
  private static final int MAX_RULE_ANSWERS_AN_HOUR = 4;

  static final Caller RULES = Caller.system("consent-rules");
  private static final Caller WORKER = Caller.system("inbound");

  private final OneByOne oneByOne;
  private final SmsQueue queue;
  private final Lines lines;
  private final Patients patients;
  private final PatientKeys keys;
  private final ConsentLedger ledger;
  private final MessageWriter writer;
  private final EndedTexts ended;
  private final Audit audit;
  private final boolean askOnFirstContact;
  private final ZoneId practiceZone;

  InboundTexts(
      Db db,
      SmsQueue queue,
      Lines lines,
      Patients patients,
      PatientKeys keys,
      ConsentLedger ledger,
      MessageWriter writer,
      EndedTexts ended,
      Audit audit,
      boolean askOnFirstContact,
      ZoneId practiceZone) {
    this.oneByOne = new OneByOne(db, audit, WORKER, MAX_BATCH_TEXTS);
    this.queue = queue;
    this.lines = lines;
    this.patients = patients;
    this.keys = keys;
    this.ledger = ledger;
    this.writer = writer;
    this.ended = ended;
    this.audit = audit;
    this.askOnFirstContact = askOnFirstContact;
    this.practiceZone = practiceZone;
  }

  private record Sent(
      SmsQueue.InboundText text, PhoneNumber number, Line line, Patients.PhoneOwner owner) {
    PatientLine key() {
      return new PatientLine(owner.patient(), line.id());
    }
  }

  private record Resolved(SmsQueue.InboundText text, Recipient patient) {}

  /** Takes one batch and returns how many texts it held. */
  int runOnce() {
    return oneByOne.run(
        new OneByOne.Queue() {
          @Override
          public int batch(Tx tx, int limit) {
            return take(tx, queue.takeInbound(tx, limit));
          }

          @Override
          public List<SmsQueue.Waiting> waiting(Tx tx, int limit) {
            return queue.waitingInbound(tx, limit);
          }

          @Override
          public void one(Tx tx, SmsQueue.Waiting row) {
            take(tx, queue.takeInbound(tx, row));
          }

          @Override
          public void setAside(Tx tx, SmsQueue.Waiting row, String reason) {
            queue.setInboundAside(tx, row, reason);
          }
        });
  }

  private int take(Tx tx, List<SmsQueue.InboundText> texts) {
    List<Sent> sent = new ArrayList<>();
    texts.forEach(text -> sender(tx, text).ifPresent(sent::add));
    if (!sent.isEmpty()) {
      // Any text may change consent or be answered by rule. Before any row that sending writes too,
      // so that sending and opting out wait for each other in one order.
      PhoneLocks.forChange(tx, sent.stream().map(one -> one.owner().phone()).toList());
      List<Resolved> resolved = resolve(tx, sent);
      Senders.wroteTo(tx, destinations(resolved));
      writer.receive(tx, resolved.stream().map(InboundTexts::incoming).toList());
      resolved.forEach(one -> react(tx, one.patient(), one.text().text()));
    }
    return texts.size();
  }

  /** Which number of a line with several a patient knows it by now. */
  private static Map<UUID, SenderAddress> destinations(List<Resolved> resolved) {
    Map<UUID, SenderAddress> destinations = new HashMap<>();
    for (Resolved one : resolved) {
      Line line = one.patient().line();
      if (!line.pool().isEmpty()) {
        line.numbers().stream()
            .filter(number -> number.isDestination(one.text().destination()))
            .findFirst()
            .ifPresent(number -> destinations.put(one.patient().conversation(), number));
      }
    }
    return destinations;
  }

  private static Incoming incoming(Resolved one) {
    return new Incoming(
        one.text().id(),
        one.patient(),
        SmsText.of(one.text().text()),
        one.text().receivedAt(),
        one.text().complete(),
        one.text().note());
  }

  private Optional<Sent> sender(Tx tx, SmsQueue.InboundText text) {
    Optional<PhoneNumber> source = PhoneNumber.ofAddress(text.source());
    if (source.isEmpty()) {
      // A short code or a word as sender: no patient texts from one, and nobody could answer it.
      log.warn(
          "A text from a sender that is not a phone number was kept out of the inbox: {}",
          text.id());
      audit.record(
          tx, WORKER, "message.refused-sender", Optional.of(text.id()), "not a phone number");
      return Optional.empty();
    }
    PhoneNumber number = source.get();
    Line line = lines.receiving(text.destination());
    Patients.PhoneOwner known = patients.owners(tx, List.of(number)).get(number);
    Patients.PhoneOwner owner =
        known == null ? patients.createUnnamed(tx, number, practiceZone) : known;
    return Optional.of(new Sent(text, number, line, owner));
  }

  private List<Resolved> resolve(Tx tx, List<Sent> sent) {
    Map<PatientLine, UUID> conversations =
        Recipients.findOrCreate(tx, sent.stream().map(Sent::key).distinct().toList());
    return sent.stream()
        .map(
            one ->
                new Resolved(
                    one.text(),
                    new Recipient(
                        one.owner().patient(),
                        one.owner().phone(),
                        one.number(),
                        Objects.requireNonNull(conversations.get(one.key())),
                        one.line(),
                        keys.of(tx, one.owner().patient()))))
        .toList();
  }

  private void react(Tx tx, Recipient patient, String text) {
    ConsentLedger.Question question =
        new ConsentLedger.Question(patient.patient(), patient.phone(), ConsentKind.CARE);
    ConsentState before = ledger.state(tx, question);
    ConsentRules.Reaction reaction =
        ConsentRules.onText(
            text,
            before,
            ledger.openRequests(tx, patient.patient(), patient.phone()),
            askOnFirstContact);
    if (reaction.withdrawQueued()) {
      List<UUID> withdrawn = queue.withdraw(tx, patient.number());
      if (!withdrawn.isEmpty()) {
        ended.recall(tx, withdrawn, "not sent: the patient opted out");
      }
    }
    reaction.records().ifPresent(saying -> record(tx, patient, saying));
    reaction.answer().ifPresent(answer -> answer(tx, patient, answer));
  }

  private void record(Tx tx, Recipient patient, Saying saying) {
    List<Optional<ConsentKind>> kinds = new ArrayList<>();
    if (saying == Saying.REVOKED) {
      kinds.add(Optional.empty());
    } else {
      ConsentRules.OPENED_BY_YES.forEach(kind -> kinds.add(Optional.of(kind)));
    }
    for (Optional<ConsentKind> kind : kinds) {
      ledger.record(
          tx,
          patient.sealer(),
          new ConsentLedger.NewRecord(
              patient.patient(),
              Optional.of(patient.phone()),
              kind,
              saying,
              ConsentMethod.TEXT,
              ConsentWording.VERSION,
              ConsentLedger.PATIENT));
    }
    audit.record(
        tx,
        Caller.patient(),
        saying == Saying.REVOKED ? "consent.opt-out" : "consent.opt-in",
        patient.patient(),
        patient.phone(),
        patient.line().id(),
        "by text");
  }

  private void answer(Tx tx, Recipient patient, Answer answer) {
    if (answer != Answer.CONFIRM_STOP && answeredTooOften(tx, patient.conversation())) {
      return;
    }
    if (answer == Answer.ASK_FOR_CONSENT) {
      ledger.record(
          tx,
          patient.sealer(),
          new ConsentLedger.NewRecord(
              patient.patient(),
              Optional.of(patient.phone()),
              Optional.of(ConsentKind.CARE),
              Saying.REQUESTED,
              ConsentMethod.TEXT,
              ConsentWording.VERSION,
              RULES.name()));
    }
    writer.queue(
        tx,
        List.of(
            new Outgoing(
                UUID.randomUUID(),
                RULES,
                patient,
                answer == Answer.ASK_FOR_CONSENT ? "consent-request" : "reply",
                SmsText.of(patient.line().wording().of(answer), patient.line().format()),
                null)));
  }

  private static boolean answeredTooOften(Tx tx, UUID conversation) {
    return tx.one(
            """
            SELECT count(*) AS answers FROM wardline.message
            WHERE conversation_id = ? AND sender = ? AND created_at > now() - interval '1 hour'
            """,
            row -> row.intValue("answers"),
            conversation,
            RULES.name())
        >= MAX_RULE_ANSWERS_AN_HOUR;
  }
}
