package org.wardline.server.conversations;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.wardline.jdbc.Tx;
import org.wardline.server.archive.ArchiveOutbox;
import org.wardline.server.keys.PatientKeys;
import org.wardline.server.keys.Sealer;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Texts that have come to their end, on every path to one. A text's whole history goes to the
 * archive then: one event for each end, instead of one for every step on the way there.
 */
final class EndedTexts {
  private final PatientKeys keys;
  private final ArchiveOutbox archive;

  EndedTexts(PatientKeys keys, ArchiveOutbox archive) {
    this.keys = keys;
    this.archive = archive;
  }

  /** Ends texts that were taken out of the queue before they left. */
  void recall(Tx tx, List<UUID> messages, String detail) {
    tx.update(
        """
        WITH recalled AS (
          UPDATE wardline.message SET state = 'recalled' WHERE id = ANY (?) RETURNING id)
        INSERT INTO wardline.message_history (message_id, state, at, detail)
        SELECT id, 'recalled', now(), ? FROM recalled
        """,
        messages.toArray(new UUID[0]),
        detail);
    archive(tx, messages);
  }

  private record Step(
      UUID message,
      UUID patient,
      boolean mayBeDuplicate,
      String state,
      Instant at,
      String detail) {}

  /** Sends the history of those of these texts that have ended to the archive. */
  void archive(Tx tx, Collection<UUID> messages) {
    Map<UUID, List<Step>> ended = new LinkedHashMap<>();
    tx.query(
            """
            SELECT h.message_id, m.patient_id, m.may_be_duplicate, h.state, h.at, h.detail
            FROM wardline.message m JOIN wardline.message_history h ON h.message_id = m.id
            WHERE m.id = ANY (?) AND m.state IN ('delivered', 'failed', 'expired', 'unknown', 'recalled')
            ORDER BY h.message_id, h.seq
            """,
            row ->
                new Step(
                    row.uuid("message_id"),
                    row.uuid("patient_id"),
                    row.bool("may_be_duplicate"),
                    row.string("state"),
                    row.instant("at"),
                    row.string("detail")),
            (Object) messages.toArray(new UUID[0]))
        .forEach(step -> ended.computeIfAbsent(step.message(), id -> new ArrayList<>()).add(step));
    Map<UUID, Sealer> sealers =
        keys.of(
            tx,
            ended.values().stream().map(steps -> steps.getFirst().patient()).distinct().toList());
    List<ArchiveOutbox.Event> events = new ArrayList<>();
    ended.forEach(
        (message, steps) -> {
          Step last = steps.getLast();
          Sealer sealer = sealers.get(last.patient());
          if (sealer != null) {
            events.add(
                new ArchiveOutbox.Event(
                    eventId(message, steps.size()),
                    last.patient(),
                    sealer,
                    "delivery",
                    last.at(),
                    content(message, steps)));
          }
        });
    if (!events.isEmpty()) {
      archive.add(tx, events);
    }
  }

  /** The same for the same history, so that an end told twice is one event. */
  private static UUID eventId(UUID message, int steps) {
    return UUID.nameUUIDFromBytes((message + "|" + steps).getBytes(StandardCharsets.UTF_8));
  }

  private ObjectNode content(UUID message, List<Step> steps) {
    ObjectNode content = archive.content();
    content.put("message", message.toString());
    content.put("mayBeDuplicate", steps.getLast().mayBeDuplicate());
    ArrayNode history = content.putArray("history");
    for (Step step : steps) {
      ObjectNode entry = history.addObject();
      entry.put("state", step.state());
      entry.put("at", step.at().toString());
      entry.put("detail", step.detail());
    }
    return content;
  }
}
