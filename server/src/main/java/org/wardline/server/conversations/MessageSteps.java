package org.wardline.server.conversations;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.wardline.jdbc.Row;
import org.wardline.jdbc.Tx;
import org.wardline.sms.DeliveryState;
import org.wardline.sms.SmsQueue;

/**
 * What became of messages, step by step. The first step is the message itself; a row of {@code
 * message_history} is what came later, and two steps when the text was put on the wire first.
 */
final class MessageSteps {
  private static final String ACCEPTED = "accepted";

  private MessageSteps() {}

  /**
   * @param detail for people; may be empty
   */
  record Step(String state, Instant at, String detail) {}

  private record Read(UUID message, Step first, List<Step> later) {}

  /** All steps of these messages, each from its first. */
  static Map<UUID, List<Step>> of(Tx tx, Collection<UUID> messages) {
    Map<UUID, List<Step>> steps = new LinkedHashMap<>();
    tx.query(
            """
            SELECT m.id, m.direction, m.created_at, m.note, h.state, h.at, h.detail, h.claimed_at
            FROM wardline.message m LEFT JOIN wardline.message_history h ON h.message_id = m.id
            WHERE m.id = ANY (?)
            ORDER BY m.id, h.seq
            """,
            MessageSteps::read,
            (Object) messages.toArray(new UUID[0]))
        .forEach(
            row ->
                steps
                    .computeIfAbsent(row.message(), id -> new ArrayList<>(List.of(row.first())))
                    .addAll(row.later()));
    return steps;
  }

  private static Read read(Row row) {
    boolean outgoing = row.string("direction").equals("out");
    Step first =
        new Step(
            (outgoing ? DeliveryState.QUEUED : DeliveryState.RECEIVED).wireName(),
            row.instant("created_at"),
            outgoing ? ACCEPTED : row.string("note"));
    List<Step> later = new ArrayList<>();
    row.optionalInstant("claimed_at")
        .ifPresent(at -> later.add(new Step(DeliveryState.SUBMITTING.wireName(), at, "")));
    Optional<String> state = row.optionalString("state");
    if (state.isPresent()) {
      later.add(new Step(state.get(), row.instant("at"), row.string("detail")));
    }
    return new Read(row.uuid("id"), first, later);
  }

  /** Adds what the gateway told, in this order. */
  static void add(Tx tx, List<SmsQueue.Event> events) {
    List<SmsQueue.Event> rows = new ArrayList<>();
    List<@Nullable Instant> claims = new ArrayList<>();
    Map<UUID, SmsQueue.Event> claimed = new LinkedHashMap<>();
    for (SmsQueue.Event event : events) {
      SmsQueue.Event claim = claimed.remove(event.id());
      if (event.state() != DeliveryState.SUBMITTING) {
        rows.add(event);
        claims.add(claim == null ? null : claim.at());
        continue;
      }
      if (claim != null) {
        // Put on the wire again, and nothing was told of the first time.
        rows.add(claim);
        claims.add(null);
      }
      claimed.put(event.id(), event);
    }
    // Put on the wire, and nothing else is known yet.
    claimed
        .values()
        .forEach(
            claim -> {
              rows.add(claim);
              claims.add(null);
            });
    tx.later(
        """
        INSERT INTO wardline.message_history (message_id, state, at, detail, claimed_at)
        SELECT id, state, at, detail, claimed_at
        FROM unnest(?::uuid[], ?::text[], ?::timestamptz[], ?::text[], ?::timestamptz[])
          WITH ORDINALITY AS e (id, state, at, detail, claimed_at, n)
        ORDER BY n
        """,
        rows.stream().map(SmsQueue.Event::id).toArray(UUID[]::new),
        rows.stream().map(event -> event.state().wireName()).toArray(String[]::new),
        rows.stream().map(SmsQueue.Event::at).toArray(Instant[]::new),
        rows.stream().map(SmsQueue.Event::detail).toArray(String[]::new),
        claims.toArray(new Instant[0]));
  }
}
