package org.wardline.gateway;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.wardline.gateway.OddReceipts.Placed;
import org.wardline.jdbc.Tx;

/**
 * What a link has taught us of how its receipts write ids. Reading every id every way at once would
 * match the wrong text: "16" is also hexadecimal for 22. So one reading is tried first, and another
 * counts only when it cannot be a mistake, or while nothing speaks for the first.
 *
 * <p>Ids of eight characters and more cannot be mistaken: the decimal form of a number is longer
 * than its hexadecimal one, so a counter's ids and their other readings do not meet.
 */
final class IdHabit {
  private static final int UNMISTAKABLE_CHARS = 8;

  /** So many receipts that fit make a reading the link's own. */
  private static final int PROOF = 3;

  private final String link;
  private IdStyle style = IdStyle.AS_IS;
  private boolean recalled;
  private boolean kept;
  private int matches;
  private int matchesSinceLook;

  IdHabit(String link) {
    this.link = link;
  }

  static boolean isUnmistakable(String id) {
    return id.length() >= UNMISTAKABLE_CHARS;
  }

  IdStyle style() {
    return style;
  }

  /** Every reading, the link's own first. */
  List<IdStyle> inOrder() {
    List<IdStyle> all = new ArrayList<>(List.of(IdStyle.values()));
    all.remove(style);
    all.addFirst(style);
    return all;
  }

  /** Reads what was learned before, once. */
  void recall(Tx tx) {
    if (!recalled) {
      tx.first(
              "SELECT reading FROM sms.id_habit WHERE link = ?", row -> row.string("reading"), link)
          .ifPresent(this::remember);
      recalled = true;
    }
  }

  private void remember(String reading) {
    for (IdStyle one : IdStyle.values()) {
      if (one.name().equals(reading)) {
        style = one;
        kept = true;
        matches = PROOF;
      }
    }
  }

  /** So many receipts have found their segment under the link's own reading. */
  void matched(Tx tx, int receipts, Instant now) {
    matchesSinceLook += receipts;
    if (!kept && receipts > 0) {
      matches += receipts;
      if (matches >= PROOF) {
        keep(tx, now);
      }
    }
  }

  /**
   * Which of these fits to believe; learns from them.
   *
   * @param fits open segments that receipts kept aside would fit
   * @param readings what a fit's rank means
   */
  List<Placed> judge(Tx tx, Instant now, List<Placed> fits, List<IdStyle> readings) {
    Map<IdStyle, Long> votes =
        fits.stream()
            .collect(Collectors.groupingBy(fit -> readings.get(fit.rank()), Collectors.counting()));
    List<Placed> believed = new ArrayList<>();
    for (Placed fit : fits) {
      IdStyle reading = readings.get(fit.rank());
      boolean sure = isUnmistakable(fit.segment().smscId());
      boolean many = matchesSinceLook == 0 && votes.getOrDefault(reading, 0L) >= PROOF;
      if (reading == style || sure || many || matches == 0) {
        believed.add(fit);
      }
    }
    matchesSinceLook = 0;
    believed.stream()
        .map(fit -> readings.get(fit.rank()))
        .filter(reading -> reading != style && reading.isHabit())
        .findFirst()
        .ifPresent(reading -> learn(tx, now, reading));
    return believed;
  }

  private void learn(Tx tx, Instant now, IdStyle reading) {
    style = reading;
    matches = PROOF;
    keep(tx, now);
  }

  private void keep(Tx tx, Instant now) {
    tx.update(
        """
        INSERT INTO sms.id_habit (link, reading, learned_at) VALUES (?, ?, ?)
        ON CONFLICT (link) DO UPDATE SET reading = excluded.reading, learned_at = excluded.learned_at
        """,
        link,
        style.name(),
        now);
    kept = true;
  }
}
