package org.wardline.appliance.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.wardline.appliance.RunningWardline;
import org.wardline.appliance.bench.Database;
import org.wardline.appliance.bench.Figures;

/**
 * Compares what sender and carrier know with what Wardline says, when everything has come to rest.
 */
final class Verdict {
  private static final Duration CARRY_LIMIT = Duration.ofMinutes(5);
  private static final Duration TELL_LIMIT = Duration.ofMinutes(2);

  private final Tally tally;
  private final RunningWardline wardline;
  private final List<String> wrong = new ArrayList<>();

  Verdict(Tally tally, RunningWardline wardline) {
    this.tally = tally;
    this.wardline = wardline;
  }

  /** A text's row, as Wardline shows it. */
  private record Shown(String id, String state, boolean mayBeDuplicate) {}

  /** Waits until all is delivered and told, or for minutes; then counts. */
  void settle(Figures figures) throws Exception {
    long deadline = System.nanoTime() + CARRY_LIMIT.toNanos();
    while (tally.count(story -> !story.isReported()) > 0 && System.nanoTime() < deadline) {
      Thread.sleep(100);
    }
    boolean told =
        Database.holds(
            wardline,
            """
            SELECT NOT EXISTS (
              SELECT 1 FROM wardline.message
              WHERE direction = 'out' AND state NOT IN ('delivered', 'failed', 'expired', 'unknown'))
            """,
            TELL_LIMIT);
    Map<String, Shown> shown =
        Database.rows(
                wardline,
                "SELECT id::text, state, may_be_duplicate FROM wardline.message WHERE direction = 'out'",
                row ->
                    new Shown(
                        Objects.requireNonNull(row.getString(1)),
                        Objects.requireNonNull(row.getString(2)),
                        row.getBoolean(3)))
            .stream()
            .collect(Collectors.toMap(Shown::id, one -> one));
    Shown none = new Shown("", "missing", false);
    long twice = tally.count(story -> !story.again().isEmpty());
    figures.put("texts", tally.count(Story::isAccepted)).put("carriedTwice", twice);
    expectNone("accepted texts the carrier never had", figures, "lost", s -> !s.isCarried());
    expectNone(
        "accepted texts that Wardline does not show",
        figures,
        "notShown",
        s -> !shown.containsKey(s.id()));
    expectNone(
        "texts whose receipts the gateway took and that end otherwise",
        figures,
        "receiptsForgotten",
        s ->
            s.isReported()
                && !shown
                    .getOrDefault(s.id(), none)
                    .state()
                    .equals(s.isDelivered() ? "delivered" : "failed"));
    expectNone(
        "carried texts whose receipt the gateway never took",
        figures,
        "receiptsNotTaken",
        s -> s.isCarried() && !s.isReported());
    expectNone(
        "texts carried twice and not marked",
        figures,
        "duplicatesNotMarked",
        s -> !s.again().isEmpty() && !shown.getOrDefault(s.id(), none).mayBeDuplicate());
    figures.put("marked", shown.values().stream().filter(Shown::mayBeDuplicate).count());
    figures.put("outOfOrder", tally.outOfOrder());
    require(tally.outOfOrder() == 0, tally.outOfOrder() + " segments out of order");
    require(tally.strangers() == 0, tally.strangers() + " segments of texts nobody sent");
    if (!told) {
      Database.rows(
              wardline,
              "SELECT state || ': ' || count(*) FROM wardline.message WHERE direction = 'out' GROUP BY state",
              row -> Objects.requireNonNull(row.getString(1)))
          .forEach(line -> wrong.add("not every text has ended; " + line));
    }
  }

  private void expectNone(String what, Figures figures, String name, Predicate<Story> isWrong) {
    long count = tally.stories().filter(Story::isAccepted).filter(isWrong).count();
    figures.put(name, count);
    require(count == 0, count + " " + what);
  }

  void require(boolean holds, String otherwise) {
    if (!holds) {
      wrong.add(otherwise);
    }
  }

  /** The JSON line, then what was wrong; returns the exit code. */
  int finish(Figures figures) {
    figures.put("wrong", List.copyOf(wrong)).print();
    wrong.forEach(line -> System.err.println("WRONG: " + line));
    System.err.println(wrong.isEmpty() ? "everything held" : "violations: " + wrong.size());
    return wrong.isEmpty() ? 0 : 1;
  }
}
