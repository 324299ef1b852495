package org.wardline.gateway;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.wardline.gateway.Attempt.AcceptedSegment;
import org.wardline.gateway.Attempt.Outcome;
import org.wardline.jdbc.Tx;

/**
 * Writes what came of attempts: the segments the carrier took, and the text's way out of the queue.
 */
final class SegmentLedger {
  private final String link;
  private final UUID run;

  SegmentLedger(String link, UUID run) {
    this.link = link;
    this.run = run;
  }

  /**
   * @param left texts that this took out of the queue; others are another gateway's to end
   */
  void insert(Tx tx, List<Attempt> attempts, Set<UUID> left) {
    int n = attempts.stream().mapToInt(attempt -> attempt.accepted().size()).sum();
    if (n == 0) {
      return;
    }
    String[] smscIds = new String[n];
    UUID[] ids = new UUID[n];
    Integer[] numbers = new Integer[n];
    Integer[] totals = new Integer[n];
    Boolean[] duplicates = new Boolean[n];
    Instant[] expiries = new Instant[n];
    Instant[] accepted = new Instant[n];
    @Nullable String[] reported = new String[n];
    @Nullable String[] given = new String[n];
    String[] sources = new String[n];
    int i = 0;
    for (Attempt attempt : attempts) {
      for (AcceptedSegment segment : attempt.accepted()) {
        reported[i] = isBrokenOff(attempt) && left.contains(attempt.text().id()) ? "failed" : null;
        smscIds[i] = segment.smscId();
        given[i] = segment.storedGivenId();
        sources[i] = segment.source();
        ids[i] = attempt.text().id();
        numbers[i] = segment.number();
        totals[i] = attempt.total();
        duplicates[i] = attempt.text().mayBeDuplicate();
        expiries[i] = attempt.text().expiresAt();
        accepted[i] = segment.at();
        i++;
      }
    }
    tx.later(
        """
        INSERT INTO sms.segment
          (link, smsc_id, outbound_id, number, total, may_be_duplicate, expires_at, accepted_at,
           reported, given_id, source)
        SELECT ?, smsc_id, outbound_id, number, total, may_be_duplicate, expires_at, accepted_at,
               reported, given_id, source
        FROM unnest(?::text[], ?::uuid[], ?::int[], ?::int[], ?::bool[], ?::timestamptz[],
                    ?::timestamptz[], ?::text[], ?::text[], ?::text[])
          AS t (smsc_id, outbound_id, number, total, may_be_duplicate, expires_at, accepted_at,
                reported, given_id, source)
        """,
        link,
        smscIds,
        ids,
        numbers,
        totals,
        duplicates,
        expiries,
        accepted,
        reported,
        given,
        sources);
  }

  private record Row(UUID id, int acceptedSegments) {}

  /** Those whose row shows that the write before did not come through. */
  static List<Attempt> unwritten(Tx tx, List<Attempt> attempts) {
    Map<UUID, Integer> accepted =
        tx
            .query(
                "SELECT id, accepted_segments FROM sms.outbound WHERE id = ANY(?::uuid[])",
                row -> new Row(row.uuid("id"), row.intValue("accepted_segments")),
                (Object) attempts.stream().map(attempt -> attempt.text().id()).toArray(UUID[]::new))
            .stream()
            .collect(Collectors.toMap(Row::id, Row::acceptedSegments));
    return attempts.stream()
        .filter(
            attempt -> {
              Integer there = accepted.get(attempt.text().id());
              return there != null
                  && (attempt.isSettled() || there < attempt.accepted().getLast().number());
            })
        .toList();
  }

  /** Whether its story is over with parts of it at the carrier, whose receipts change nothing. */
  private static boolean isBrokenOff(Attempt attempt) {
    return attempt.isSettled() && !(attempt.outcome() instanceof Outcome.Sent);
  }

  /** Returns those that this took out of the queue for good. */
  Set<UUID> leaveQueue(Tx tx, List<Attempt> attempts) {
    UUID[] settled =
        attempts.stream()
            .filter(Attempt::isSettled)
            .map(attempt -> attempt.text().id())
            .toArray(UUID[]::new);
    Set<UUID> left = new HashSet<>();
    if (settled.length > 0) {
      left.addAll(
          tx.query(
              "DELETE FROM sms.outbound WHERE id = ANY(?::uuid[]) AND claimed_by = ? RETURNING id",
              row -> row.uuid("id"),
              settled,
              run));
    }
    for (Attempt attempt : attempts) {
      boolean begun = attempt.text().acceptedSegments() > 0;
      if (begun && isBrokenOff(attempt) && left.contains(attempt.text().id())) {
        tx.update(
            "UPDATE sms.segment SET reported = 'failed' WHERE outbound_id = ? AND total > 1",
            attempt.text().id());
      }
      if (!attempt.isSettled() && !attempt.accepted().isEmpty()) {
        tx.update(
            "UPDATE sms.outbound SET accepted_segments = ? WHERE id = ? AND claimed_by = ?",
            attempt.accepted().getLast().number(),
            attempt.text().id(),
            run);
      }
    }
    return left;
  }
}
