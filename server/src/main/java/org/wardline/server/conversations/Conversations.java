package org.wardline.server.conversations;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.wardline.jdbc.Db;
import org.wardline.jdbc.Tx;
import org.wardline.server.accounts.Caller;
import org.wardline.server.audit.Audit;
import org.wardline.server.consent.ConsentKind;
import org.wardline.server.consent.ConsentLedger;
import org.wardline.server.consent.ConsentState;
import org.wardline.server.conversations.SendRequest.IdempotencyKey;
import org.wardline.server.conversations.SendRequest.Purpose;
import org.wardline.server.conversations.SendRequest.Target;
import org.wardline.server.keys.PatientKeys;
import org.wardline.server.keys.Sealer;
import org.wardline.server.patients.Patients;
import org.wardline.server.web.Cursor;
import org.wardline.server.web.LiveEvent;
import org.wardline.server.web.LiveEvents;
import org.wardline.sms.PhoneNumber;
import org.wardline.sms.SmsQueue;

/**
 * What staff do with conversations. Everything takes the caller; what a caller may not see is not
 * there.
 */
public final class Conversations {
  /** The longest text staff or a client may send, in UTF-16 units. */
  public static final int MAX_TEXT_CHARS = 2_000;

  /** How many conversations the inbox shows at most. */
  public static final int MAX_INBOX_ROWS = 200;

  /** How many messages a thread shows at once. */
  public static final int THREAD_PAGE_MESSAGES = 100;

  private static final int PREVIEW_CHARS = 120;

  private final Db db;
  private final Lines lines;
  private final Patients patients;
  private final PatientKeys keys;
  private final ConsentLedger ledger;
  private final Acceptor acceptor;
  private final SmsQueue queue;
  private final EndedTexts ended;
  private final Audit audit;
  private final LiveEvents live;

  Conversations(
      Db db,
      Lines lines,
      Patients patients,
      PatientKeys keys,
      ConsentLedger ledger,
      Acceptor acceptor,
      SmsQueue queue,
      EndedTexts ended,
      Audit audit,
      LiveEvents live) {
    this.db = db;
    this.lines = lines;
    this.patients = patients;
    this.keys = keys;
    this.ledger = ledger;
    this.acceptor = acceptor;
    this.queue = queue;
    this.ended = ended;
    this.audit = audit;
    this.live = live;
  }

  private record SealedRow(
      UUID id,
      UUID patient,
      String line,
      Instant at,
      @Nullable UUID message,
      byte @Nullable [] sealedText,
      String direction,
      String state,
      @Nullable UUID phone,
      boolean unread) {}

  private record SealedBubble(
      UUID id,
      long seq,
      String direction,
      byte[] sealedText,
      String state,
      String detail,
      boolean mayBeDuplicate,
      String sender,
      Instant at,
      String encoding,
      int segments) {}

  /**
   * The newest conversations of every line the caller may read; the view of their names is audited.
   */
  public List<InboxRow> inbox(Caller caller, int limit) {
    String[] readable = readableLines(caller).stream().map(Line::id).toArray(String[]::new);
    if (readable.length == 0) {
      return List.of();
    }
    return db.inTransaction(
        tx -> {
          List<SealedRow> rows =
              tx.query(
                  """
                  SELECT c.id, c.patient_id, c.line, c.last_activity_at, m.id AS message_id, m.sealed_text,
                         coalesce(m.direction, '') AS direction, coalesce(m.state, '') AS state,
                         coalesce(m.phone_id, p.id) AS phone_id,
                         c.last_inbound_seq > coalesce(s.seen_seq, 0) AS unread
                  FROM wardline.conversation c
                  LEFT JOIN wardline.message m ON m.id = c.last_message_id
                  LEFT JOIN LATERAL (
                    SELECT id FROM wardline.phone WHERE patient_id = c.patient_id ORDER BY position LIMIT 1) p ON true
                  LEFT JOIN wardline.conversation_seen s ON s.conversation_id = c.id AND s.account_id = ?::uuid
                  WHERE c.line = ANY (?)
                  ORDER BY c.last_activity_at DESC, c.id
                  LIMIT ?
                  """,
                  row ->
                      new SealedRow(
                          row.uuid("id"),
                          row.uuid("patient_id"),
                          row.string("line"),
                          row.instant("last_activity_at"),
                          row.optionalUuid("message_id").orElse(null),
                          row.optionalBytes("sealed_text").orElse(null),
                          row.string("direction"),
                          row.string("state"),
                          row.optionalUuid("phone_id").orElse(null),
                          row.bool("unread")),
                  caller.id().orElse(null),
                  readable,
                  Math.min(limit, MAX_INBOX_ROWS));
          List<UUID> shown = rows.stream().map(SealedRow::patient).distinct().toList();
          Map<UUID, Patients.Named> names = patients.names(tx, shown);
          Map<UUID, Sealer> sealers = keys.of(tx, shown);
          Map<UUID, PhoneNumber> numbers = unnamedNumbers(tx, rows, names);
          if (!shown.isEmpty()) {
            audit.recordView(tx, caller, "inbox.view", shown, "");
          }
          List<InboxRow> inbox = new ArrayList<>();
          for (SealedRow row : rows) {
            Patients.Named named = names.get(row.patient());
            Sealer sealer = sealers.get(row.patient());
            if (named != null && sealer != null) {
              inbox.add(
                  new InboxRow(
                      row.id(),
                      row.line(),
                      displayName(named, row.phone() == null ? null : numbers.get(row.phone())),
                      named.known(),
                      preview(row, sealer),
                      row.direction(),
                      row.state(),
                      row.at(),
                      row.unread()));
            }
          }
          return inbox;
        });
  }

  private Map<UUID, PhoneNumber> unnamedNumbers(
      Tx tx, List<SealedRow> rows, Map<UUID, Patients.Named> names) {
    List<UUID> phones = new ArrayList<>();
    for (SealedRow row : rows) {
      Patients.Named named = names.get(row.patient());
      if (named != null && !named.known() && row.phone() != null) {
        phones.add(row.phone());
      }
    }
    return phones.isEmpty() ? Map.of() : patients.numbers(tx, phones);
  }

  private static String preview(SealedRow row, Sealer sealer) {
    if (row.message() == null || row.sealedText() == null) {
      return "";
    }
    String text = sealer.openText("message", row.message(), row.sealedText());
    int end = Math.min(text.length(), PREVIEW_CHARS);
    if (end < text.length() && Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end);
  }

  private static String displayName(Patients.Named named, @Nullable PhoneNumber number) {
    String name = named.profile().displayName();
    if (!name.isEmpty()) {
      return name;
    }
    return number == null ? "Unknown sender" : number.display();
  }

  /**
   * Opens a conversation: audited as a view, and marked as read by this person. Empty when there is
   * none or the caller may not read its line.
   *
   * @param beforeSeq 0 for the newest messages, else the page that ends before this message
   */
  public Optional<ThreadView> open(Caller caller, UUID conversation, long beforeSeq) {
    return db.inTransaction(
        tx -> {
          Optional<Recipients.Known> readable =
              Recipients.byId(tx, conversation)
                  .filter(known -> mayReadOrDenied(tx, caller, known.line()));
          if (readable.isEmpty()) {
            return Optional.empty();
          }
          Recipients.Known known = readable.get();
          Patients.Named named = patients.names(tx, List.of(known.patient())).get(known.patient());
          PhoneNumber number = patients.numbers(tx, List.of(known.phone())).get(known.phone());
          Line line = lines.find(known.line()).orElse(null);
          if (named == null || number == null || line == null) {
            return Optional.empty();
          }
          List<SealedBubble> newestFirst = bubbles(tx, conversation, beforeSeq);
          boolean more = newestFirst.size() > THREAD_PAGE_MESSAGES;
          Sealer sealer = keys.of(tx, known.patient());
          List<ThreadView.Bubble> messages =
              newestFirst.stream()
                  .limit(THREAD_PAGE_MESSAGES)
                  .map(row -> bubble(row, sealer))
                  .toList()
                  .reversed();
          ConsentState consent =
              ledger.state(
                  tx, new ConsentLedger.Question(known.patient(), known.phone(), ConsentKind.CARE));
          audit.record(
              tx, caller, "conversation.view", known.patient(), conversation, known.line(), "");
          long newFrom = newFromSeq(messages, seenSeq(tx, caller, conversation));
          markSeen(tx, caller, conversation);
          return Optional.of(
              new ThreadView(
                  conversation,
                  known.patient(),
                  known.line(),
                  line.name(),
                  line.format(),
                  displayName(named, number),
                  named.known(),
                  number.display(),
                  named.zone(),
                  consent,
                  messages,
                  more ? messages.getFirst().seq() : 0,
                  newFrom));
        });
  }

  private static List<SealedBubble> bubbles(Tx tx, UUID conversation, long beforeSeq) {
    return tx.query(
        """
        SELECT m.id, m.seq, m.direction, m.sealed_text, m.state, coalesce(h.detail, m.note) AS detail,
               m.may_be_duplicate, m.sender, m.created_at, m.encoding, m.segments
        FROM wardline.message m
        LEFT JOIN LATERAL (
          SELECT detail FROM wardline.message_history
          WHERE message_id = m.id AND state = m.state ORDER BY seq DESC LIMIT 1) h ON true
        WHERE m.conversation_id = ? AND m.seq < ?
        ORDER BY m.seq DESC
        LIMIT ?
        """,
        row ->
            new SealedBubble(
                row.uuid("id"),
                row.longValue("seq"),
                row.string("direction"),
                row.bytes("sealed_text"),
                row.string("state"),
                row.string("detail"),
                row.bool("may_be_duplicate"),
                row.string("sender"),
                row.instant("created_at"),
                row.string("encoding"),
                row.intValue("segments")),
        conversation,
        beforeSeq == 0 ? Long.MAX_VALUE : beforeSeq,
        THREAD_PAGE_MESSAGES + 1);
  }

  private static ThreadView.Bubble bubble(SealedBubble row, Sealer sealer) {
    boolean worthSaying =
        switch (row.state()) {
          case "failed", "expired", "unknown", "recalled", "received" -> true;
          default -> false;
        };
    return new ThreadView.Bubble(
        row.id(),
        row.seq(),
        row.direction().equals("out"),
        sealer.openText("message", row.id(), row.sealedText()),
        row.state(),
        worthSaying ? row.detail() : "",
        row.mayBeDuplicate(),
        row.sender().equals(InboundTexts.RULES.name()) ? "Automatic" : row.sender(),
        row.at(),
        row.encoding(),
        row.segments());
  }

  /** Up to where this person has seen the conversation; empty when never. */
  private static Optional<Long> seenSeq(Tx tx, Caller caller, UUID conversation) {
    return tx.first(
        "SELECT seen_seq FROM wardline.conversation_seen WHERE conversation_id = ? AND account_id = ?::uuid",
        row -> row.longValue("seen_seq"),
        conversation,
        caller.id().orElse(null));
  }

  private static long newFromSeq(List<ThreadView.Bubble> messages, Optional<Long> seen) {
    return messages.stream()
        .filter(message -> !message.outgoing())
        .filter(message -> seen.filter(seq -> message.seq() > seq).isPresent())
        .mapToLong(ThreadView.Bubble::seq)
        .findFirst()
        .orElse(0);
  }

  private static void markSeen(Tx tx, Caller caller, UUID conversation) {
    if (caller.kind() == Caller.Kind.PERSON) {
      tx.update(
          """
          INSERT INTO wardline.conversation_seen (conversation_id, account_id, seen_seq)
          SELECT id, ?::uuid, last_inbound_seq FROM wardline.conversation WHERE id = ?
          ON CONFLICT (conversation_id, account_id) DO UPDATE
          SET seen_seq = excluded.seen_seq WHERE conversation_seen.seen_seq < excluded.seen_seq
          """,
          caller.id().orElse(null),
          conversation);
    }
  }

  /**
   * Sends a text in a conversation, under {@code care} consent. The same key with the same text is
   * accepted once.
   */
  public SendOutcome send(
      Caller caller, UUID conversation, String text, boolean again, String idempotencyKey) {
    return acceptor.accept(
        new SendRequest(
            caller,
            new Target.ToThread(conversation),
            text,
            new Purpose.Text(ConsentKind.CARE),
            again,
            Optional.empty(),
            Optional.of(personsKey(caller, conversation, text, idempotencyKey))));
  }

  /** Asks the patient for consent by text. */
  public SendOutcome requestConsent(Caller caller, UUID conversation, String idempotencyKey) {
    Optional<Line> line =
        db.inTransaction(
            tx -> Recipients.byId(tx, conversation).flatMap(known -> lines.find(known.line())));
    if (line.isEmpty()) {
      return new SendOutcome.UnknownRecipient();
    }
    String text =
        line.get().wording().of(org.wardline.server.consent.ConsentRules.Answer.ASK_FOR_CONSENT);
    return acceptor.accept(
        new SendRequest(
            caller,
            new Target.ToThread(conversation),
            text,
            new Purpose.ConsentRequest(),
            true,
            Optional.empty(),
            Optional.of(personsKey(caller, conversation, text, idempotencyKey))));
  }

  private static IdempotencyKey personsKey(
      Caller caller, UUID conversation, String text, String key) {
    return new IdempotencyKey(caller.id().orElseThrow(), key, sha256(conversation + "|" + text));
  }

  static byte[] sha256(String value) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /**
   * Withdraws a text that has not left yet. False when it is too late, or there is no such text for
   * this caller.
   */
  public boolean recall(Caller caller, UUID message) {
    record Found(UUID patient, UUID conversation, String line) {}
    return db.inTransaction(
        tx -> {
          Optional<Found> found =
              tx.first(
                      "SELECT patient_id, conversation_id, line FROM wardline.message WHERE id = ? AND direction = 'out'",
                      row ->
                          new Found(
                              row.uuid("patient_id"),
                              row.uuid("conversation_id"),
                              row.string("line")),
                      message)
                  .filter(
                      row -> {
                        boolean may = caller.may("conversation:write:" + row.line());
                        if (!may) {
                          lineDenied(tx, caller, "write", row.line());
                        }
                        return may;
                      });
          if (found.isEmpty() || !queue.withdraw(tx, message)) {
            return false;
          }
          ended.recall(tx, List.of(message), "withdrawn by " + caller.name());
          audit.record(
              tx, caller, "message.recall", found.get().patient(), message, found.get().line(), "");
          tx.afterCommit(
              () ->
                  live.publish(
                      new LiveEvent("state", found.get().line(), found.get().conversation())));
          return true;
        });
  }

  /**
   * The conversation of a patient on a line, made when there is none. Empty when the caller may not
   * write there.
   */
  public Optional<UUID> start(Caller caller, UUID patient, String lineId) {
    if (lines.find(lineId).isEmpty() || !caller.may("conversation:write:" + lineId)) {
      return Optional.empty();
    }
    return db.inTransaction(
        tx -> {
          if (!patients.names(tx, List.of(patient)).containsKey(patient)) {
            return Optional.empty();
          }
          Recipients.PatientLine key = new Recipients.PatientLine(patient, lineId);
          UUID conversation =
              Objects.requireNonNull(Recipients.findOrCreate(tx, List.of(key)).get(key));
          audit.record(tx, caller, "conversation.start", patient, conversation, lineId, "");
          return Optional.of(conversation);
        });
  }

  /** The same on the first line that the caller may write on. */
  public Optional<UUID> start(Caller caller, UUID patient) {
    return writableLines(caller).stream()
        .findFirst()
        .flatMap(line -> start(caller, patient, line.id()));
  }

  /** The lines this caller may write on, in the configured order. */
  public List<Line> writableLines(Caller caller) {
    return lines.all().stream()
        .filter(line -> caller.may("conversation:write:" + line.id()))
        .toList();
  }

  /** The lines this caller may read, in the configured order. */
  public List<Line> readableLines(Caller caller) {
    return lines.all().stream().filter(line -> mayRead(caller, line.id())).toList();
  }

  private void lineDenied(Tx tx, Caller caller, String verb, String line) {
    audit.record(
        tx, caller, "access.denied", caller.id(), "needs conversation:" + verb + ":" + line);
  }

  /** Keeps what the caller may read; the rest looks missing, and the audit says so. */
  private boolean mayReadOrDenied(Tx tx, Caller caller, String line) {
    boolean may = mayRead(caller, line);
    if (!may) {
      lineDenied(tx, caller, "read", line);
    }
    return may;
  }

  private static boolean mayRead(Caller caller, String line) {
    return caller.may("conversation:read:" + line);
  }

  /** A message as the REST interface shows it. */
  public record MessageView(
      UUID id,
      String direction,
      String state,
      String line,
      UUID patient,
      UUID phone,
      String text,
      String kind,
      String encoding,
      int segments,
      boolean mayBeDuplicate,
      Instant createdAt,
      List<MessageSteps.Step> history) {
    @Override
    public String toString() {
      return "MessageView[" + id + "]";
    }
  }

  /** Some messages and where to go on; the cursor stays where it was when there is nothing new. */
  public record MessagePage(List<MessageView> items, String next) {}

  /**
   * One message; the view is audited. Empty when there is none or the caller may not read its line.
   */
  public Optional<MessageView> message(Caller caller, UUID id) {
    return db.inTransaction(
        tx -> {
          List<SealedMessage> rows =
              tx.query(SealedMessage.SELECT + " WHERE id = ?", SealedMessage::of, id).stream()
                  .filter(row -> mayReadOrDenied(tx, caller, row.line()))
                  .toList();
          Optional<MessageView> view = views(tx, rows).stream().findFirst();
          view.ifPresent(
              seen ->
                  audit.record(
                      tx, caller, "message.view", seen.patient(), seen.id(), seen.line(), ""));
          return view;
        });
  }

  /**
   * Messages of a line, oldest first, after a cursor; the view is audited. Empty when there is no
   * such line for this caller.
   */
  public Optional<MessagePage> messages(
      Caller caller, String line, Optional<String> direction, Cursor after, int limit) {
    if (lines.find(line).isEmpty()) {
      return Optional.empty();
    }
    if (!mayRead(caller, line)) {
      db.run(tx -> lineDenied(tx, caller, "read", line));
      return Optional.empty();
    }
    return db.inTransaction(
        tx -> {
          List<SealedMessage> rows =
              tx.query(
                  SealedMessage.SELECT
                      + (direction.isPresent()
                          ? " WHERE direction = ? AND line = ?"
                          : " WHERE ? = '' AND line = ?")
                      + """
                       AND (xid, seq) > (?::text::xid8, ?)
                       AND xid < pg_snapshot_xmin(pg_current_snapshot())
                       ORDER BY xid, seq LIMIT ?
                      """,
                  SealedMessage::of,
                  direction.orElse(""),
                  line,
                  after.xid(),
                  after.seq(),
                  limit);
          List<MessageView> items = views(tx, rows);
          if (!items.isEmpty()) {
            audit.recordView(
                tx,
                caller,
                "message.list",
                items.stream().map(MessageView::patient).distinct().toList(),
                "line " + line);
          }
          Cursor next =
              rows.isEmpty() ? after : new Cursor(rows.getLast().xid(), rows.getLast().seq());
          return Optional.of(new MessagePage(items, next.text()));
        });
  }

  private record SealedMessage(
      UUID id,
      String xid,
      long seq,
      UUID patient,
      UUID phone,
      String line,
      String direction,
      String kind,
      byte[] sealedText,
      String encoding,
      int segments,
      String state,
      boolean mayBeDuplicate,
      Instant createdAt) {
    static final String SELECT =
        """
        SELECT id, xid::text AS xid, seq, patient_id, phone_id, line, direction, kind, sealed_text, encoding,
               segments, state, may_be_duplicate, created_at
        FROM wardline.message""";

    static SealedMessage of(org.wardline.jdbc.Row row) {
      return new SealedMessage(
          row.uuid("id"),
          row.string("xid"),
          row.longValue("seq"),
          row.uuid("patient_id"),
          row.uuid("phone_id"),
          row.string("line"),
          row.string("direction"),
          row.string("kind"),
          row.bytes("sealed_text"),
          row.string("encoding"),
          row.intValue("segments"),
          row.string("state"),
          row.bool("may_be_duplicate"),
          row.instant("created_at"));
    }
  }

  private List<MessageView> views(Tx tx, List<SealedMessage> rows) {
    if (rows.isEmpty()) {
      return List.of();
    }
    Map<UUID, Sealer> sealers =
        keys.of(tx, rows.stream().map(SealedMessage::patient).distinct().toList());
    Map<UUID, List<MessageSteps.Step>> history =
        MessageSteps.of(tx, rows.stream().map(SealedMessage::id).toList());
    List<MessageView> views = new ArrayList<>(rows.size());
    for (SealedMessage row : rows) {
      Sealer sealer = sealers.get(row.patient());
      if (sealer != null) {
        views.add(
            new MessageView(
                row.id(),
                row.direction(),
                row.state(),
                row.line(),
                row.patient(),
                row.phone(),
                sealer.openText("message", row.id(), row.sealedText()),
                row.kind(),
                row.encoding(),
                row.segments(),
                row.mayBeDuplicate(),
                row.createdAt(),
                history.getOrDefault(row.id(), List.of())));
      }
    }
    return views;
  }

  SendOutcome accept(SendRequest request) {
    return acceptor.accept(request);
  }
}
