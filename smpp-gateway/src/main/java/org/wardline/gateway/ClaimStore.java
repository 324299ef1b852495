package org.wardline.gateway;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.wardline.jdbc.Row;
import org.wardline.jdbc.Tx;
import org.wardline.sms.InDoubt;
import org.wardline.sms.SmsFormat;

/**
 * The SQL between queue and wire: taking texts, putting them back, and what to do with those a dead
 * run left on the wire. Only the holder of the link's lock calls it, on the lock's own connection.
 */
final class ClaimStore {
  /** First half of the advisory lock's key; the second is the link's name. */
  private static final int LOCK_CLASS = 0x57_44_4C_4B;

  private static final int EXPIRE_BATCH = 1_000;
  private static final int MAX_LANES = 1_000;

  private final String link;
  private final UUID run;

  ClaimStore(String link, UUID run) {
    this.link = link;
    this.run = run;
  }

  /** A session lock: it lasts until the connection ends, whatever becomes of the transaction. */
  boolean tryLock(Tx tx) {
    return tx.one(
        "SELECT pg_try_advisory_lock(?, hashtext(?)) AS got",
        row -> row.bool("got"),
        LOCK_CLASS,
        link);
  }

  /** The lanes in which texts wait. Hops from one to the next in the index, however many wait. */
  List<Lane> lanes(Tx tx) {
    return tx.query(
        """
        WITH RECURSIVE lane (line, prefix) AS (
          (SELECT line, prefix FROM sms.outbound WHERE state = 'queued'
           ORDER BY line, prefix LIMIT 1)
          UNION ALL
          SELECT next.line, next.prefix FROM lane, LATERAL (
            SELECT line, prefix FROM sms.outbound
            WHERE state = 'queued' AND (line, prefix) > (lane.line, lane.prefix)
            ORDER BY line, prefix LIMIT 1) AS next)
        SELECT line, prefix FROM lane LIMIT ?
        """,
        row -> new Lane(row.string("line"), row.string("prefix")),
        MAX_LANES);
  }

  /** What one claim found: texts that are ours now, and texts that an older one keeps back. */
  record Claimed(List<ClaimedText> texts, List<UUID> blocked, String lastLine) {}

  private record Found(Optional<ClaimedText> claimed, UUID id, String line, int place) {}

  /**
   * Takes texts of these lanes: the most urgent first, then one of each line in turn, the oldest
   * first. A text is left alone while an older one to the same number waits elsewhere: in the queue
   * (behind the limit, in another link's lane, or locked by a transaction that may withdraw it), or
   * on the wire of another link.
   *
   * @param again whether a text whose answer was lost may be taken for its second try
   * @param lastLine the line that came last in the claim before: ties go to those after it
   * @param beyond so many more are looked at, should the first ones all be kept back; then only the
   *     oldest text to each number is taken, because what is looked at and left would else be
   *     passed
   * @param now by the clock that stamps receipts: one from before the claim is another text's
   */
  Claimed claim(
      Tx tx, List<Lane> lanes, boolean again, String lastLine, int limit, int beyond, Instant now) {
    List<Found> found =
        tx.query(
            """
            WITH picked AS MATERIALIZED (
              SELECT id, line,
                     row_number() OVER (ORDER BY priority, turn, line <= ?, line) AS place
              FROM (
                SELECT o.id, o.priority, lane.line,
                       row_number() OVER (PARTITION BY o.priority, lane.line ORDER BY o.seq) AS turn
                FROM unnest(?::text[], ?::text[]) AS lane (line, prefix)
                CROSS JOIN LATERAL (
                  SELECT id, priority, seq FROM sms.outbound
                  WHERE state = 'queued' AND line = lane.line AND prefix = lane.prefix
                    AND NOT withdrawn AND (? OR NOT may_be_duplicate)
                  ORDER BY priority, seq LIMIT ?) AS o) AS fair
              ORDER BY place LIMIT ?),
            candidate AS MATERIALIZED (
              SELECT o.id, o.seq, o.recipient, picked.line, picked.place
              FROM picked JOIN sms.outbound o ON o.id = picked.id
              WHERE o.state = 'queued' AND NOT o.withdrawn
              FOR UPDATE OF o SKIP LOCKED),
            next AS MATERIALIZED (
              SELECT id, line, place FROM candidate c WHERE NOT EXISTS (
                SELECT 1 FROM sms.outbound older
                WHERE older.recipient = c.recipient AND older.seq < c.seq
                  AND (older.state = 'submitting' AND older.claimed_by <> ?
                       OR older.state = 'queued'
                          AND (? OR NOT EXISTS (SELECT 1 FROM candidate k WHERE k.seq = older.seq))))),
            chosen AS MATERIALIZED (
              SELECT id, line, place FROM next ORDER BY place LIMIT ?),
            taken AS (
              UPDATE sms.outbound o
              SET state = 'submitting', link = ?, claimed_by = ?, claimed_at = ?
              FROM chosen WHERE o.id = chosen.id
              RETURNING o.id, o.seq, o.recipient, o.sealed, o.format, o.in_doubt, o.accepted_segments,
                        o.may_be_duplicate, o.expires_at, o.claimed_at, chosen.line, chosen.place)
            SELECT true AS ours, id, seq, recipient, sealed, format, in_doubt, accepted_segments,
                   may_be_duplicate, expires_at, claimed_at, line, place FROM taken
            UNION ALL
            SELECT false, id, seq, recipient, '', '', '', 0, false, now(), now(), '', 0 FROM candidate
            WHERE id NOT IN (SELECT id FROM next)
            ORDER BY seq
            """,
            row ->
                new Found(
                    row.bool("ours") ? Optional.of(claimed(row)) : Optional.empty(),
                    row.uuid("id"),
                    row.string("line"),
                    row.intValue("place")),
            lastLine,
            lanes.stream().map(Lane::line).toArray(String[]::new),
            lanes.stream().map(Lane::prefix).toArray(String[]::new),
            again,
            limit + beyond,
            limit + beyond,
            run,
            beyond > 0,
            limit,
            link,
            run,
            now);
    return new Claimed(
        found.stream().flatMap(one -> one.claimed().stream()).toList(),
        found.stream().filter(one -> one.claimed().isEmpty()).map(Found::id).toList(),
        found.stream()
            .max(Comparator.comparingInt(Found::place))
            .filter(one -> one.claimed().isPresent())
            .map(Found::line)
            .orElse(lastLine));
  }

  private static ClaimedText claimed(Row row) {
    return new ClaimedText(
        row.uuid("id"),
        row.longValue("seq"),
        row.longValue("recipient"),
        row.bytes("sealed"),
        SmsFormat.parse(row.string("format")),
        InDoubt.ofWireName(row.string("in_doubt")),
        row.intValue("accepted_segments"),
        row.bool("may_be_duplicate"),
        row.instant("expires_at"),
        row.instant("claimed_at"));
  }

  /**
   * What waits before a more urgent text to the same number becomes as urgent as it, or a broadcast
   * would keep back staff's answer.
   */
  int hurry(Tx tx, List<UUID> blocked) {
    return tx.update(
        """
        UPDATE sms.outbound older SET priority = urgent.priority
        FROM (SELECT recipient, min(priority) AS priority, max(seq) AS seq FROM sms.outbound
              WHERE id = ANY(?::uuid[]) GROUP BY recipient) AS urgent
        WHERE older.recipient = urgent.recipient AND older.seq < urgent.seq
          AND older.state = 'queued' AND older.priority > urgent.priority
        """,
        (Object) blocked.toArray(UUID[]::new));
  }

  /** Texts of this run that the server has withdrawn since they were claimed. */
  Set<UUID> withdrawn(Tx tx) {
    return Set.copyOf(
        tx.query(
            "SELECT id FROM sms.outbound WHERE withdrawn AND claimed_by = ?",
            row -> row.uuid("id"),
            run));
  }

  /**
   * Puts back texts that certainly did not leave; nobody needs to know that they were claimed.
   * Those that were withdrawn meanwhile end here.
   *
   * @return how many events this made
   */
  int putBack(Tx tx, UUID[] ids) {
    int events = 0;
    if (ids.length > 0) {
      events = endWithdrawn(tx, ids) + endWithdrawnInDoubt(tx, ids);
      tx.update(
          """
          UPDATE sms.outbound SET state = 'queued', link = NULL, claimed_by = NULL, claimed_at = NULL
          WHERE id = ANY(?::uuid[]) AND claimed_by = ? AND NOT withdrawn
          """,
          ids,
          run);
    }
    return events;
  }

  /**
   * Texts that were withdrawn while claimed and that nothing of has left, now or in an earlier try.
   */
  private int endWithdrawn(Tx tx, UUID[] ids) {
    return tx.update(
        """
        WITH gone AS (
          DELETE FROM sms.outbound
          WHERE id = ANY(?::uuid[]) AND claimed_by = ? AND withdrawn
            AND NOT may_be_duplicate AND accepted_segments = 0
          RETURNING id)
        INSERT INTO sms.event (outbound_id, state, at, detail)
        SELECT id, 'recalled', clock_timestamp(), ? FROM gone
        """,
        ids,
        run,
        CarrierWords.WITHDRAWN);
  }

  /**
   * Texts that were withdrawn while claimed and that a part, or an earlier try, of may have left.
   */
  private int endWithdrawnInDoubt(Tx tx, UUID[] ids) {
    return tx.update(
        """
        WITH gone AS (
          DELETE FROM sms.outbound
          WHERE id = ANY(?::uuid[]) AND claimed_by = ? AND withdrawn
          RETURNING id, may_be_duplicate, accepted_segments),
        closed AS (
          UPDATE sms.segment s SET reported = 'unknown' FROM gone
          WHERE gone.accepted_segments > 0 AND s.outbound_id = gone.id AND s.total > 1)
        INSERT INTO sms.event (outbound_id, state, at, detail, may_be_duplicate)
        SELECT id, 'unknown', clock_timestamp(), ?, may_be_duplicate FROM gone
        """,
        ids,
        run,
        CarrierWords.WITHDRAWN_IN_DOUBT);
  }

  /**
   * Texts whose answer is lost: the first time they are queued again, marked, unless their line
   * says that nothing is sent again by itself; the second time they are given up as unknown, so
   * that nothing is sent more than twice.
   *
   * @return how many events this made
   */
  int putBackMarked(Tx tx, UUID[] ids, String detail) {
    if (ids.length == 0) {
      return 0;
    }
    int unknown =
        tx.update(
            """
            WITH gone AS (
              DELETE FROM sms.outbound
              WHERE id = ANY(?::uuid[]) AND claimed_by = ?
                AND (may_be_duplicate OR withdrawn OR in_doubt <> 'resend')
              RETURNING id, claimed_at, accepted_segments, withdrawn, may_be_duplicate, in_doubt),
            closed AS (
              UPDATE sms.segment s SET reported = 'unknown' FROM gone
              WHERE gone.accepted_segments > 0 AND s.outbound_id = gone.id AND s.total > 1)
            INSERT INTO sms.event (outbound_id, state, at, detail, may_be_duplicate)
            SELECT id, e.state, e.at, e.detail, gone.may_be_duplicate
            FROM gone, LATERAL (VALUES
              (1, 'submitting', claimed_at, ''),
              (2, 'unknown', clock_timestamp(),
               CASE WHEN withdrawn THEN ? WHEN may_be_duplicate THEN ?
                    WHEN in_doubt = 'query' THEN ? ELSE ? END)) AS e (n, state, at, detail)
            ORDER BY id, e.n
            """,
            ids,
            run,
            CarrierWords.WITHDRAWN_IN_DOUBT,
            CarrierWords.UNKNOWN_TWICE,
            CarrierWords.UNKNOWN_AND_NO_ID,
            CarrierWords.UNKNOWN_ONCE);
    int again =
        tx.update(
            """
            WITH again AS (
              UPDATE sms.outbound
              SET state = 'queued', claimed_by = NULL, may_be_duplicate = true,
                  attempts = attempts + 1
              WHERE id = ANY(?::uuid[]) AND claimed_by = ?
              RETURNING id, claimed_at)
            INSERT INTO sms.event (outbound_id, state, at, detail, may_be_duplicate)
            SELECT id, e.state, e.at, e.detail, e.may_be_duplicate
            FROM again, LATERAL (VALUES
              (1, 'submitting', claimed_at, '', false),
              (2, 'queued', clock_timestamp(), ?, true)) AS e (n, state, at, detail, may_be_duplicate)
            ORDER BY id, e.n
            """,
            ids,
            run,
            detail);
    return unknown + again;
  }

  /**
   * After taking the lock: puts back what this run claimed without learning of it, and takes over
   * what other runs, dead now, left on the wire.
   *
   * @param inMemory what this run still works on
   * @return how many texts a dead run may have sent
   */
  int recover(Tx tx, UUID[] inMemory) {
    putBack(
        tx,
        tx.query(
                """
                SELECT id FROM sms.outbound
                WHERE state = 'submitting' AND claimed_by = ? AND id <> ALL(?::uuid[])
                """,
                row -> row.uuid("id"),
                run,
                inMemory)
            .toArray(UUID[]::new));
    UUID[] orphans =
        tx.query(
                """
                UPDATE sms.outbound SET claimed_by = ?
                WHERE state = 'submitting' AND link = ? AND claimed_by <> ? RETURNING id
                """,
                row -> row.uuid("id"),
                run,
                link,
                run)
            .toArray(UUID[]::new);
    putBackMarked(tx, orphans, CarrierWords.AGAIN_AFTER_STOP);
    return orphans.length;
  }

  /** Of these, those that this run has not claimed, or not any more. */
  Set<UUID> notOurs(Tx tx, UUID[] ids) {
    return Set.copyOf(
        tx.query(
            """
            SELECT mine.id FROM unnest(?::uuid[]) AS mine (id)
            WHERE NOT EXISTS (
              SELECT 1 FROM sms.outbound o WHERE o.id = mine.id AND o.claimed_by = ?)
            """,
            row -> row.uuid("id"),
            ids,
            run));
  }

  /** Links that texts are on the wire of, whoever runs them. */
  static List<String> linksInUse(Tx tx) {
    return tx.query(
        """
        WITH RECURSIVE used (link) AS (
          (SELECT link FROM sms.outbound WHERE state = 'submitting' ORDER BY link LIMIT 1)
          UNION ALL
          SELECT next.link FROM used, LATERAL (
            SELECT link FROM sms.outbound
            WHERE state = 'submitting' AND link > used.link ORDER BY link LIMIT 1) AS next)
        SELECT link FROM used
        """,
        row -> row.string("link"));
  }

  /** Takes texts whose time ran out while they waited out of the queue. */
  static int expire(Tx tx, Instant now) {
    return tx.update(
        """
        WITH late AS (
          DELETE FROM sms.outbound WHERE id IN (
            SELECT id FROM sms.outbound WHERE state = 'queued' AND expires_at <= ?
            ORDER BY seq LIMIT ? FOR UPDATE SKIP LOCKED)
          RETURNING id, may_be_duplicate, accepted_segments),
        closed AS (
          UPDATE sms.segment s SET reported = 'expired' FROM late
          WHERE late.accepted_segments > 0 AND s.outbound_id = late.id AND s.total > 1)
        INSERT INTO sms.event (outbound_id, state, at, detail, may_be_duplicate)
        SELECT id, CASE WHEN may_be_duplicate THEN 'unknown' ELSE 'expired' END, ?,
               CASE WHEN may_be_duplicate THEN ? ELSE ? END, may_be_duplicate
        FROM late
        """,
        now,
        EXPIRE_BATCH,
        now,
        CarrierWords.EXPIRED_AFTER_DOUBT,
        CarrierWords.EXPIRED);
  }
}
