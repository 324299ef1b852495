package org.wardline.gateway;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.wardline.gateway.Attempt.AcceptedSegment;
import org.wardline.gateway.OddReceipts.Candidate;
import org.wardline.gateway.OddReceipts.Placed;
import org.wardline.jdbc.Row;
import org.wardline.jdbc.Tx;

/**
 * Finds the segment a receipt is about. The usual receipt costs one statement a batch; only those
 * it leaves over are looked at one by one ({@link OddReceipts}). What fits nothing is kept in
 * {@code sms.receipt}: the response it belongs to may not be here yet, or its id may have to be
 * read another way.
 */
final class ReceiptMatcher {
  /**
   * Between this machine's clock, which stamps receipts, and the database's, which stamps claims.
   */
  private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(5);

  /** Unmatched receipts are read another way once their response must long be here. */
  private static final Duration LEFTOVER_AGE = Duration.ofSeconds(2);

  /**
   * How much later than its receipt a response with a short id, which may come again, may be
   * written for the two to belong together. Clocks are put right in between, so other ids have no
   * limit.
   */
  private static final Duration LATEST_RESPONSE = Duration.ofMinutes(2);

  private static final int MAX_LEFTOVERS = 500;

  private final String link;
  private final OddReceipts odd;
  private final IdHabit habit;

  /** Of the look before this one. After a start nobody knows, so everything is looked at. */
  private Instant lastLook = Instant.MAX;

  ReceiptMatcher(String link) {
    this.link = link;
    this.odd = new OddReceipts(link);
    this.habit = new IdHabit(link);
  }

  /** What was learned of the link's ids before the last start. */
  void recall(Tx tx) {
    habit.recall(tx);
  }

  /**
   * Takes out receipts that overtook the response, whichever run of the gateway they came to. One
   * from before the text was claimed belongs to another text that once had the same id (carriers
   * start their ids anew) and is dropped.
   */
  List<Receipt> takeEarly(Tx tx, List<AcceptedSegment> segments) {
    List<String> receiptIds = new ArrayList<>();
    List<Instant> since = new ArrayList<>();
    for (AcceptedSegment segment : segments) {
      habit
          .style()
          .receiptId(segment.smscId())
          .ifPresent(
              id -> {
                receiptIds.add(id);
                since.add(segment.claimedAt().minus(CLOCK_TOLERANCE));
              });
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
          RETURNING r.seq, r.smsc_id, r.other_id, r.state, r.detail, r.received_at, t.since)
        SELECT smsc_id, other_id, state, detail, received_at FROM gone
        WHERE received_at >= since ORDER BY seq
        """,
        ReceiptMatcher::kept,
        receiptIds.toArray(new String[0]),
        since.toArray(new Instant[0]),
        link);
  }

  private static Receipt kept(Row row) {
    return new Receipt(
        row.string("smsc_id"),
        row.optionalString("other_id").orElse(""),
        row.string("state"),
        row.string("detail"),
        row.instant("received_at"));
  }

  /** Puts receipts on their segments; those without one are kept. Returns how many were kept. */
  int settle(Tx tx, List<Receipt> receipts, Consequences consequences) {
    List<Receipt> first = new ArrayList<>();
    List<Receipt> rest = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (Receipt receipt : receipts) {
      // Of two for one id the first counts; which of them a joined UPDATE takes is left to chance.
      boolean usual = receipt.isFinal() && ids.add(receipt.id());
      (usual ? first : rest).add(receipt);
    }
    if (!first.isEmpty()) {
      List<Receipt> others = settleUsual(tx, first, consequences);
      habit.matched(tx, first.size() - others.size(), first.getFirst().at());
      rest.addAll(0, others);
    }
    if (rest.isEmpty()) {
      return 0;
    }
    // Before they are looked at one by one: under load most of them are only early.
    Kept kept = keepStrangers(tx, rest);
    List<Candidate> wanted = new ArrayList<>();
    for (int i = 0; i < rest.size(); i++) {
      if (!kept.strangers().contains(i)) {
        Receipt receipt = rest.get(i);
        wanted.add(new Candidate(i, 0, lookUp(receipt)));
        if (!receipt.otherId().isEmpty()) {
          wanted.add(new Candidate(i, 1, receipt.otherId()));
        }
      }
    }
    if (!wanted.isEmpty()) {
      odd.place(tx, rest, odd.find(tx, wanted), consequences);
    }
    return kept.rows();
  }

  /**
   * What the carrier said when it was asked: with the id of its response, which needs no reading.
   */
  void settleAsked(Tx tx, List<Receipt> answers, Consequences consequences) {
    List<Receipt> said = answers.stream().map(Receipt::asked).toList();
    List<Candidate> wanted = new ArrayList<>();
    for (int i = 0; i < said.size(); i++) {
      wanted.add(new Candidate(i, 0, said.get(i).id()));
    }
    odd.place(tx, said, odd.find(tx, wanted), consequences);
  }

  private String lookUp(Receipt receipt) {
    return habit.style().responseId(receipt.id()).orElse(receipt.id());
  }

  private record Settled(int receipt, UUID outboundId, int total, boolean mayBeDuplicate) {}

  /** Receipts for segments that have none yet; returns the others. */
  private List<Receipt> settleUsual(Tx tx, List<Receipt> receipts, Consequences consequences) {
    int n = receipts.size();
    Integer[] order = new Integer[n];
    String[] ids = new String[n];
    String[] states = new String[n];
    String[] details = new String[n];
    Instant[] times = new Instant[n];
    for (int i = 0; i < n; i++) {
      Receipt receipt = receipts.get(i);
      order[i] = i;
      ids[i] = lookUp(receipt);
      states[i] = receipt.state();
      details[i] = receipt.detail();
      times[i] = receipt.at();
    }
    boolean[] matched = new boolean[n];
    for (Settled settled :
        // When a carrier uses an id again, the receipt belongs to the newest text with it.
        tx.query(
            """
            UPDATE sms.segment s
            SET state = r.state, detail = r.detail, settled_at = r.at,
                reported = CASE WHEN s.total = 1 AND NOT s.may_be_duplicate THEN r.state
                                ELSE s.reported END
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
            link)) {
      matched[settled.receipt()] = true;
      // Of a text that went out twice there may be two segments and one state to tell.
      if (settled.total() > 1 || settled.mayBeDuplicate()) {
        consequences.longText(settled.outboundId());
      } else {
        Receipt receipt = receipts.get(settled.receipt());
        consequences.tell(
            settled.outboundId(),
            receipt.state(),
            receipt.at(),
            receipt.detail(),
            settled.mayBeDuplicate());
      }
    }
    List<Receipt> others = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      if (!matched[i]) {
        others.add(receipts.get(i));
      }
    }
    return others;
  }

  /**
   * @param strangers the receipts, by their place in the list, whose ids no segment has
   * @param rows how many of them were written
   */
  private record Kept(Set<Integer> strangers, int rows) {}

  /** Keeps final receipts nobody waits for; one that the carrier repeats soon is kept once. */
  private Kept keepStrangers(Tx tx, List<Receipt> receipts) {
    List<Integer> finals =
        IntStream.range(0, receipts.size()).filter(i -> receipts.get(i).isFinal()).boxed().toList();
    int n = finals.size();
    if (n == 0) {
      return new Kept(Set.of(), 0);
    }
    Integer[] order = new Integer[n];
    Boolean[] again = new Boolean[n];
    String[] ids = new String[n];
    String[] lookUps = new String[n];
    @Nullable String[] others = new String[n];
    String[] states = new String[n];
    String[] details = new String[n];
    Instant[] times = new Instant[n];
    Instant[] looks = new Instant[n];
    Set<String> before = new HashSet<>();
    for (int k = 0; k < n; k++) {
      Receipt receipt = receipts.get(finals.get(k));
      order[k] = finals.get(k);
      again[k] = !before.add(receipt.id() + " " + receipt.state());
      ids[k] = receipt.id();
      lookUps[k] = lookUp(receipt);
      others[k] = receipt.otherId().isEmpty() ? null : receipt.otherId();
      states[k] = receipt.state();
      details[k] = receipt.detail();
      times[k] = receipt.at();
      looks[k] = receipt.at().plus(LEFTOVER_AGE);
    }
    Set<Integer> strangers = new HashSet<>();
    int rows = 0;
    for (Map.Entry<Integer, Integer> one :
        tx.query(
            """
            WITH stranger AS MATERIALIZED (
              SELECT r.* FROM unnest(?::int[], ?::bool[], ?::text[], ?::text[], ?::text[], ?::text[],
                                     ?::text[], ?::timestamptz[], ?::timestamptz[])
                AS r (n, again, smsc_id, look_up, other_id, state, detail, at, look)
              WHERE NOT EXISTS (
                  SELECT 1 FROM sms.segment s WHERE s.link = ? AND s.smsc_id = r.look_up)
                AND NOT EXISTS (
                  SELECT 1 FROM sms.segment s WHERE s.link = ? AND s.smsc_id = r.other_id)),
            kept AS (
              INSERT INTO sms.receipt
                (link, smsc_id, other_id, state, detail, received_at, next_look_at)
              SELECT ?, smsc_id, other_id, state, detail, at, look FROM stranger r
              WHERE NOT again AND NOT EXISTS (
                SELECT 1 FROM sms.receipt k
                WHERE k.link = ? AND k.smsc_id = r.smsc_id AND k.state = r.state
                  AND k.received_at > r.at - interval '10 minutes')
              ORDER BY n
              RETURNING 1)
            SELECT n, (SELECT count(*) FROM kept) AS kept FROM stranger
            """,
            row -> Map.entry(row.intValue("n"), row.intValue("kept")),
            order,
            again,
            ids,
            lookUps,
            others,
            states,
            details,
            times,
            looks,
            link,
            link,
            link,
            link)) {
      strangers.add(one.getKey());
      rows = one.getValue();
    }
    return new Kept(strangers, rows);
  }

  private record Leftover(long seq, Receipt receipt) {}

  /**
   * Tries receipts that were kept aside once more, under every reading of their ids. A receipt is
   * looked at after 2, 4, 8 … seconds and at last once an hour, until it is forgotten.
   */
  void lookAgain(Tx tx, Instant now, Consequences consequences) {
    if (now.isBefore(lastLook)) {
      // The clock was put back: what was to be looked at "in a minute" would wait for the old time.
      tx.update(
          "UPDATE sms.receipt SET next_look_at = ? WHERE link = ? AND next_look_at > ?",
          now,
          link,
          now);
    }
    tx.afterCommit(() -> lastLook = now);
    List<Leftover> waiting =
        tx
            .query(
                """
            UPDATE sms.receipt SET looks = looks + 1,
              next_look_at = ?::timestamptz + least(2 ^ least(looks + 1, 12), 3600) * interval '1 second'
            WHERE seq IN (
              SELECT seq FROM sms.receipt WHERE link = ? AND next_look_at <= ?
              ORDER BY next_look_at LIMIT ?)
            RETURNING seq, smsc_id, other_id, state, detail, received_at
            """,
                row -> new Leftover(row.longValue("seq"), kept(row)),
                now,
                link,
                now,
                MAX_LEFTOVERS)
            .stream()
            .sorted(Comparator.comparingLong(Leftover::seq))
            .toList();
    if (waiting.isEmpty()) {
      return;
    }
    List<Candidate> wanted = new ArrayList<>();
    List<IdStyle> readings = new ArrayList<>();
    for (IdStyle reading : habit.inOrder()) {
      for (int i = 0; i < waiting.size(); i++) {
        Receipt receipt = waiting.get(i).receipt();
        for (String id : reading.responseIds(receipt.id())) {
          wanted.add(new Candidate(i, readings.size(), id));
        }
        for (String id : reading.responseIds(receipt.otherId())) {
          wanted.add(new Candidate(i, readings.size(), id));
        }
      }
      readings.add(reading);
    }
    Map<Integer, Placed> fits = new LinkedHashMap<>();
    for (Placed one : odd.find(tx, wanted)) {
      Receipt receipt = waiting.get(one.receipt()).receipt();
      boolean timely = one.segment().acceptedAt().isBefore(receipt.at().plus(LATEST_RESPONSE));
      if (one.segment().isOpen() && (timely || IdHabit.isUnmistakable(one.segment().smscId()))) {
        fits.merge(one.receipt(), one, (best, next) -> next.rank() < best.rank() ? next : best);
      }
    }
    List<Placed> accepted = habit.judge(tx, now, List.copyOf(fits.values()), readings);
    Set<Integer> placed =
        odd.place(tx, waiting.stream().map(Leftover::receipt).toList(), accepted, consequences);
    if (!placed.isEmpty()) {
      tx.update(
          "DELETE FROM sms.receipt WHERE seq = ANY(?::bigint[])",
          (Object) placed.stream().map(i -> waiting.get(i).seq()).toArray(Long[]::new));
    }
  }
}
