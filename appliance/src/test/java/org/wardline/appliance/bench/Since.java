package org.wardline.appliance.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import org.wardline.appliance.RunningWardline;

/**
 * The texts that came after a moment, found through the index of a line's texts: a long history
 * must not make the looking expensive.
 *
 * @param xid the first transaction that counts
 */
record Since(RunningWardline wardline, String xid) {
  private static final Duration DRAIN_DEADLINE = Duration.ofMinutes(20);

  /** Texts that {@link #await} looks at before it counts them all. */
  private static final int NEWEST = 500;

  static Since now(RunningWardline wardline) throws IOException, SQLException {
    return new Since(
        wardline,
        Database.rows(wardline, "SELECT pg_current_xact_id()::text", row -> row.getString(1))
            .getFirst());
  }

  private String these(String direction) {
    return "line = 'main' AND xid >= '%s'::xid8 AND direction = '%s'".formatted(xid, direction);
  }

  /**
   * @param states SQL list of the states that will do
   */
  void await(int texts, String direction, String states) throws Exception {
    String these = these(direction);
    // The newest first: while they are under way nobody needs to count the others.
    Database.await(
        wardline,
        """
        SELECT CASE
          WHEN EXISTS (
            SELECT 1 FROM (
              SELECT state FROM wardline.message WHERE %1$s ORDER BY xid DESC, seq DESC LIMIT %2$d) AS newest
            WHERE state NOT IN (%3$s)) THEN false
          ELSE (SELECT count(*) >= %4$d FROM wardline.message WHERE %1$s AND state IN (%3$s)) END
        """
            .formatted(these, NEWEST, states, texts),
        "texts in state " + states,
        DRAIN_DEADLINE);
  }

  long count(String direction) throws IOException, SQLException {
    return Database.number(
        wardline, "SELECT count(*) FROM wardline.message WHERE " + these(direction));
  }

  /** Seconds from acceptance to that state: median and 99th percentile. */
  double[] secondsTo(String state) throws IOException, SQLException {
    return Database.percentiles(
        wardline,
        """
        SELECT extract(epoch FROM h.at - m.created_at)
        FROM wardline.message m JOIN wardline.message_history h ON h.message_id = m.id AND h.state = '%s'
        WHERE %s
        """
            .formatted(state, these("out")));
  }

  /** Seconds from the gateway's claim to the carrier's answer: median and 99th percentile. */
  double[] secondsFromClaimToSent() throws IOException, SQLException {
    return Database.percentiles(
        wardline,
        """
        SELECT extract(epoch FROM sent.at - sent.claimed_at)
        FROM wardline.message m
        JOIN wardline.message_history sent ON sent.message_id = m.id AND sent.state = 'sent'
        WHERE %s
        """
            .formatted(these("out")));
  }
}
