package org.wardline.server.conversations;

import java.time.Duration;
import java.time.InstantSource;
import org.wardline.jdbc.Db;

/**
 * Forgets idempotency keys that nobody sends again, and which words went where; without it their
 * tables would grow by a row for every text. How long a key counts is part of the REST contract
 * ({@code openapi.yaml}).
 */
final class OldKeys {
  static final Duration KEPT = Duration.ofDays(7);

  /** Longer than any window of {@link RepeatedTexts}. */
  private static final Duration TEXTS_KEPT = Duration.ofDays(1);

  static final Duration LOOK = Duration.ofHours(1);

  /** Few enough that no statement holds up others for long. */
  private static final int MAX_BATCH_ROWS = 5_000;

  private final Db db;
  private final InstantSource clock;

  OldKeys(Db db, InstantSource clock) {
    this.db = db;
    this.clock = clock;
  }

  /** Deletes one batch; returns 0 when nothing is left to delete. */
  int runOnce() {
    int deleted =
        db.inTransaction(
            tx ->
                tx.update(
                    """
                    DELETE FROM wardline.idempotency WHERE (client_id, key) IN (
                      SELECT client_id, key FROM wardline.idempotency
                      WHERE created_at < ? LIMIT ?)
                    """,
                    clock.instant().minus(KEPT),
                    MAX_BATCH_ROWS));
    int texts =
        db.inTransaction(
            tx ->
                tx.update(
                    """
                    DELETE FROM wardline.sent_text WHERE digest IN (
                      SELECT digest FROM wardline.sent_text WHERE at < ? LIMIT ?)
                    """,
                    clock.instant().minus(TEXTS_KEPT),
                    MAX_BATCH_ROWS));
    return deleted == MAX_BATCH_ROWS || texts == MAX_BATCH_ROWS ? deleted + texts : 0;
  }
}
