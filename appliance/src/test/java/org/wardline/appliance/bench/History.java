package org.wardline.appliance.bench;

import java.sql.Connection;
import java.sql.Statement;
import org.wardline.appliance.RunningWardline;

/**
 * A practice that has sent for a long time: finished texts, set-based, so that millions are quick.
 */
final class History {
  /**
   * Under the gateway's retention, or its housekeeping would delete them during the measurement.
   */
  private static final int DAYS = 6;

  private History() {}

  /**
   * Puts so many delivered texts, four steps of history each, and their segments; returns how many
   * seconds that took.
   */
  static double seed(RunningWardline wardline, int rows) throws Exception {
    System.err.println("seeding a history of " + rows + " texts …");
    long start = System.nanoTime();
    try (Connection connection = Database.connect(wardline);
        Statement statement = connection.createStatement()) {
      statement.execute("SET synchronous_commit = off");
      statement.execute("SET work_mem = '64MB'");
      statement.execute(
          """
          CREATE TEMPORARY TABLE past AS
          WITH known AS (
            SELECT c.id, c.patient_id, c.line, p.id AS phone_id,
                   row_number() OVER (ORDER BY c.id) - 1 AS n, count(*) OVER () AS all_of_them
            FROM wardline.conversation c JOIN wardline.phone p ON p.patient_id = c.patient_id)
          SELECT gen_random_uuid() AS id, known.id AS conversation_id, known.patient_id, known.phone_id, known.line,
                 now() - interval '%2$d days' * (1 - g::float8 / %1$d) - interval '1 minute' AS at, g
          FROM generate_series(1, %1$d) AS g
          JOIN known ON known.n = g %% (SELECT greatest(max(all_of_them), 1) FROM known)
          """
              .formatted(rows, DAYS));
      // Random octets of a sealed text's length: they must not compress.
      statement.execute(
          """
          INSERT INTO wardline.message (id, conversation_id, patient_id, phone_id, line, direction, kind, sealed_text,
            encoding, segments, state, sender, created_at, expires_at)
          SELECT id, conversation_id, patient_id, phone_id, line, 'out', 'care',
                 sha512(id::text::bytea) || sha512(g::text::bytea), 'gsm7', 1, 'delivered', 'bench', at,
                 at + interval '1 day'
          FROM past ORDER BY g
          """);
      statement.execute(
          """
          INSERT INTO wardline.message_history (message_id, state, at, detail, claimed_at)
          SELECT past.id, step.state, past.at + step.after, '', past.at + step.claimed
          FROM past CROSS JOIN (VALUES
            (1, 'sent', interval '80 ms', interval '50 ms'),
            (2, 'delivered', interval '2 s', NULL)) AS step (n, state, after, claimed)
          ORDER BY past.g, step.n
          """);
      statement.execute(
          """
          INSERT INTO sms.segment (link, smsc_id, outbound_id, number, total, may_be_duplicate, expires_at, accepted_at,
            state, detail, settled_at, reported)
          SELECT 'carrier', 'past-' || g, id, 1, 1, false, at + interval '1 day', at + interval '80 ms',
                 'delivered', '', at + interval '2 s', 'delivered'
          FROM past ORDER BY g
          """);
      statement.execute("DROP TABLE past");
      statement.execute("ANALYZE wardline.message");
      statement.execute("ANALYZE wardline.message_history");
      statement.execute("ANALYZE sms.segment");
    }
    double seconds = Throughput.secondsSince(start);
    System.err.printf("seeded in %.1f s%n", seconds);
    return seconds;
  }
}
