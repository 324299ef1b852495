package org.wardline.gateway;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.wardline.gateway.Attempt.AcceptedSegment;
import org.wardline.gateway.Attempt.Outcome;
import org.wardline.jdbc.Tx;

/**
 * The SQL of the journal: a handful of set-based statements per batch, however many results and
 * receipts it holds. Only the journal's writer calls it.
 */
final class JournalStore {
  /**
   * Between the clocks of machines that run the link one after the other: a receipt is stamped by
   * the one it came to, a claim by the one that sends.
   */
  private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(5);

  /** A receipt with a final state. {@code detail} is for people, {@code id} as received. */
  record Receipt(String id, String state, String detail, Instant at) {}

  record Written(int events, int unmatched) {}

  private record EventRow(
      UUID id, String state, Instant at, String detail, boolean mayBeDuplicate) {}

  private record Settled(int receipt, UUID outboundId, int total, boolean mayBeDuplicate) {}

  /** Unmatched receipts are read another way once their response must long be here. */
  private static final Duration LEFTOVER_AGE = Duration.ofSeconds(2);

  private static final Duration LEFTOVER_LIMIT = Duration.ofMinutes(10);
  private static final int MAX_LEFTOVERS = 500;

  private final String link;
  private final LinkSettings.Receipts receipts;
  private final UUID run;
  private IdStyle style = IdStyle.AS_IS;

  JournalStore(String link, LinkSettings.Receipts receipts, UUID run) {
    this.link = link;
    this.receipts = receipts;
    this.run = run;
  }

  /**
   * @param again whether the write before this one failed: its commit may have come through all the
   *     same, and what it wrote must not be told twice
   * @param lookAtLeftovers also try unmatched receipts under other readings of their ids
   */
  Written write(
      Tx tx,
      List<Attempt> results,
      boolean again,
      List<Receipt> received,
      @Nullable Instant lookAtLeftovers) {
    List<Attempt> attempts = again ? unwritten(tx, results) : results;
    List<EventRow> events = new ArrayList<>();
    List<Receipt> receipts = new ArrayList<>(received);
    Set<UUID> longTexts = new LinkedHashSet<>();
    if (!attempts.isEmpty()) {
      Set<UUID> left = leaveQueue(tx, attempts);
      insertSegments(tx, attempts, left);
      // What another gateway has taken over meanwhile is that one's to tell of.
      eventsOf(attempts.stream().filter(one -> left.contains(one.text().id())).toList(), events);
      receipts.addAll(earlyReceipts(tx, attempts));
      for (Attempt attempt : attempts) {
        // Receipts of segments accepted in an earlier attempt may have been here for a while.
        if (attempt.outcome() instanceof Outcome.Sent && attempt.text().acceptedSegments() > 0) {
          longTexts.add(attempt.text().id());
        }
      }
    }
    int unmatched = 0;
    if (!receipts.isEmpty()) {
      unmatched = settle(tx, receipts, style, events, longTexts);
    }
    if (lookAtLeftovers != null) {
      matchLeftovers(tx, lookAtLeftovers, events, longTexts);
    }
    if (!longTexts.isEmpty()) {
      foldLongTexts(tx, longTexts, events);
    }
    insertEvents(tx, events);
    return new Written(events.size(), unmatched);
  }

  private record Row(UUID id, int acceptedSegments) {}

  /** Those whose row shows that the write before did not come through. */
  private static List<Attempt> unwritten(Tx tx, List<Attempt> attempts) {
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

  private void insertSegments(Tx tx, List<Attempt> attempts, Set<UUID> left) {
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
    int i = 0;
    for (Attempt attempt : attempts) {
      for (AcceptedSegment segment : attempt.accepted()) {
        reported[i] = isBrokenOff(attempt) && left.contains(attempt.text().id()) ? "failed" : null;
        smscIds[i] = segment.smscId();
        ids[i] = attempt.text().id();
        numbers[i] = segment.number();
        totals[i] = attempt.total();
        duplicates[i] = attempt.text().mayBeDuplicate();
        expiries[i] = attempt.text().expiresAt();
        accepted[i] = segment.at();
        i++;
      }
    }
    tx.update(
        """
        INSERT INTO sms.segment
          (link, smsc_id, outbound_id, number, total, may_be_duplicate, expires_at, accepted_at,
           reported)
        SELECT ?, smsc_id, outbound_id, number, total, may_be_duplicate, expires_at, accepted_at,
               reported
        FROM unnest(?::text[], ?::uuid[], ?::int[], ?::int[], ?::bool[], ?::timestamptz[],
                    ?::timestamptz[], ?::text[])
          AS t (smsc_id, outbound_id, number, total, may_be_duplicate, expires_at, accepted_at,
                reported)
        """,
        link,
        smscIds,
        ids,
        numbers,
        totals,
        duplicates,
        expiries,
        accepted,
        reported);
  }

  /** Whether its story is over with parts of it at the carrier, whose receipts change nothing. */
  private static boolean isBrokenOff(Attempt attempt) {
    return attempt.isSettled() && !(attempt.outcome() instanceof Outcome.Sent);
  }

  /** Returns those that this took out of the queue for good. */
  private Set<UUID> leaveQueue(Tx tx, List<Attempt> attempts) {
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

  private static void eventsOf(List<Attempt> attempts, List<EventRow> events) {
    for (Attempt attempt : attempts) {
      ClaimedText text = attempt.text();
      EventRow last =
          switch (attempt.outcome()) {
            case Outcome.Sent sent ->
                event(
                    text,
                    "sent",
                    attempt.accepted().isEmpty()
                        ? text.claimedAt()
                        : attempt.accepted().getLast().at(),
                    "");
            case Outcome.Failed failed -> event(text, "failed", failed.at(), failed.why());
            case Outcome.Expired expired ->
                event(text, "expired", expired.at(), CarrierWords.EXPIRED);
            case Outcome.Doubtful doubtful -> event(text, "unknown", doubtful.at(), doubtful.why());
            // Told when the row is back in the queue.
            case Outcome.NotSent notSent -> null;
            case Outcome.MaybeSent maybeSent -> null;
          };
      if (last == null) {
        continue;
      }
      if (!(attempt.outcome() instanceof Outcome.Expired)) {
        events.add(event(text, "submitting", text.claimedAt(), ""));
      }
      events.add(last);
    }
  }

  private static EventRow event(ClaimedText text, String state, Instant at, String detail) {
    return new EventRow(text.id(), state, at, detail, text.mayBeDuplicate());
  }

  /**
   * Receipts that overtook the response, whichever run of the gateway they came to. One from before
   * the text was claimed belongs to another text that once had the same id (carriers start their
   * ids anew) and is dropped.
   */
  private List<Receipt> earlyReceipts(Tx tx, List<Attempt> attempts) {
    List<String> receiptIds = new ArrayList<>();
    List<Instant> since = new ArrayList<>();
    for (Attempt attempt : attempts) {
      for (Attempt.AcceptedSegment segment : attempt.accepted()) {
        style
            .receiptId(segment.smscId())
            .ifPresent(
                id -> {
                  receiptIds.add(id);
                  since.add(attempt.text().claimedAt().minus(CLOCK_TOLERANCE));
                });
      }
    }
    if (receiptIds.isEmpty()) {
      return List.of();
    }
    return tx.query(
        """
        WITH gone AS (
          DELETE FROM sms.receipt r
          USING unnest(?::text[], ?::timestamptz[]) AS t (smsc_id, since)
          WHERE r.link = ? AND r.smsc_id = t.smsc_id
          RETURNING r.smsc_id, r.state, r.detail, r.received_at, t.since)
        SELECT smsc_id, state, detail, received_at FROM gone WHERE received_at >= since
        """,
        row ->
            new Receipt(
                row.string("smsc_id"),
                row.string("state"),
                row.string("detail"),
                row.instant("received_at")),
        receiptIds.toArray(new String[0]),
        since.toArray(new Instant[0]),
        link);
  }

  /** Puts receipts on their segments; those without one are kept. Returns how many were kept. */
  private int settle(
      Tx tx, List<Receipt> receipts, IdStyle reading, List<EventRow> events, Set<UUID> longTexts) {
    boolean[] matched = new boolean[receipts.size()];
    for (Settled settled : applyReceipts(tx, receipts, reading)) {
      matched[settled.receipt()] = true;
      if (settled.total() > 1) {
        longTexts.add(settled.outboundId());
      } else {
        Receipt receipt = receipts.get(settled.receipt());
        events.add(
            new EventRow(
                settled.outboundId(),
                receipt.state(),
                receipt.at(),
                receipt.detail(),
                settled.mayBeDuplicate()));
      }
    }
    List<Receipt> rest = new ArrayList<>();
    for (int i = 0; i < matched.length; i++) {
      if (!matched[i]) {
        rest.add(receipts.get(i));
      }
    }
    return rest.isEmpty() ? 0 : keep(tx, rest, reading);
  }

  private List<Settled> applyReceipts(Tx tx, List<Receipt> receipts, IdStyle reading) {
    int n = receipts.size();
    Integer[] order = new Integer[n];
    String[] ids = new String[n];
    String[] states = new String[n];
    String[] details = new String[n];
    Instant[] times = new Instant[n];
    for (int i = 0; i < n; i++) {
      Receipt receipt = receipts.get(i);
      order[i] = i;
      ids[i] = reading.responseId(receipt.id()).orElse(receipt.id());
      states[i] = receipt.state();
      details[i] = receipt.detail();
      times[i] = receipt.at();
    }
    // When a carrier uses an id again, the receipt belongs to the newest text with it.
    return tx.query(
        """
        UPDATE sms.segment s
        SET state = r.state, detail = r.detail, settled_at = r.at,
            reported = CASE WHEN s.total = 1 THEN r.state ELSE s.reported END
        FROM unnest(?::int[], ?::text[], ?::text[], ?::text[], ?::timestamptz[])
          AS r (n, smsc_id, state, detail, at)
        WHERE s.link = ? AND s.smsc_id = r.smsc_id AND s.state IS NULL
          AND NOT EXISTS (
            SELECT 1 FROM sms.segment later
            WHERE later.link = s.link AND later.smsc_id = s.smsc_id
              AND later.accepted_at > s.accepted_at AND later.outbound_id <> s.outbound_id)
        RETURNING r.n, s.outbound_id, s.total, s.may_be_duplicate
        """,
        row ->
            new Settled(
                row.intValue("n"),
                row.uuid("outbound_id"),
                row.intValue("total"),
                row.bool("may_be_duplicate")),
        order,
        ids,
        states,
        details,
        times,
        link);
  }

  /** Keeps receipts nobody waits for, unless their segment has had its receipt already. */
  private int keep(Tx tx, List<Receipt> receipts, IdStyle reading) {
    int n = receipts.size();
    String[] ids = new String[n];
    String[] lookUp = new String[n];
    String[] states = new String[n];
    String[] details = new String[n];
    Instant[] times = new Instant[n];
    for (int i = 0; i < n; i++) {
      Receipt receipt = receipts.get(i);
      ids[i] = receipt.id();
      lookUp[i] = reading.responseId(receipt.id()).orElse(receipt.id());
      states[i] = receipt.state();
      details[i] = receipt.detail();
      times[i] = receipt.at();
    }
    return tx.update(
        """
        INSERT INTO sms.receipt (link, smsc_id, state, detail, received_at)
        SELECT ?, r.smsc_id, r.state, r.detail, r.at
        FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::timestamptz[])
          AS r (smsc_id, look_up, state, detail, at)
        WHERE NOT EXISTS (
            SELECT 1 FROM sms.segment s WHERE s.link = ? AND s.smsc_id = r.look_up)
          AND NOT EXISTS (
            SELECT 1 FROM sms.receipt k
            WHERE k.link = ? AND k.smsc_id = r.smsc_id AND k.received_at > r.at - interval '10 minutes')
        """,
        link,
        ids,
        lookUp,
        states,
        details,
        times,
        link,
        link);
  }

  private record Leftover(long seq, Receipt receipt) {}

  private void matchLeftovers(Tx tx, Instant now, List<EventRow> events, Set<UUID> longTexts) {
    List<Leftover> waiting =
        tx.query(
            """
            SELECT seq, smsc_id, state, detail, received_at FROM sms.receipt
            WHERE link = ? AND received_at BETWEEN ? AND ? ORDER BY seq LIMIT ?
            """,
            row ->
                new Leftover(
                    row.longValue("seq"),
                    new Receipt(
                        row.string("smsc_id"),
                        row.string("state"),
                        row.string("detail"),
                        row.instant("received_at"))),
            link,
            now.minus(LEFTOVER_LIMIT),
            now.minus(LEFTOVER_AGE),
            MAX_LEFTOVERS);
    for (IdStyle reading : IdStyle.values()) {
      List<Leftover> readable =
          waiting.stream()
              .filter(leftover -> reading.responseId(leftover.receipt().id()).isPresent())
              .toList();
      if (readable.isEmpty()) {
        continue;
      }
      List<Receipt> receipts = readable.stream().map(Leftover::receipt).toList();
      List<Settled> settled = applyReceipts(tx, receipts, reading);
      if (settled.isEmpty()) {
        continue;
      }
      style = reading;
      Set<Long> used = new LinkedHashSet<>();
      for (Settled one : settled) {
        Receipt receipt = receipts.get(one.receipt());
        used.add(readable.get(one.receipt()).seq());
        if (one.total() > 1) {
          longTexts.add(one.outboundId());
        } else {
          events.add(
              new EventRow(
                  one.outboundId(),
                  receipt.state(),
                  receipt.at(),
                  receipt.detail(),
                  one.mayBeDuplicate()));
        }
      }
      tx.update(
          "DELETE FROM sms.receipt WHERE seq = ANY(?::bigint[])",
          (Object) used.toArray(Long[]::new));
      waiting = waiting.stream().filter(leftover -> !used.contains(leftover.seq())).toList();
    }
  }

  private record Fold(
      UUID id,
      int total,
      int present,
      int delivered,
      Optional<String> failed,
      Optional<String> expired,
      Optional<String> reported,
      Instant at,
      boolean mayBeDuplicate) {

    /** What the whole text has come to; empty while that is open. */
    Optional<String> verdict(LinkSettings.Receipts receipts) {
      if (present < total) {
        return Optional.empty();
      }
      if (failed.isPresent()) {
        return Optional.of("failed");
      }
      if (expired.isPresent()) {
        return Optional.of("expired");
      }
      int expected =
          switch (receipts) {
            case PER_SEGMENT -> total;
            case PER_TEXT -> 1;
          };
      return delivered >= expected ? Optional.of("delivered") : Optional.empty();
    }

    String detail() {
      return failed.or(() -> expired).orElse("");
    }
  }

  /**
   * Delivered when every segment is, or the one that has a receipt; failed or expired as soon as
   * one is.
   */
  private void foldLongTexts(Tx tx, Set<UUID> ids, List<EventRow> events) {
    List<Fold> folds =
        tx.query(
            """
            SELECT outbound_id, max(total) AS total, count(DISTINCT number) AS present,
                   count(DISTINCT number) FILTER (WHERE state = 'delivered') AS delivered,
                   min(detail) FILTER (WHERE state = 'failed') AS failed,
                   min(detail) FILTER (WHERE state = 'expired') AS expired,
                   min(reported) AS reported,
                   coalesce(max(settled_at), max(accepted_at)) AS at,
                   bool_or(may_be_duplicate) AS may_be_duplicate
            FROM sms.segment WHERE outbound_id = ANY(?::uuid[]) AND total > 1
            GROUP BY outbound_id
            """,
            row ->
                new Fold(
                    row.uuid("outbound_id"),
                    row.intValue("total"),
                    row.intValue("present"),
                    row.intValue("delivered"),
                    row.optionalString("failed"),
                    row.optionalString("expired"),
                    row.optionalString("reported"),
                    row.instant("at"),
                    row.bool("may_be_duplicate")),
            (Object) ids.toArray(UUID[]::new));
    List<UUID> told = new ArrayList<>();
    List<String> states = new ArrayList<>();
    for (Fold fold : folds) {
      Optional<String> verdict = fold.verdict(receipts);
      boolean open = fold.reported().isEmpty() || fold.reported().get().equals("unknown");
      if (verdict.isPresent() && open) {
        events.add(
            new EventRow(
                fold.id(), verdict.get(), fold.at(), fold.detail(), fold.mayBeDuplicate()));
        told.add(fold.id());
        states.add(verdict.get());
      }
    }
    if (!told.isEmpty()) {
      tx.update(
          """
          UPDATE sms.segment s SET reported = t.state
          FROM unnest(?::uuid[], ?::text[]) AS t (id, state)
          WHERE s.outbound_id = t.id AND s.total > 1
          """,
          told.toArray(UUID[]::new),
          states.toArray(String[]::new));
    }
  }

  private static void insertEvents(Tx tx, List<EventRow> events) {
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
      EventRow event = events.get(i);
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
