package org.wardline.gateway;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.wardline.gateway.Attempt.Outcome;
import org.wardline.jdbc.Tx;

/**
 * One batch of the journal in one transaction: a handful of set-based statements, however many
 * results and receipts it holds. Only the journal's writer calls it.
 */
final class JournalStore {
  record Written(int events, int unmatched) {}

  private final SegmentLedger ledger;
  private final ReceiptWords words;
  private final ReceiptMatcher matcher;
  private final LongTexts longTexts;

  JournalStore(String link, LinkSettings.Receipts receipts, UUID run) {
    ledger = new SegmentLedger(link, run);
    words = new ReceiptWords(link);
    matcher = new ReceiptMatcher(link);
    longTexts = new LongTexts(receipts);
  }

  /**
   * @param again whether the write before this one failed: its commit may have come through all the
   *     same, and what it wrote must not be told twice
   * @param lookAtLeftovers also try receipts that were kept aside
   */
  Written write(
      Tx tx,
      List<Attempt> results,
      boolean again,
      List<Receipt.Raw> raw,
      @Nullable Instant lookAtLeftovers) {
    List<Attempt> attempts = again ? SegmentLedger.unwritten(tx, results) : results;
    Consequences consequences = new Consequences();
    List<Receipt> receipts = new ArrayList<>();
    matcher.recall(tx);
    if (!attempts.isEmpty()) {
      Set<UUID> left = ledger.leaveQueue(tx, attempts);
      ledger.insert(tx, attempts, left);
      // What another gateway has taken over meanwhile is that one's to tell of.
      tell(attempts.stream().filter(one -> left.contains(one.text().id())).toList(), consequences);
      receipts.addAll(matcher.takeEarly(tx, attempts));
    }
    receipts.addAll(words.read(tx, raw));
    int unmatched = receipts.isEmpty() ? 0 : matcher.settle(tx, receipts, consequences);
    if (lookAtLeftovers != null) {
      matcher.lookAgain(tx, lookAtLeftovers, consequences);
    }
    longTexts.fold(tx, consequences);
    consequences.insert(tx);
    return new Written(consequences.size(), unmatched);
  }

  private static void tell(List<Attempt> attempts, Consequences consequences) {
    for (Attempt attempt : attempts) {
      switch (attempt.outcome()) {
        case Outcome.Sent sent -> {
          Instant at =
              attempt.accepted().isEmpty()
                  ? attempt.text().claimedAt()
                  : attempt.accepted().getLast().at();
          consequences.tell(attempt.text(), "sent", at, "");
          if (attempt.text().acceptedSegments() > 0) {
            // Receipts of segments accepted in an earlier attempt may have been here for a while.
            consequences.longText(attempt.text().id());
          }
        }
        case Outcome.Failed failed ->
            consequences.tell(attempt.text(), "failed", failed.at(), failed.why());
        // It was claimed but not on the wire.
        case Outcome.Expired expired ->
            consequences.tell(
                attempt.text().id(),
                "expired",
                expired.at(),
                CarrierWords.EXPIRED,
                attempt.text().mayBeDuplicate());
        case Outcome.Doubtful doubtful ->
            consequences.tell(attempt.text(), "unknown", doubtful.at(), doubtful.why());
        // Told when the row is back in the queue.
        case Outcome.NotSent notSent -> {}
        case Outcome.MaybeSent maybeSent -> {}
      }
    }
  }
}
