package org.wardline.server.archive;

import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.wardline.jdbc.Tx;
import org.wardline.server.keys.Sealer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Events on their way to the archive, written in the transaction of what they tell of. Each is
 * sealed with the patient's key under its own id; the id stays the same however often the event is
 * shipped. The events of one transaction share a row: they are written, read and taken out
 * together, and a row costs about as much as an event does.
 */
public final class ArchiveOutbox {
  private static final JsonMapper JSON = new JsonMapper();

  /** One event: {@code content} is everything the archive keeps of it. */
  public record Event(
      UUID id, UUID patient, Sealer sealer, String kind, Instant at, ObjectNode content) {
    @Override
    public String toString() {
      return "Event[" + id + "]";
    }
  }

  /** An empty content to fill. */
  public ObjectNode content() {
    return JSON.createObjectNode();
  }

  /** Adds events with one statement. */
  public void add(Tx tx, List<Event> events) {
    int n = events.size();
    if (n == 0) {
      return;
    }
    UUID[] ids = new UUID[n];
    UUID[] patients = new UUID[n];
    String[] kinds = new String[n];
    Instant[] times = new Instant[n];
    byte[][] sealed = new byte[n][];
    for (int i = 0; i < n; i++) {
      Event event = events.get(i);
      ids[i] = event.id();
      patients[i] = event.patient();
      kinds[i] = event.kind();
      times[i] = event.at();
      sealed[i] =
          event.sealer().seal("archive", event.id(), JSON.writeValueAsBytes(event.content()));
    }
    tx.later(
        """
        INSERT INTO wardline.archive_outbox (events, oldest, event_ids, patient_ids, kinds, times, sealed)
        VALUES (?, ?, ?::uuid[], ?::uuid[], ?::text[], ?::timestamptz[], ?::bytea[])
        """,
        n,
        Collections.min(Arrays.asList(times)),
        ids,
        patients,
        kinds,
        times,
        sealed);
  }
}
