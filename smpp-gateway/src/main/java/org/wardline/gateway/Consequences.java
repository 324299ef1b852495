package org.wardline.gateway;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.wardline.jdbc.Tx;

/** What one batch of the journal has to tell the server, in order. */
final class Consequences {
  private record Event(UUID id, String state, Instant at, String detail, boolean mayBeDuplicate) {}

  private final List<Event> events = new ArrayList<>();
  private final Set<UUID> longTexts = new LinkedHashSet<>();

  void tell(UUID text, String state, Instant at, String detail, boolean mayBeDuplicate) {
    events.add(new Event(text, state, at, detail, mayBeDuplicate));
  }

  /** A segment of this text has changed: what the whole has come to is to be asked. */
  void longText(UUID text) {
    longTexts.add(text);
  }

  Set<UUID> longTexts() {
    return longTexts;
  }

  int size() {
    return events.size();
  }

  void insert(Tx tx) {
    int n = events.size();
    if (n == 0) {
      return;
    }
    UUID[] ids = new UUID[n];
    String[] states = new String[n];
    Instant[] times = new Instant[n];
    String[] details = new String[n];
    Boolean[] duplicates = new Boolean[n];
    for (int i = 0; i < n; i++) {
      Event event = events.get(i);
      ids[i] = event.id();
      states[i] = event.state();
      times[i] = event.at();
      details[i] = event.detail();
      duplicates[i] = event.mayBeDuplicate();
    }
    tx.update(
        """
        INSERT INTO sms.event (outbound_id, state, at, detail, may_be_duplicate)
        SELECT id, state, at, detail, may_be_duplicate
        FROM unnest(?::uuid[], ?::text[], ?::timestamptz[], ?::text[], ?::bool[])
          WITH ORDINALITY AS t (id, state, at, detail, may_be_duplicate, n)
        ORDER BY n
        """,
        ids,
        states,
        times,
        details,
        duplicates);
  }
}
