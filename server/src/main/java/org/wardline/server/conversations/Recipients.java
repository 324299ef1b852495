package org.wardline.server.conversations;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.wardline.jdbc.Tx;

/** Conversations by what they are about: one per patient and line. */
final class Recipients {
  private Recipients() {}

  /**
   * A conversation's patient, line and the phone that texts go to: the one last used, else the
   * patient's first.
   */
  record Known(UUID conversation, UUID patient, String line, UUID phone) {}

  record PatientLine(UUID patient, String line) {}

  /**
   * Takes the rows in one order, so that two writers of several conversations cannot wait for each
   * other.
   */
  static void lockConversations(Tx tx, UUID[] conversations) {
    tx.later(
        "SELECT id FROM wardline.conversation WHERE id = ANY (?) ORDER BY id FOR NO KEY UPDATE",
        (Object) conversations);
  }

  static Map<UUID, Known> byId(Tx tx, List<UUID> conversations) {
    Map<UUID, Known> known = new HashMap<>();
    tx.query(
            """
            SELECT c.id, c.patient_id, c.line, coalesce(m.phone_id, p.id) AS phone_id
            FROM wardline.conversation c
            LEFT JOIN wardline.message m ON m.id = c.last_message_id
            LEFT JOIN LATERAL (
              SELECT id FROM wardline.phone WHERE patient_id = c.patient_id
              ORDER BY (kind = 'mobile') DESC, position LIMIT 1) p ON true
            WHERE c.id = ANY (?)
            """,
            row ->
                new Known(
                    row.uuid("id"),
                    row.uuid("patient_id"),
                    row.string("line"),
                    row.uuid("phone_id")),
            (Object) conversations.toArray(new UUID[0]))
        .forEach(row -> known.put(row.conversation(), row));
    return known;
  }

  /** Finds or makes the conversations of patients on lines. */
  static Map<PatientLine, UUID> findOrCreate(Tx tx, List<PatientLine> wanted) {
    Map<PatientLine, UUID> found = find(tx, wanted);
    List<PatientLine> missing =
        wanted.stream().distinct().filter(key -> !found.containsKey(key)).toList();
    if (!missing.isEmpty()) {
      List<UUID> ids = new ArrayList<>();
      missing.forEach(key -> ids.add(UUID.randomUUID()));
      tx.update(
          """
          INSERT INTO wardline.conversation (id, patient_id, line)
          SELECT * FROM unnest(?::uuid[], ?::uuid[], ?::text[])
          ON CONFLICT ON CONSTRAINT conversation_once DO NOTHING
          """,
          ids.toArray(new UUID[0]),
          missing.stream().map(PatientLine::patient).toArray(UUID[]::new),
          missing.stream().map(PatientLine::line).toArray(String[]::new));
      found.putAll(find(tx, missing));
    }
    return found;
  }

  private static Map<PatientLine, UUID> find(Tx tx, List<PatientLine> wanted) {
    record Found(UUID id, PatientLine key) {}
    Map<PatientLine, UUID> found = new HashMap<>();
    tx.query(
            """
            SELECT c.id, c.patient_id, c.line
            FROM unnest(?::uuid[], ?::text[]) AS w (patient_id, line)
            JOIN wardline.conversation c ON c.patient_id = w.patient_id AND c.line = w.line
            """,
            row ->
                new Found(
                    row.uuid("id"), new PatientLine(row.uuid("patient_id"), row.string("line"))),
            wanted.stream().map(PatientLine::patient).toArray(UUID[]::new),
            wanted.stream().map(PatientLine::line).toArray(String[]::new))
        .forEach(row -> found.put(row.key(), row.id()));
    return found;
  }

  static Optional<Known> byId(Tx tx, UUID conversation) {
    return Optional.ofNullable(byId(tx, List.of(conversation)).get(conversation));
  }
}
