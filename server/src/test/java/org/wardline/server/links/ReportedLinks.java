package org.wardline.server.links;

import java.time.Instant;
import java.util.List;
import org.wardline.jdbc.Db;
import org.wardline.server.TestServer;
import org.wardline.sms.DeliveryState;
import org.wardline.sms.Links;

/** What a gateway would write, by hand, with the rights of the tables' owner. */
final class ReportedLinks {
  private final TestServer server;
  private final Db owner;

  ReportedLinks(TestServer server) {
    this.server = server;
    this.owner = new Db(server.database.owner());
  }

  /** A link of {@code gateway.yaml} that is well. */
  void bound(String link, String... lines) {
    report(link, "bound", "Bound to the carrier.", false, lines);
  }

  void report(String link, String state, String detail, boolean added, String... lines) {
    Instant now = server.clock.instant();
    owner.run(
        tx ->
            tx.update(
                """
                INSERT INTO sms.link
                  (link, state, detail, since, seen_at, added, peer, usable, lines, window_size, in_flight,
                   per_second, errors)
                VALUES (?, ?, ?, ?, ?, ?, 'smsc.example:2775', ?, ?, 10, 3, 4.5, ?)
                ON CONFLICT (link) DO UPDATE
                SET state = excluded.state, detail = excluded.detail, seen_at = excluded.seen_at,
                    usable = excluded.usable, added = excluded.added
                """,
                link,
                state,
                detail,
                now,
                now,
                added,
                state.equals("bound"),
                lines,
                new String[] {"2026-11-21T10:00:00Z The carrier refused a text (2 times)"}));
  }

  /** What the gateway says became of a text. */
  void event(java.util.UUID text, DeliveryState state, String detail) {
    owner.run(
        tx ->
            tx.update(
                "INSERT INTO sms.event (outbound_id, state, detail) VALUES (?, ?, ?)",
                text,
                state.wireName(),
                detail));
  }

  /** The gateway has taken up what people want. */
  void wants(String link, Links.Want want) {
    owner.run(
        tx -> tx.update("UPDATE sms.link SET want = ? WHERE link = ?", want.wireName(), link));
  }

  /** One text that has only just come. */
  void justWaiting(String line, String prefix) {
    waiting(line, prefix, 1, 0);
  }

  /** Texts that have waited for seven minutes. */
  void waiting(String line, String prefix, int texts) {
    waiting(line, prefix, texts, 7);
  }

  private void waiting(String line, String prefix, int texts, int minutes) {
    owner.run(
        tx ->
            tx.update(
                """
                INSERT INTO sms.outbound
                  (id, line, prefix, recipient, sealed, segments, expires_at, accepted_at)
                SELECT gen_random_uuid(), ?, ?, n, '', 1, now() + interval '1 hour',
                       now() - make_interval(mins => ?)
                FROM generate_series(1, ?) AS n
                """,
                line,
                prefix,
                minutes,
                texts));
  }

  void clear() {
    owner.run(
        tx -> {
          for (String table : List.of("link", "link_wanted", "test_text", "outbound", "event")) {
            tx.update("DELETE FROM sms." + table);
          }
        });
  }

  Db owner() {
    return owner;
  }
}
