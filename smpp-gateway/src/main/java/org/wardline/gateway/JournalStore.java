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
  /**
   * @param late late answers that need not be kept any more
   */
  record Written(int events, int unmatched, List<LateAnswers.Answer> late) {}

  /**
   * @param again whether the write before this one failed: its commit may have come through all the
   *     same, and what it wrote must not be told twice
   * @param asked what the carrier said when it was asked, with the ids of its responses
   * @param lookAtLeftovers also try receipts that were kept aside
   */
  record Batch(
      List<Attempt> results,
      boolean again,
      List<LateAnswers.Answer> late,
      List<Receipt.Raw> receipts,
      List<Receipt.Raw> asked,
      @Nullable Instant lookAtLeftovers) {}

  private final SegmentLedger ledger;
  private final LateLedger lateLedger;
  private final ReceiptWords words;
  private final ReceiptMatcher matcher;
  private final LongTexts longTexts;

  JournalStore(String link, LinkSettings.Receipts receipts, UUID run) {
    ledger = new SegmentLedger(link, run);
    lateLedger = new LateLedger(link);
    words = new ReceiptWords(link);
    matcher = new ReceiptMatcher(link);
    longTexts = new LongTexts(receipts);
  }

  Written write(Tx tx, Batch batch) {
    List<Attempt> attempts =
        batch.again() ? SegmentLedger.unwritten(tx, batch.results()) : batch.results();
    Consequences consequences = new Consequences();
    List<Receipt> receipts = new ArrayList<>();
    matcher.recall(tx);
    if (!attempts.isEmpty()) {
      Set<UUID> left = ledger.leaveQueue(tx, attempts);
      ledger.insert(tx, attempts, left);
      // What another gateway has taken over meanwhile is that one's to tell of.
      tell(attempts.stream().filter(one -> left.contains(one.text().id())).toList(), consequences);
      receipts.addAll(
          matcher.takeEarly(
              tx, attempts.stream().flatMap(one -> one.accepted().stream()).toList()));
    }
    List<LateAnswers.Answer> late =
        batch.late().isEmpty() ? List.of() : lateLedger.write(tx, batch.late(), consequences);
    if (!late.isEmpty()) {
      receipts.addAll(
          matcher.takeEarly(tx, late.stream().map(LateAnswers.Answer::segment).toList()));
    }
    receipts.addAll(words.read(tx, batch.receipts()));
    int unmatched = receipts.isEmpty() ? 0 : matcher.settle(tx, receipts, consequences);
    if (!batch.asked().isEmpty()) {
      matcher.settleAsked(tx, words.read(tx, batch.asked()), consequences);
    }
    Instant look = batch.lookAtLeftovers();
    if (look != null) {
      matcher.lookAgain(tx, look, consequences);
    }
    longTexts.fold(tx, consequences);
    consequences.insert(tx);
    return new Written(consequences.size(), unmatched, late);
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
