package org.wardline.server.conversations;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.wardline.jdbc.Tx;
import org.wardline.server.archive.ArchiveOutbox;
import org.wardline.server.conversations.MessageSteps.Step;
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

  private record Ended(UUID id, UUID patient, boolean mayBeDuplicate) {}

  /** Sends the history of those of these texts that have ended to the archive. */
  void archive(Tx tx, Collection<UUID> messages) {
    List<Ended> ended =
        tx.query(
            """
            SELECT id, patient_id, may_be_duplicate FROM wardline.message
            WHERE id = ANY (?) AND state IN ('delivered', 'failed', 'expired', 'unknown', 'recalled')
            ORDER BY id
            """,
            row -> new Ended(row.uuid("id"), row.uuid("patient_id"), row.bool("may_be_duplicate")),
            (Object) messages.toArray(new UUID[0]));
    if (ended.isEmpty()) {
      return;
    }
    Map<UUID, List<Step>> steps = MessageSteps.of(tx, ended.stream().map(Ended::id).toList());
    Map<UUID, Sealer> sealers = keys.of(tx, ended.stream().map(Ended::patient).distinct().toList());
    List<ArchiveOutbox.Event> events = new ArrayList<>();
    for (Ended text : ended) {
      List<Step> history = steps.getOrDefault(text.id(), List.of());
      Sealer sealer = sealers.get(text.patient());
      if (sealer != null && !history.isEmpty()) {
        events.add(
            new ArchiveOutbox.Event(
                eventId(text.id(), history.size()),
                text.patient(),
                sealer,
                "delivery",
                history.getLast().at(),
                content(text, history)));
      }
    }
    archive.add(tx, events);
  }

  /** The same for the same history, so that an end told twice is one event. */
  private static UUID eventId(UUID message, int steps) {
    return UUID.nameUUIDFromBytes((message + "|" + steps).getBytes(StandardCharsets.UTF_8));
  }

  private ObjectNode content(Ended text, List<Step> steps) {
    ObjectNode content = archive.content();
    content.put("message", text.id().toString());
    content.put("mayBeDuplicate", text.mayBeDuplicate());
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
