package org.wardline.gateway;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.wardline.jdbc.Tx;

/** What one batch of the journal has to tell the server, in order. */
final class Consequences {
  private record Event(
      UUID id,
      String state,
      Instant at,
      String detail,
      boolean mayBeDuplicate,
      @Nullable Instant claimedAt) {}

  private final List<Event> events = new ArrayList<>();
  private final Set<UUID> longTexts = new LinkedHashSet<>();

  void tell(UUID text, String state, Instant at, String detail, boolean mayBeDuplicate) {
    events.add(new Event(text, state, at, detail, mayBeDuplicate, null));
  }

  /** The same of a text that was put on the wire at {@code claimedAt}, which is told with it. */
  void tell(ClaimedText text, String state, Instant at, String detail) {
    events.add(new Event(text.id(), state, at, detail, text.mayBeDuplicate(), text.claimedAt()));
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
    @Nullable Instant[] claims = new Instant[n];
    for (int i = 0; i < n; i++) {
      Event event = events.get(i);
      ids[i] = event.id();
      states[i] = event.state();
      times[i] = event.at();
      details[i] = event.detail();
      duplicates[i] = event.mayBeDuplicate();
      claims[i] = event.claimedAt();
    }
    tx.later(
        """
        INSERT INTO sms.event (outbound_id, state, at, detail, may_be_duplicate, claimed_at)
        SELECT id, state, at, detail, may_be_duplicate, claimed_at
        FROM unnest(?::uuid[], ?::text[], ?::timestamptz[], ?::text[], ?::bool[], ?::timestamptz[])
          WITH ORDINALITY AS t (id, state, at, detail, may_be_duplicate, claimed_at, n)
        ORDER BY n
        """,
        ids,
        states,
        times,
        details,
        duplicates,
        claims);
  }
}
