package org.wardline.gateway;

import java.time.Duration;
import java.time.Instant;
import org.wardline.jdbc.Db;
import org.wardline.sms.SmsQueue;

/**
 * Forgets what nobody needs any more, in bounded batches, and says so of texts whose receipt never
 * came.
 */
final class Housekeeping {
  private static final int BATCH = 2_000;

  private final String link;
  private final Duration receiptLimit;
  private final Duration retention;
  private final Db db;

  Housekeeping(LinkSettings settings, Db db) {
    this.link = settings.name();
    this.receiptLimit = settings.receiptLimit();
    this.retention = settings.retention();
    this.db = db;
  }

  /** Returns how many rows it handled; fewer than a batch means that it is done for now. */
  int runOnce(Instant now) {
    Instant silentSince = now.minus(receiptLimit);
    int unknown =
        update(
            GIVE_UP,
            link,
            silentSince,
            silentSince,
            BATCH,
            now,
            CarrierWords.NO_RECEIPT_FOR_SOME,
            CarrierWords.NO_RECEIPT);
    if (unknown > 0) {
      Notify.quietly(db, SmsQueue.EVENT_CHANNEL);
    }
    Instant cutoff = now.minus(retention);
    return unknown
        + update(FORGET_SEGMENTS, link, cutoff, BATCH)
        + update(FORGET_RECEIPTS, link, cutoff, BATCH);
  }

  private int update(String sql, Object... parameters) {
    return db.inTransaction(
        tx -> {
          GatewayPool.allowBitmapScans(tx);
          return tx.update(sql, parameters);
        });
  }

  /**
   * Every segment is marked, the first one makes the text's event. What is still queued has no end
   * yet, however late a clock that is far ahead says it is.
   */
  private static final String GIVE_UP =
      """
      WITH silent AS (
        UPDATE sms.segment SET reported = 'unknown'
        WHERE ctid = ANY(ARRAY(
          SELECT ctid FROM sms.segment s
          WHERE link = ? AND reported IS NULL AND accepted_at < ? AND expires_at < ?
            AND NOT EXISTS (SELECT 1 FROM sms.outbound o WHERE o.id = s.outbound_id) LIMIT ?))
        RETURNING outbound_id, number, total, may_be_duplicate)
      INSERT INTO sms.event (outbound_id, state, at, detail, may_be_duplicate)
      SELECT silent.outbound_id, 'unknown', ?,
             CASE WHEN arrived.parts > 0 THEN format(?, arrived.parts, silent.total) ELSE ? END,
             silent.may_be_duplicate
      FROM silent, LATERAL (
        SELECT count(DISTINCT s.number) AS parts FROM sms.segment s
        WHERE silent.total > 1 AND s.total > 1 AND s.outbound_id = silent.outbound_id
          AND s.state = 'delivered') AS arrived
      WHERE silent.number = 1
      """;

  /** Never one that nothing was told of: it would leave its text without an end. */
  private static final String FORGET_SEGMENTS =
      """
      DELETE FROM sms.segment WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM sms.segment
        WHERE link = ? AND accepted_at < ? AND reported IS NOT NULL LIMIT ?))
      """;

  private static final String FORGET_RECEIPTS =
      """
      DELETE FROM sms.receipt WHERE seq IN (
        SELECT seq FROM sms.receipt WHERE link = ? AND received_at < ? LIMIT ?)
      """;
}
