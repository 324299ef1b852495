package org.wardline.server.conversations;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.wardline.jdbc.Tx;
import org.wardline.sms.SenderAddress;

/**
 * Which of a line's numbers a patient is texted from. Once chosen it stays, so that one
 * conversation is one thread on the patient's phone; a patient who writes to another number of the
 * line is answered from that one.
 */
final class Senders {
  private Senders() {}

  /** The senders of these conversations, chosen for those that have none yet. */
  static Map<UUID, SenderAddress> of(Tx tx, Map<UUID, Line> conversations) {
    Map<UUID, SenderAddress> senders = new HashMap<>();
    Map<UUID, Line> pooled = new HashMap<>();
    conversations.forEach(
        (conversation, line) -> {
          if (line.pool().isEmpty()) {
            senders.put(conversation, line.number());
          } else {
            pooled.put(conversation, line);
          }
        });
    if (pooled.isEmpty()) {
      return senders;
    }
    Map<UUID, SenderAddress> chosen = new HashMap<>();
    known(tx, pooled.keySet().toArray(new UUID[0]))
        .forEach(
            (conversation, value) -> {
              Line line = Objects.requireNonNull(pooled.get(conversation));
              line.numbers().stream()
                  .filter(number -> number.value().equals(value))
                  .findFirst()
                  .ifPresent(number -> senders.put(conversation, number));
            });
    pooled.forEach(
        (conversation, line) -> {
          if (!senders.containsKey(conversation)) {
            chosen.put(conversation, first(conversation, line));
          }
        });
    keep(tx, chosen);
    senders.putAll(chosen);
    return senders;
  }

  /** A patient wrote to these numbers of their lines. */
  static void wroteTo(Tx tx, Map<UUID, SenderAddress> destinations) {
    keep(tx, destinations);
  }

  /** Spreads conversations evenly; when the pool grows or shrinks, few of the new ones move. */
  private static SenderAddress first(UUID conversation, Line line) {
    return line.numbers().stream()
        .max(
            Comparator.comparing(
                number ->
                    UUID.nameUUIDFromBytes(
                        (conversation + number.value()).getBytes(StandardCharsets.UTF_8))))
        .orElseThrow();
  }

  private static Map<UUID, String> known(Tx tx, UUID[] conversations) {
    record Known(UUID conversation, String sender) {}
    Map<UUID, String> known = new HashMap<>();
    tx.query(
            """
            SELECT id, sender FROM wardline.conversation
            WHERE id = ANY (?) AND sender IS NOT NULL
            """,
            row -> new Known(row.uuid("id"), row.string("sender")),
            (Object) conversations)
        .forEach(row -> known.put(row.conversation(), row.sender()));
    return known;
  }

  private static void keep(Tx tx, Map<UUID, SenderAddress> chosen) {
    if (chosen.isEmpty()) {
      return;
    }
    List<UUID> conversations = chosen.keySet().stream().sorted().toList();
    Recipients.lockConversations(tx, conversations.toArray(new UUID[0]));
    tx.update(
        """
        UPDATE wardline.conversation c SET sender = t.sender
        FROM unnest(?::uuid[], ?::text[]) AS t (id, sender)
        WHERE c.id = t.id AND c.sender IS DISTINCT FROM t.sender
        """,
        conversations.toArray(new UUID[0]),
        conversations.stream()
            .map(id -> Objects.requireNonNull(chosen.get(id)).value())
            .toArray(String[]::new));
  }
}
