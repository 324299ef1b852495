package org.wardline.gateway;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.wardline.jdbc.Tx;

/**
 * The SQL between queue and wire: taking texts, putting them back, and what to do with those a dead
 * run left on the wire. Only the holder of the link's lock calls it, on the lock's own connection.
 */
final class ClaimStore {
  /** First half of the advisory lock's key; the second is the link's name. */
  private static final int LOCK_CLASS = 0x57_44_4C_4B;

  private static final int EXPIRE_BATCH = 1_000;

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

  /**
   * Takes the oldest texts. A text is left alone while an older one to the same number stays in the
   * queue (its row is locked by a transaction that may withdraw it).
   */
  List<ClaimedText> claim(Tx tx, int limit) {
    List<ClaimedText> claimed =
        tx.query(
            """
            WITH candidate AS MATERIALIZED (
              SELECT id, seq, recipient FROM sms.outbound
              WHERE state = 'queued' AND NOT withdrawn ORDER BY seq LIMIT ? FOR UPDATE SKIP LOCKED),
            next AS MATERIALIZED (
              SELECT id FROM candidate c WHERE NOT EXISTS (
                SELECT 1 FROM sms.outbound older
                WHERE older.state = 'queued' AND older.recipient = c.recipient
                  AND older.seq < c.seq
                  AND NOT EXISTS (SELECT 1 FROM candidate k WHERE k.seq = older.seq)))
            UPDATE sms.outbound o
            SET state = 'submitting', link = ?, claimed_by = ?, claimed_at = clock_timestamp()
            FROM next WHERE o.id = next.id
            RETURNING o.id, o.seq, o.recipient, o.sealed, o.accepted_segments, o.may_be_duplicate,
                      o.expires_at, o.claimed_at
            """,
            row ->
                new ClaimedText(
                    row.uuid("id"),
                    row.longValue("seq"),
                    row.longValue("recipient"),
                    row.bytes("sealed"),
                    row.intValue("accepted_segments"),
                    row.bool("may_be_duplicate"),
                    row.instant("expires_at"),
                    row.instant("claimed_at")),
            limit,
            link,
            run);
    return claimed.stream().sorted(Comparator.comparingLong(ClaimedText::seq)).toList();
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
   * Texts whose answer is lost: the first time they are queued again, marked; the second time they
   * are given up as unknown, so that nothing is sent more than twice.
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
              WHERE id = ANY(?::uuid[]) AND claimed_by = ? AND (may_be_duplicate OR withdrawn)
              RETURNING id, claimed_at, accepted_segments, withdrawn),
            closed AS (
              UPDATE sms.segment s SET reported = 'unknown' FROM gone
              WHERE gone.accepted_segments > 0 AND s.outbound_id = gone.id AND s.total > 1)
            INSERT INTO sms.event (outbound_id, state, at, detail, may_be_duplicate)
            SELECT id, e.state, e.at, e.detail, true
            FROM gone, LATERAL (VALUES
              (1, 'submitting', claimed_at, ''),
              (2, 'unknown', clock_timestamp(), CASE WHEN withdrawn THEN ? ELSE ? END)) AS e (n, state, at, detail)
            ORDER BY id, e.n
            """,
            ids,
            run,
            CarrierWords.WITHDRAWN_IN_DOUBT,
            CarrierWords.UNKNOWN_TWICE);
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

  /** Takes texts whose time ran out while they waited out of the queue. */
  int expire(Tx tx, Instant now) {
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
