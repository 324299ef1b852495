package org.wardline.sms;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.wardline.jdbc.Row;
import org.wardline.jdbc.Tx;

/**
 * Texts that operators send through one link to see whether it works, and what became of them
 * ({@code sms.test_text}). They are no messages: no patient, no conversation, and the number is
 * nowhere but in the sealed row of the queue, which goes when the text has left.
 */
public final class TestTexts {
  private static final Duration KEPT = Duration.ofDays(7);

  private final SmsQueue queue;

  public TestTexts(SmsQueue queue) {
    this.queue = queue;
  }

  /**
   * One test text.
   *
   * @param sentBy a login or the name of a program
   * @param detail why it stands there, in the gateway's words; may be empty
   */
  public record TestText(
      UUID id,
      String link,
      String line,
      String sentBy,
      Instant sentAt,
      DeliveryState state,
      String detail,
      Instant changedAt) {}

  /** Queues it for this link and no other. */
  public void send(Tx tx, SmsQueue.OutboundText text, String link, String sentBy) {
    tx.update("DELETE FROM sms.test_text WHERE sent_at < now() - ?::interval", KEPT.toString());
    tx.update(
        "INSERT INTO sms.test_text (id, link, line, sent_by) VALUES (?, ?, ?, ?)",
        text.id(),
        link,
        text.line(),
        sentBy);
    queue.enqueue(tx, text, link);
  }

  /** How many were sent in the last {@code period}, through whichever link. */
  public static long sentWithin(Tx tx, Duration period) {
    return tx.one(
        "SELECT count(*) AS n FROM sms.test_text WHERE sent_at > now() - ?::interval",
        row -> row.longValue("n"),
        period.toString());
  }

  /**
   * Writes down what became of those test texts that are among {@code events}; others are left
   * alone. What may follow what is the same as for messages.
   */
  public static void apply(Tx tx, List<SmsQueue.Event> events) {
    for (SmsQueue.Event event : events) {
      Optional<DeliveryState> before =
          tx.first(
              "SELECT state FROM sms.test_text WHERE id = ? FOR UPDATE",
              row -> DeliveryState.ofWireName(row.string("state")),
              event.id());
      if (before.isPresent() && before.get().after(event.state()) == event.state()) {
        tx.update(
            "UPDATE sms.test_text SET state = ?, detail = ?, changed_at = ? WHERE id = ?",
            event.state().wireName(),
            event.detail(),
            event.at(),
            event.id());
      }
    }
  }

  /** The newest of one link, newest first. */
  public static List<TestText> newest(Tx tx, String link, int limit) {
    return tx.query(
        """
        SELECT id, link, line, sent_by, sent_at, state, detail, changed_at
        FROM sms.test_text WHERE link = ? ORDER BY sent_at DESC, id LIMIT ?
        """,
        TestTexts::read,
        link,
        limit);
  }

  private static TestText read(Row row) {
    return new TestText(
        row.uuid("id"),
        row.string("link"),
        row.string("line"),
        row.string("sent_by"),
        row.instant("sent_at"),
        DeliveryState.ofWireName(row.string("state")),
        row.string("detail"),
        row.instant("changed_at"));
  }
}
