package org.wardline.sms;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.wardline.jdbc.Row;
import org.wardline.jdbc.RowMapper;
import org.wardline.jdbc.Tx;

/**
 * The server's side of the {@code sms} schema: puts texts in, takes events and inbound texts out,
 * always inside the caller's own transaction. The gateway works on the same tables with its own
 * role.
 */
public final class SmsQueue {
  /** NOTIFY channels; a notification only says "look". */
  public static final String OUTBOUND_CHANNEL = "sms_outbound";

  public static final String EVENT_CHANNEL = "sms_event";
  public static final String INBOUND_CHANNEL = "sms_inbound";

  private static final int OUTBOUND_FIELDS = 3;
  private static final int INBOUND_FIELDS = 3;

  /** A text may be filed under a prefix that stopped to be one this long ago; it still leaves. */
  private static final Duration PREFIXES_KEPT = Duration.ofSeconds(5);

  private static final String WITHDRAWN_IN_DOUBT =
      "It was withdrawn after a part or a first try of it may have reached the carrier. It may have"
          + " arrived; it is not sent again.";

  private record Prefixes(List<String> known, long readNanos) {}

  private final TransportKeys keys;
  private volatile @Nullable Prefixes prefixes;

  public SmsQueue(TransportKeys keys) {
    this.keys = keys;
  }

  /**
   * A text to send.
   *
   * @param id the message's id, the same in every table and log
   * @param source the line's own number or short code, as the carrier knows it
   * @param expiresAt after this moment it is not sent any more
   * @param urgency which texts to other numbers it may pass
   * @param inDoubt what to do should the carrier's answer be lost
   * @param format how its segments were counted, and are cut
   */
  public record OutboundText(
      UUID id,
      String line,
      String source,
      PhoneNumber destination,
      String text,
      int segments,
      Instant expiresAt,
      Urgency urgency,
      InDoubt inDoubt,
      SmsFormat format) {
    /** A reply that is sent once more when its answer is lost. */
    public OutboundText(
        UUID id,
        String line,
        String source,
        PhoneNumber destination,
        String text,
        int segments,
        Instant expiresAt) {
      this(
          id,
          line,
          source,
          destination,
          text,
          segments,
          expiresAt,
          Urgency.REPLY,
          InDoubt.RESEND,
          SmsFormat.USUAL);
    }

    @Override
    public String toString() {
      return "OutboundText[" + id + "]";
    }
  }

  /** What became of an outgoing text, in the order it happened. */
  public record Event(
      UUID id, DeliveryState state, Instant at, String detail, boolean mayBeDuplicate) {}

  /**
   * A text from a phone, whole.
   *
   * @param source the sender's address as the carrier gave it, usually digits without a plus sign
   * @param complete false when parts were missing for too long and the gaps are marked in the text
   * @param note for people, about the text and never part of it: that it may be a repeat, say;
   *     usually empty
   */
  public record InboundText(
      UUID id,
      String source,
      String destination,
      String text,
      Instant receivedAt,
      boolean complete,
      String note) {
    @Override
    public String toString() {
      return "InboundText[" + id + "]";
    }
  }

  /** Queues texts; they leave in this order per recipient once the transaction commits. */
  public void enqueue(Tx tx, List<OutboundText> texts) {
    List<String> known = prefixes(tx);
    enqueue(tx, texts, text -> Routes.prefixOf(text.destination(), known));
  }

  /** Queues a text for one link, whatever routing would say: how a link is tried out. */
  public void enqueue(Tx tx, OutboundText text, String link) {
    enqueue(tx, List.of(text), one -> Routes.pinned(link));
  }

  private List<String> prefixes(Tx tx) {
    Prefixes known = prefixes;
    if (known == null || System.nanoTime() - known.readNanos() > PREFIXES_KEPT.toNanos()) {
      known =
          new Prefixes(
              tx.query("SELECT prefix FROM sms.prefix", row -> row.string("prefix")),
              System.nanoTime());
      prefixes = known;
    }
    return known.known();
  }

  private void enqueue(Tx tx, List<OutboundText> texts, Function<OutboundText, String> filedUnder) {
    int n = texts.size();
    UUID[] ids = new UUID[n];
    String[] lines = new String[n];
    Long[] recipients = new Long[n];
    byte[][] sealed = new byte[n][];
    Integer[] segments = new Integer[n];
    Instant[] expiries = new Instant[n];
    String[] filed = new String[n];
    Integer[] priorities = new Integer[n];
    String[] doubts = new String[n];
    String[] formats = new String[n];
    for (int i = 0; i < n; i++) {
      OutboundText text = texts.get(i);
      ids[i] = text.id();
      lines[i] = text.line();
      recipients[i] = keys.hash(text.destination().e164());
      sealed[i] =
          keys.seal("outbound", text.id(), text.source(), text.destination().e164(), text.text());
      segments[i] = text.segments();
      expiries[i] = text.expiresAt();
      filed[i] = filedUnder.apply(text);
      priorities[i] = text.urgency().priority();
      doubts[i] = text.inDoubt().wireName();
      formats[i] = text.format().written();
    }
    tx.later(
        """
        INSERT INTO sms.outbound
          (id, line, recipient, sealed, segments, expires_at, prefix, priority, in_doubt, format)
        SELECT id, line, recipient, sealed, segments, expires_at, prefix, priority, in_doubt, format
        FROM unnest(?::uuid[], ?::text[], ?::bigint[], ?::bytea[], ?::int[], ?::timestamptz[],
                    ?::text[], ?::int[], ?::text[], ?::text[])
          WITH ORDINALITY
          AS t (id, line, recipient, sealed, segments, expires_at, prefix, priority, in_doubt,
                format, n)
        ORDER BY n
        """,
        ids,
        lines,
        recipients,
        sealed,
        segments,
        expiries,
        filed,
        priorities,
        doubts,
        formats);
    tx.later("SELECT pg_notify('" + OUTBOUND_CHANNEL + "', '')");
  }

  /** What a text sealed by {@link #enqueue} holds; for the gateway. */
  public record Opened(String source, String destination, String text) {
    @Override
    public String toString() {
      return "Opened[redacted]";
    }
  }

  public Opened open(UUID id, byte[] sealed) {
    String[] fields = keys.openFields("outbound", id, sealed, OUTBOUND_FIELDS);
    return new Opened(fields[0], fields[1], fields[2]);
  }

  /** Seals an inbound text for {@code sms.inbound}; for the gateway. */
  public byte[] sealInbound(UUID id, String source, String destination, String text) {
    return keys.seal("inbound", id, source, destination, text);
  }

  /**
   * A row of {@code sms.event} or {@code sms.inbound} that waits for the server.
   *
   * @param id of the text it is about
   */
  public record Waiting(long seq, UUID id) {}

  private static final RowMapper<Waiting> WAITING =
      row -> new Waiting(row.longValue("seq"), row.uuid("id"));

  /** Takes the oldest events out of the queue; they are gone once the transaction commits. */
  public List<Event> takeEvents(Tx tx, int limit) {
    return takeEvents(
        tx,
        "ctid = ANY (ARRAY(SELECT ctid FROM sms.event ORDER BY seq LIMIT ? FOR UPDATE SKIP LOCKED))",
        limit);
  }

  /** Takes one event, unless it is gone already. */
  public List<Event> takeEvent(Tx tx, Waiting one) {
    return takeEvents(tx, "seq = ?", one.seq());
  }

  private static List<Event> takeEvents(Tx tx, String which, Object parameter) {
    return tx
        .query(
            """
            WITH taken AS (
              DELETE FROM sms.event WHERE %s
              RETURNING seq, outbound_id, state, at, detail, may_be_duplicate, claimed_at)
            SELECT outbound_id, state, at, detail, may_be_duplicate, claimed_at
            FROM taken ORDER BY seq
            """
                .formatted(which),
            SmsQueue::events,
            parameter)
        .stream()
        .flatMap(List::stream)
        .toList();
  }

  private static List<Event> events(Row row) {
    UUID id = row.uuid("outbound_id");
    boolean mayBeDuplicate = row.bool("may_be_duplicate");
    Event event =
        new Event(
            id,
            DeliveryState.ofWireName(row.string("state")),
            row.instant("at"),
            row.string("detail"),
            mayBeDuplicate);
    return row.optionalInstant("claimed_at")
        .map(at -> List.of(new Event(id, DeliveryState.SUBMITTING, at, "", mayBeDuplicate), event))
        .orElse(List.of(event));
  }

  /** The oldest events that wait; nothing is opened or locked. */
  public List<Waiting> waitingEvents(Tx tx, int limit) {
    return tx.query(
        "SELECT seq, outbound_id AS id FROM sms.event ORDER BY seq LIMIT ?", WAITING, limit);
  }

  /**
   * Takes the oldest inbound texts out of the queue; they are gone once the transaction commits.
   * Throws when one of them does not open.
   */
  public List<InboundText> takeInbound(Tx tx, int limit) {
    return takeInbound(
        tx, "SELECT seq FROM sms.inbound ORDER BY seq LIMIT ? FOR UPDATE SKIP LOCKED", limit);
  }

  /** Takes one inbound text, unless it is gone already; throws when it does not open. */
  public List<InboundText> takeInbound(Tx tx, Waiting one) {
    return takeInbound(tx, "?::bigint", one.seq());
  }

  private List<InboundText> takeInbound(Tx tx, String which, Object parameter) {
    return tx.query(
        """
        WITH taken AS (
          DELETE FROM sms.inbound WHERE seq IN (%s)
          RETURNING seq, id, sealed, received_at, complete, note)
        SELECT id, sealed, received_at, complete, note FROM taken ORDER BY seq
        """
            .formatted(which),
        row -> {
          UUID id = row.uuid("id");
          String[] fields = keys.openFields("inbound", id, row.bytes("sealed"), INBOUND_FIELDS);
          return new InboundText(
              id,
              fields[0],
              fields[1],
              fields[2],
              row.instant("received_at"),
              row.bool("complete"),
              row.string("note"));
        },
        parameter);
  }

  /** The oldest inbound texts that wait; nothing is opened or locked. */
  public List<Waiting> waitingInbound(Tx tx, int limit) {
    return tx.query("SELECT seq, id FROM sms.inbound ORDER BY seq LIMIT ?", WAITING, limit);
  }

  /**
   * Takes an event that cannot be applied out of the others' way and keeps it as it is.
   *
   * @param reason a constant of the code or a class name, never content
   */
  public void setEventAside(Tx tx, Waiting one, String reason) {
    tx.update(
        """
        WITH moved AS (
          DELETE FROM sms.event WHERE seq = ?
          RETURNING outbound_id, state, at, detail, may_be_duplicate, claimed_at)
        INSERT INTO sms.event_aside (outbound_id, state, at, detail, may_be_duplicate, claimed_at, reason)
        SELECT outbound_id, state, at, detail, may_be_duplicate, claimed_at, ? FROM moved
        """,
        one.seq(),
        reason);
  }

  /** The same for an inbound text that cannot be read. */
  public void setInboundAside(Tx tx, Waiting one, String reason) {
    tx.update(
        """
        WITH moved AS (
          DELETE FROM sms.inbound WHERE seq = ? RETURNING id, sealed, received_at, complete, note)
        INSERT INTO sms.inbound_aside (id, sealed, received_at, complete, note, reason)
        SELECT id, sealed, received_at, complete, note, ? FROM moved
        """,
        one.seq(),
        reason);
  }

  /** Puts back what was set aside, because another version of the server may know what to do. */
  public void retrySetAside(Tx tx) {
    tx.update(
        """
        WITH back AS (
          DELETE FROM sms.inbound_aside RETURNING seq, id, sealed, received_at, complete, note)
        INSERT INTO sms.inbound (id, sealed, received_at, complete, note)
        SELECT id, sealed, received_at, complete, note FROM back ORDER BY seq
        """);
    tx.update(
        """
        WITH back AS (
          DELETE FROM sms.event_aside
          RETURNING seq, outbound_id, state, at, detail, may_be_duplicate, claimed_at)
        INSERT INTO sms.event (outbound_id, state, at, detail, may_be_duplicate, claimed_at)
        SELECT outbound_id, state, at, detail, may_be_duplicate, claimed_at FROM back ORDER BY seq
        """);
  }

  /** How many rows lie aside: texts from patients, and news of texts to them. */
  public record Aside(long inbound, long events) {}

  public Aside aside(Tx tx) {
    return tx.one(
        """
        SELECT (SELECT count(*) FROM sms.inbound_aside) AS inbound,
               (SELECT count(*) FROM sms.event_aside) AS events
        """,
        row -> new Aside(row.longValue("inbound"), row.longValue("events")));
  }

  /**
   * Withdraws every text to this number. Those that wait and of which nothing has left are gone at
   * once and returned. One that waits for its second try, or the rest of which waits, is gone too,
   * and told as {@code unknown}: nobody may call recalled what may have arrived. Those the gateway
   * has claimed are flagged: one that turns out not to have left comes back as {@code recalled},
   * one that may have left is not sent a second time. What the carrier has cannot be called back.
   */
  public List<UUID> withdraw(Tx tx, PhoneNumber destination) {
    long recipient = keys.hash(destination.e164());
    List<UUID> gone = withdrawQueued(tx, "recipient", recipient);
    // A second statement, so that it sees what a claim committed while the first one waited for it.
    tx.update(
        "UPDATE sms.outbound SET withdrawn = true WHERE recipient = ? AND state = 'submitting'",
        recipient);
    tx.query("SELECT pg_notify('" + OUTBOUND_CHANNEL + "', '')", row -> "");
    return gone;
  }

  /**
   * Withdraws one text in the same way; true when nothing of it has left and it is gone, false when
   * the gateway has it, or it has left, or may have.
   */
  public boolean withdraw(Tx tx, UUID id) {
    if (!withdrawQueued(tx, "id", id).isEmpty()) {
      return true;
    }
    tx.update("UPDATE sms.outbound SET withdrawn = true WHERE id = ? AND state = 'submitting'", id);
    return false;
  }

  private static List<UUID> withdrawQueued(Tx tx, String column, Object value) {
    return tx.query(
        """
        WITH gone AS (
          DELETE FROM sms.outbound WHERE %s = ? AND state = 'queued'
          RETURNING id, may_be_duplicate, may_be_duplicate OR accepted_segments > 0 AS in_doubt),
        told AS (
          INSERT INTO sms.event (outbound_id, state, detail, may_be_duplicate)
          SELECT id, 'unknown', ?, may_be_duplicate FROM gone WHERE in_doubt)
        SELECT id FROM gone WHERE NOT in_doubt
        """
            .formatted(column),
        row -> row.uuid("id"),
        value,
        WITHDRAWN_IN_DOUBT);
  }

  /** How many texts wait, counted to {@code most} at most. */
  public long waiting(Tx tx, int most) {
    return tx.one(
        """
        SELECT count(*) AS waiting
        FROM (SELECT 1 FROM sms.outbound WHERE state = 'queued' LIMIT ?) AS counted
        """,
        row -> row.longValue("waiting"),
        most);
  }

  /** How many texts wait, and for how many seconds the oldest of them has waited. */
  public record Depth(long waiting, long oldestSeconds) {}

  public Depth depth(Tx tx) {
    return tx.one(
        """
        SELECT count(*) AS waiting,
               coalesce(extract(epoch FROM now() - min(accepted_at)), 0)::bigint AS oldest
        FROM sms.outbound WHERE state = 'queued'
        """,
        row -> new Depth(row.longValue("waiting"), row.longValue("oldest")));
  }

  /** What waits on one line. */
  public record LineDepth(String line, long waiting, long oldestSeconds) {}

  /**
   * What waits in one lane: on one line, to numbers filed under one prefix.
   *
   * @param prefix of {@code sms.prefix}, or what {@link Routes#pinned} gives
   */
  public record LaneDepth(String line, String prefix, long waiting, long oldestSeconds) {}

  /** What waits, lane by lane; lanes without waiting texts are left out. */
  public List<LaneDepth> depthByLane(Tx tx) {
    return tx.query(
        """
        SELECT line, prefix, count(*) AS waiting,
               coalesce(extract(epoch FROM now() - min(accepted_at)), 0)::bigint AS oldest
        FROM sms.outbound WHERE state = 'queued' GROUP BY line, prefix ORDER BY line, prefix
        """,
        row ->
            new LaneDepth(
                row.string("line"),
                row.string("prefix"),
                row.longValue("waiting"),
                row.longValue("oldest")));
  }
}
