package org.wardline.gateway;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.wardline.jdbc.Tx;

/**
 * Folds the states of a text's segments into one: of a long text's, and of the two copies of a
 * short one that went out twice.
 *
 * <p>Nothing is told before the carrier has taken every segment. Then: failed when a segment has
 * failed, else expired when one has expired, and the reason names the segment; delivered when every
 * segment is, or, on a link whose carrier sends one receipt for a text, when one is. The order in
 * which receipts come does not matter. What was told is told again only when it turns out to have
 * been delivered after all.
 */
final class LongTexts {
  private final LinkSettings.Receipts receipts;

  LongTexts(LinkSettings.Receipts receipts) {
    this.receipts = receipts;
  }

  /** One segment row. */
  record Segment(
      UUID text,
      int number,
      int total,
      Optional<String> state,
      String detail,
      Instant at,
      Optional<String> reported,
      boolean mayBeDuplicate) {}

  /** What a text has come to. */
  record Verdict(String state, String detail) {}

  void fold(Tx tx, Consequences consequences) {
    if (consequences.longTexts().isEmpty()) {
      return;
    }
    Map<UUID, List<Segment>> texts = new LinkedHashMap<>();
    for (Segment segment : segments(tx, consequences.longTexts().toArray(UUID[]::new))) {
      texts.computeIfAbsent(segment.text(), id -> new ArrayList<>()).add(segment);
    }
    List<UUID> told = new ArrayList<>();
    List<String> states = new ArrayList<>();
    texts.forEach(
        (id, segments) ->
            news(segments, receipts)
                .ifPresent(
                    verdict -> {
                      consequences.tell(
                          id,
                          verdict.state(),
                          segments.stream().map(Segment::at).max(Instant::compareTo).orElseThrow(),
                          verdict.detail(),
                          segments.stream().anyMatch(Segment::mayBeDuplicate));
                      told.add(id);
                      states.add(verdict.state());
                    }));
    if (!told.isEmpty()) {
      tx.update(
          """
          UPDATE sms.segment s SET reported = t.state
          FROM unnest(?::uuid[], ?::text[]) AS t (id, state)
          WHERE s.outbound_id = t.id AND (s.total > 1 OR s.may_be_duplicate)
          """,
          told.toArray(UUID[]::new),
          states.toArray(String[]::new));
    }
  }

  private static List<Segment> segments(Tx tx, UUID[] texts) {
    return tx.query(
        """
        SELECT outbound_id, number, total, state, coalesce(detail, '') AS detail,
               coalesce(settled_at, accepted_at) AS at, reported, may_be_duplicate
        FROM sms.segment WHERE outbound_id = ANY(?::uuid[]) AND (total > 1 OR may_be_duplicate)
        ORDER BY outbound_id, number, accepted_at
        """,
        row ->
            new Segment(
                row.uuid("outbound_id"),
                row.intValue("number"),
                row.intValue("total"),
                row.optionalString("state"),
                row.string("detail"),
                row.instant("at"),
                row.optionalString("reported"),
                row.bool("may_be_duplicate")),
        (Object) texts);
  }

  /** The verdict, unless it is open or was told before. */
  static Optional<Verdict> news(List<Segment> segments, LinkSettings.Receipts receipts) {
    Optional<String> reported =
        segments.stream().flatMap(segment -> segment.reported().stream()).findFirst();
    Optional<Verdict> verdict = verdict(segments, receipts);
    if (reported.isEmpty() || reported.get().equals("unknown") || verdict.isEmpty()) {
      return verdict;
    }
    boolean afterAll =
        verdict.get().state().equals(Receipt.DELIVERED)
            && !reported.get().equals(Receipt.DELIVERED);
    return afterAll
        ? Optional.of(new Verdict(Receipt.DELIVERED, CarrierWords.DELIVERED_AFTER_ALL))
        : Optional.empty();
  }

  /** What the text has come to; empty while that is open. */
  static Optional<Verdict> verdict(List<Segment> segments, LinkSettings.Receipts receipts) {
    int total = segments.stream().mapToInt(Segment::total).max().orElseThrow();
    // A segment can have two rows when it was sent again; one that arrived is enough.
    Map<Integer, Segment> parts = new TreeMap<>();
    for (Segment segment : segments) {
      parts.merge(
          segment.number(), segment, (a, b) -> isDelivered(a) || b.state().isEmpty() ? a : b);
    }
    if (parts.size() < total) {
      return Optional.empty();
    }
    for (String bad : List.of(Receipt.FAILED, Receipt.EXPIRED)) {
      List<Segment> these =
          parts.values().stream().filter(part -> part.state().equals(Optional.of(bad))).toList();
      if (!these.isEmpty()) {
        return Optional.of(
            new Verdict(
                bad,
                total == 1
                    ? these.getFirst().detail()
                    : CarrierWords.ofParts(
                        new TreeSet<>(these.stream().map(Segment::number).toList()),
                        total,
                        these.getFirst().detail())));
      }
    }
    long delivered = parts.values().stream().filter(LongTexts::isDelivered).count();
    int expected =
        switch (receipts) {
          case PER_SEGMENT -> total;
          case PER_TEXT -> 1;
        };
    return delivered >= expected
        ? Optional.of(
            new Verdict(
                Receipt.DELIVERED,
                parts.values().stream()
                    .map(Segment::detail)
                    .filter(detail -> !detail.isEmpty())
                    .findFirst()
                    .orElse("")))
        : Optional.empty();
  }

  private static boolean isDelivered(Segment segment) {
    return segment.state().equals(Optional.of(Receipt.DELIVERED));
  }
}
