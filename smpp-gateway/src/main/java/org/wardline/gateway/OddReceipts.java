package org.wardline.gateway;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.wardline.jdbc.Row;
import org.wardline.jdbc.Tx;

/**
 * Receipts that are not simply the first for their segment: repeated, contradicting, news on the
 * way, or with an id that has to be read another way. Two statements for all of them.
 *
 * <p>The first final state of a segment counts. Two things can still be said of it: a delivery
 * overrules a failure, because a phone that acknowledged the text has it; and what contradicts a
 * delivery is told once, as a detail, and changes nothing.
 */
final class OddReceipts {
  /** An id to look for on behalf of a receipt; the lowest rank that finds a segment counts. */
  record Candidate(int receipt, int rank, String id) {}

  /** A segment as it stands, also after what this batch has done to it. */
  static final class Segment {
    private final String smscId;
    private final UUID text;
    private final int number;
    private final int total;
    private final boolean mayBeDuplicate;
    private final Instant acceptedAt;
    private @Nullable String state;
    private String detail;
    private @Nullable Instant settledAt;
    private @Nullable String contradicted;
    private final boolean told;
    private boolean changed;

    private Segment(Row row) {
      smscId = row.string("smsc_id");
      text = row.uuid("outbound_id");
      number = row.intValue("number");
      total = row.intValue("total");
      mayBeDuplicate = row.bool("may_be_duplicate");
      acceptedAt = row.instant("accepted_at");
      state = row.optionalString("state").orElse(null);
      detail = row.optionalString("detail").orElse("");
      settledAt = row.optionalInstant("settled_at").orElse(null);
      contradicted = row.optionalString("contradicted").orElse(null);
      told = row.optionalString("reported").isPresent();
    }

    boolean isOpen() {
      return state == null;
    }

    Instant acceptedAt() {
      return acceptedAt;
    }

    String smscId() {
      return smscId;
    }
  }

  /** A receipt with a segment it may be about. */
  record Placed(int receipt, int rank, Segment segment) {}

  private record Key(String smscId, UUID text, int number) {}

  private final String link;

  OddReceipts(String link) {
    this.link = link;
  }

  /** The segments these ids stand for: of the newest text, when a carrier uses an id again. */
  List<Placed> find(Tx tx, List<Candidate> candidates) {
    int n = candidates.size();
    Integer[] receipts = new Integer[n];
    Integer[] ranks = new Integer[n];
    String[] ids = new String[n];
    for (int i = 0; i < n; i++) {
      receipts[i] = candidates.get(i).receipt();
      ranks[i] = candidates.get(i).rank();
      ids[i] = candidates.get(i).id();
    }
    Map<Key, Segment> once = new LinkedHashMap<>();
    return tx.query(
        """
        SELECT r.n, r.rank, s.smsc_id, s.outbound_id, s.number, s.total, s.may_be_duplicate,
               s.accepted_at, s.state, s.detail, s.settled_at, s.contradicted,
               s.reported
        FROM unnest(?::int[], ?::int[], ?::text[]) AS r (n, rank, smsc_id)
        JOIN sms.segment s ON s.smsc_id = r.smsc_id AND s.link = ?
        WHERE NOT EXISTS (
          SELECT 1 FROM sms.segment later
          WHERE later.link = s.link AND later.smsc_id = s.smsc_id
            AND later.accepted_at > s.accepted_at AND later.outbound_id <> s.outbound_id)
        ORDER BY r.n, r.rank, s.number
        """,
        row -> {
          Segment read = new Segment(row);
          return new Placed(
              row.intValue("n"),
              row.intValue("rank"),
              // One object per segment, so that the second receipt sees what the first has done.
              once.computeIfAbsent(new Key(read.smscId, read.text, read.number), key -> read));
        },
        receipts,
        ranks,
        ids,
        link);
  }

  /**
   * Applies receipts to their segments.
   *
   * @return the receipts, by their place in the list, that had one
   */
  Set<Integer> place(Tx tx, List<Receipt> receipts, List<Placed> found, Consequences consequences) {
    Map<Integer, List<Placed>> byReceipt = new LinkedHashMap<>();
    found.forEach(one -> byReceipt.computeIfAbsent(one.receipt(), i -> new ArrayList<>()).add(one));
    Set<Segment> touched = new HashSet<>();
    for (int i : new TreeSet<>(byReceipt.keySet())) {
      List<Placed> these = Objects.requireNonNull(byReceipt.get(i));
      int best = these.stream().mapToInt(Placed::rank).min().orElseThrow();
      these.stream()
          .filter(one -> one.rank() == best)
          .map(Placed::segment)
          .sorted(Comparator.comparingInt(segment -> segment.number))
          .forEach(
              segment -> {
                apply(receipts.get(i), segment, consequences);
                touched.add(segment);
              });
    }
    write(tx, touched.stream().filter(segment -> segment.changed).toList());
    return byReceipt.keySet();
  }

  private static void apply(Receipt receipt, Segment segment, Consequences consequences) {
    if (!receipt.isFinal()) {
      news(receipt, segment, consequences);
    } else if (segment.state == null) {
      settle(receipt, segment, receipt.detail(), consequences);
    } else if (receipt.isDelivered() && !segment.state.equals(Receipt.DELIVERED)) {
      settle(receipt, segment, CarrierWords.DELIVERED_AFTER_ALL, consequences);
    } else if (!receipt.isDelivered() && segment.state.equals(Receipt.DELIVERED)) {
      contradict(receipt, segment, consequences);
    }
    // Else it is the same again, or a failure in other words.
  }

  private static void settle(
      Receipt receipt, Segment segment, String detail, Consequences consequences) {
    segment.state = receipt.state();
    segment.detail = detail;
    segment.settledAt = receipt.at();
    segment.changed = true;
    if (segment.total > 1 || segment.mayBeDuplicate) {
      consequences.longText(segment.text);
    } else {
      tell(segment, receipt.state(), receipt.at(), detail, consequences);
    }
  }

  /** Told when it differs from what was told last, and never after an end. */
  private static void news(Receipt receipt, Segment segment, Consequences consequences) {
    if (segment.state == null && !segment.told && !segment.detail.equals(receipt.detail())) {
      segment.detail = receipt.detail();
      segment.changed = true;
      tell(segment, Receipt.SENT, receipt.at(), inPart(segment, receipt.detail()), consequences);
    }
  }

  private static void contradict(Receipt receipt, Segment segment, Consequences consequences) {
    if (segment.contradicted == null) {
      segment.contradicted = receipt.detail();
      segment.changed = true;
      if (segment.total == 1) {
        tell(
            segment,
            Receipt.DELIVERED,
            receipt.at(),
            CarrierWords.contradicted(receipt.detail()),
            consequences);
      }
    }
  }

  private static String inPart(Segment segment, String detail) {
    return segment.total == 1
        ? detail
        : CarrierWords.ofParts(new TreeSet<>(Set.of(segment.number)), segment.total, detail);
  }

  private static void tell(
      Segment segment, String state, Instant at, String detail, Consequences consequences) {
    consequences.tell(segment.text, state, at, detail, segment.mayBeDuplicate);
  }

  private void write(Tx tx, List<Segment> segments) {
    int n = segments.size();
    if (n == 0) {
      return;
    }
    String[] ids = new String[n];
    UUID[] texts = new UUID[n];
    Integer[] numbers = new Integer[n];
    @Nullable String[] states = new String[n];
    String[] details = new String[n];
    @Nullable Instant[] times = new Instant[n];
    @Nullable String[] contradictions = new String[n];
    for (int i = 0; i < n; i++) {
      Segment segment = segments.get(i);
      ids[i] = segment.smscId;
      texts[i] = segment.text;
      numbers[i] = segment.number;
      states[i] = segment.state;
      details[i] = segment.detail;
      times[i] = segment.settledAt;
      contradictions[i] = segment.contradicted;
    }
    tx.update(
        """
        UPDATE sms.segment s
        SET state = r.state, detail = r.detail, settled_at = r.at, contradicted = r.contradicted,
            reported = CASE WHEN s.total = 1 AND NOT s.may_be_duplicate AND r.state IS NOT NULL
                            THEN r.state ELSE s.reported END
        FROM unnest(?::text[], ?::uuid[], ?::int[], ?::text[], ?::text[], ?::timestamptz[], ?::text[])
          AS r (smsc_id, outbound_id, number, state, detail, at, contradicted)
        WHERE s.link = ? AND s.smsc_id = r.smsc_id AND s.outbound_id = r.outbound_id
          AND s.number = r.number
        """,
        ids,
        texts,
        numbers,
        states,
        details,
        times,
        contradictions,
        link);
  }
}
