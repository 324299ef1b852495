package org.wardline.gateway;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.wardline.jdbc.Tx;

/**
 * A segment the carrier took and has said nothing final of; for asking the carrier (query_sm, SMPP
 * 3.4 §4.8). Also one whose text was given up as unknown meanwhile.
 *
 * @param smscId the id as the carrier wrote it in its response
 * @param source the number it left from; must be the one of the submit (SMPP 3.4 §4.8.1)
 */
record Overdue(String smscId, String source) {
  /**
   * Takes the segments to ask for now, the longest silent first, and remembers that they were asked
   * for.
   *
   * @param silentFor accepted at least this long ago
   * @param lookBack and at most this long ago; it bounds what is read
   * @param askAgainAfter pause before the same segment is taken again
   * @param limit most rows
   */
  static List<Overdue> take(
      Tx tx,
      String link,
      Instant now,
      Duration silentFor,
      Duration lookBack,
      Duration askAgainAfter,
      int limit) {
    GatewayPool.allowBitmapScans(tx);
    return tx.query(
        """
        WITH overdue AS (
          UPDATE sms.segment SET asked_at = ?
          WHERE ctid = ANY(ARRAY(
            SELECT ctid FROM sms.segment
            WHERE link = ? AND accepted_at BETWEEN ? AND ? AND state IS NULL
              AND (reported IS NULL OR reported = 'unknown') AND source IS NOT NULL
              AND smsc_id NOT LIKE 'none:%' AND (asked_at IS NULL OR asked_at <= ?)
            ORDER BY accepted_at LIMIT ? FOR UPDATE SKIP LOCKED))
          RETURNING coalesce(given_id, smsc_id) AS smsc_id, source, accepted_at)
        SELECT smsc_id, source FROM overdue ORDER BY accepted_at
        """,
        row -> new Overdue(row.string("smsc_id"), row.string("source")),
        now,
        link,
        now.minus(lookBack),
        now.minus(silentFor),
        now.minus(askAgainAfter),
        limit);
  }
}
