package org.wardline.server.conversations;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.wardline.jdbc.Tx;
import org.wardline.server.accounts.Caller;
import org.wardline.server.archive.ArchiveOutbox;
import org.wardline.server.audit.Audit;
import org.wardline.server.consent.ConsentKind;
import org.wardline.server.keys.Sealer;
import org.wardline.server.web.LiveEvent;
import org.wardline.server.web.LiveEvents;
import org.wardline.sms.DeliveryState;
import org.wardline.sms.PhoneNumber;
import org.wardline.sms.SenderAddress;
import org.wardline.sms.SmsQueue;
import org.wardline.sms.SmsText;
import org.wardline.sms.Urgency;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes messages with everything that belongs to them, in the caller's transaction and with one
 * statement per table for any number of messages: message, audit, archive event, and the queue to
 * the gateway.
 */
final class MessageWriter {
  /** How long a text may wait for the carrier unless its sender said otherwise. */
  static final Duration DEFAULT_VALIDITY = Duration.ofHours(24);

  private final SmsQueue queue;
  private final Audit audit;
  private final ArchiveOutbox archive;
  private final LiveEvents live;
  private final Clock clock;

  MessageWriter(SmsQueue queue, Audit audit, ArchiveOutbox archive, LiveEvents live, Clock clock) {
    this.queue = queue;
    this.audit = audit;
    this.archive = archive;
    this.live = live;
    this.clock = clock;
  }

  /** Whom a text goes to, fully resolved. */
  record Recipient(
      UUID patient, UUID phone, PhoneNumber number, UUID conversation, Line line, Sealer sealer) {
    @Override
    public String toString() {
      return "Recipient[" + conversation + "]";
    }
  }

  /**
   * A text to send; the caller has checked consent and rights, or a rule answers.
   *
   * @param kind wire name of the consent kind, {@code consent-request}, or {@code reply} for
   *     answers by rule
   */
  record Outgoing(
      UUID id,
      Caller caller,
      Recipient recipient,
      String kind,
      SmsText text,
      @Nullable Instant expiresAt) {}

  /**
   * A text from a patient.
   *
   * @param note the gateway's words about it, for the history; usually empty
   */
  record Incoming(
      UUID id,
      Recipient recipient,
      SmsText text,
      Instant receivedAt,
      boolean complete,
      String note) {}

  private record Row(
      UUID id,
      Recipient recipient,
      boolean outgoing,
      String kind,
      SmsText text,
      DeliveryState state,
      String sender,
      Instant at,
      @Nullable Instant expiresAt,
      String note) {}

  /**
   * Queues texts for the gateway, in this order. They are accepted once the transaction commits.
   */
  void queue(Tx tx, List<Outgoing> texts) {
    Instant now = clock.instant();
    Map<UUID, Line> lines = new LinkedHashMap<>();
    texts.forEach(text -> lines.put(text.recipient().conversation(), text.recipient().line()));
    Map<UUID, SenderAddress> senders = Senders.of(tx, lines);
    List<Row> rows = new ArrayList<>(texts.size());
    List<Audit.Act> acts = new ArrayList<>(texts.size());
    List<SmsQueue.OutboundText> outbound = new ArrayList<>(texts.size());
    for (Outgoing text : texts) {
      Recipient recipient = text.recipient();
      Instant expiresAt = text.expiresAt() == null ? now.plus(DEFAULT_VALIDITY) : text.expiresAt();
      rows.add(
          new Row(
              text.id(),
              recipient,
              true,
              text.kind(),
              text.text(),
              DeliveryState.QUEUED,
              text.caller().name(),
              now,
              expiresAt,
              ""));
      acts.add(
          new Audit.Act(
              text.caller(),
              "message.send",
              recipient.patient(),
              text.id(),
              recipient.line().id(),
              text.kind()));
      outbound.add(
          new SmsQueue.OutboundText(
              text.id(),
              recipient.line().id(),
              Objects.requireNonNull(senders.get(recipient.conversation())).value(),
              recipient.number(),
              text.text().text(),
              text.text().segments(),
              expiresAt,
              urgency(text.kind()),
              recipient.line().inDoubt(),
              recipient.line().format()));
    }
    insert(tx, rows);
    audit.recordAll(tx, acts);
    queue.enqueue(tx, outbound);
  }

  /** Reminders and outreach let answers pass; everything else is somebody's answer. */
  private static Urgency urgency(String kind) {
    return ConsentKind.ofWireName(kind)
        .map(
            consent ->
                switch (consent) {
                  case REMINDERS -> Urgency.REMINDER;
                  case OUTREACH -> Urgency.BROADCAST;
                  case CARE, SECURE_LINK -> Urgency.REPLY;
                })
        .orElse(Urgency.REPLY);
  }

  /** Stores texts from patients. */
  void receive(Tx tx, List<Incoming> texts) {
    List<Row> rows = new ArrayList<>(texts.size());
    List<Audit.Act> acts = new ArrayList<>(texts.size());
    for (Incoming text : texts) {
      rows.add(
          new Row(
              text.id(),
              text.recipient(),
              false,
              "reply",
              text.text(),
              DeliveryState.RECEIVED,
              "patient",
              text.receivedAt(),
              null,
              text.complete()
                  ? text.note()
                  : "parts are missing; the carrier did not deliver them in time"));
      acts.add(
          new Audit.Act(
              Caller.patient(),
              "message.receive",
              text.recipient().patient(),
              text.id(),
              text.recipient().line().id(),
              ""));
    }
    insert(tx, rows);
    audit.recordAll(tx, acts);
  }

  private void insert(Tx tx, List<Row> rows) {
    int n = rows.size();
    UUID[] ids = new UUID[n];
    UUID[] conversations = new UUID[n];
    UUID[] patients = new UUID[n];
    UUID[] phones = new UUID[n];
    String[] lines = new String[n];
    String[] directions = new String[n];
    String[] kinds = new String[n];
    byte[][] sealed = new byte[n][];
    String[] encodings = new String[n];
    Integer[] segments = new Integer[n];
    String[] states = new String[n];
    String[] senders = new String[n];
    Instant[] times = new Instant[n];
    @Nullable Instant[] expiries = new Instant[n];
    String[] notes = new String[n];
    List<ArchiveOutbox.Event> events = new ArrayList<>(n);
    for (int i = 0; i < n; i++) {
      Row row = rows.get(i);
      Recipient recipient = row.recipient();
      ids[i] = row.id();
      conversations[i] = recipient.conversation();
      patients[i] = recipient.patient();
      phones[i] = recipient.phone();
      lines[i] = recipient.line().id();
      directions[i] = row.outgoing() ? "out" : "in";
      kinds[i] = row.kind();
      sealed[i] = recipient.sealer().seal("message", row.id(), row.text().text());
      encodings[i] = row.text().encoding().wireName();
      segments[i] = row.text().segments();
      states[i] = row.state().wireName();
      senders[i] = row.sender();
      times[i] = row.at();
      expiries[i] = row.expiresAt();
      notes[i] = row.note();
      events.add(archived(row));
    }
    Recipients.lockConversations(tx, conversations);
    tx.later(
        """
        WITH new AS (
          SELECT * FROM unnest(
            ?::uuid[], ?::uuid[], ?::uuid[], ?::uuid[], ?::text[], ?::text[], ?::text[], ?::bytea[], ?::text[],
            ?::int[], ?::text[], ?::text[], ?::timestamptz[], ?::timestamptz[], ?::text[])
          WITH ORDINALITY AS t (id, conversation_id, patient_id, phone_id, line, direction, kind, sealed_text,
            encoding, segments, state, sender, created_at, expires_at, note, n)),
        messages AS (
          INSERT INTO wardline.message (id, conversation_id, patient_id, phone_id, line, direction, kind, sealed_text,
            encoding, segments, state, sender, created_at, expires_at, note)
          SELECT id, conversation_id, patient_id, phone_id, line, direction, kind, sealed_text,
            encoding, segments, state, sender, created_at, expires_at, note
          FROM new ORDER BY n
          RETURNING id, seq, conversation_id, direction, created_at),
        newest AS (
          SELECT DISTINCT ON (conversation_id) conversation_id, id, created_at FROM messages
          ORDER BY conversation_id, seq DESC),
        inbound AS (
          SELECT conversation_id, max(seq) AS seq FROM messages WHERE direction = 'in' GROUP BY conversation_id)
        UPDATE wardline.conversation c
        SET last_message_id = newest.id,
            last_activity_at = greatest(c.last_activity_at, newest.created_at),
            last_inbound_seq = greatest(c.last_inbound_seq, coalesce(inbound.seq, 0))
        FROM newest LEFT JOIN inbound USING (conversation_id)
        WHERE c.id = newest.conversation_id
        """,
        ids,
        conversations,
        patients,
        phones,
        lines,
        directions,
        kinds,
        sealed,
        encodings,
        segments,
        states,
        senders,
        times,
        expiries,
        notes);
    archive.add(tx, events);
    Map<UUID, Row> changed = new LinkedHashMap<>();
    rows.forEach(row -> changed.put(row.recipient().conversation(), row));
    tx.afterCommit(
        () ->
            changed.forEach(
                (conversation, row) ->
                    live.publish(
                        new LiveEvent(
                            row.outgoing() ? "message" : "inbound",
                            row.recipient().line().id(),
                            conversation))));
  }

  private ArchiveOutbox.Event archived(Row row) {
    ObjectNode content = archive.content();
    content.put("conversation", row.recipient().conversation().toString());
    content.put("line", row.recipient().line().id());
    content.put("direction", row.outgoing() ? "out" : "in");
    content.put("phone", row.recipient().number().e164());
    content.put("kind", row.kind());
    content.put("sender", row.sender());
    content.put("text", row.text().text());
    content.put("encoding", row.text().encoding().wireName());
    content.put("segments", row.text().segments());
    content.put("state", row.state().wireName());
    return new ArchiveOutbox.Event(
        row.id(),
        row.recipient().patient(),
        row.recipient().sealer(),
        "message",
        row.at(),
        content);
  }
}
