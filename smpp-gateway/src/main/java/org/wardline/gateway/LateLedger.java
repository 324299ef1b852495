package org.wardline.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.wardline.gateway.Attempt.AcceptedSegment;
import org.wardline.gateway.LateAnswers.Answer;
import org.wardline.jdbc.Tx;

/**
 * Writes late answers. One at a time: they are rare, and each may find its text in another place.
 *
 * <ul>
 *   <li>In the queue, for its second try: then it has left after all, or this part of it has.
 *   <li>Claimed: then it is not written yet, because its sender may still use it.
 *   <li>Gone: its story is over, or a second copy went out. The id is noted, so that the receipt
 *       finds the text; nothing is told before there is one.
 * </ul>
 */
final class LateLedger {
  private final String link;

  LateLedger(String link) {
    this.link = link;
  }

  /** Returns those that need not be kept any more. */
  List<Answer> write(Tx tx, List<Answer> answers, Consequences consequences) {
    List<Answer> written = new ArrayList<>();
    Set<UUID> claimed = claimed(tx, answers);
    for (Answer answer : answers) {
      if (claimed.contains(answer.text().id())) {
        continue;
      }
      if (isThere(tx, answer) || settle(tx, answer, consequences) || note(tx, answer)) {
        written.add(answer);
      }
    }
    return written;
  }

  /** Those are not looked at one by one: there may be a window of them, for as long as it takes. */
  private static Set<UUID> claimed(Tx tx, List<Answer> answers) {
    return Set.copyOf(
        tx.query(
            "SELECT id FROM sms.outbound WHERE id = ANY(?::uuid[]) AND state = 'submitting'",
            row -> row.uuid("id"),
            (Object) answers.stream().map(answer -> answer.text().id()).toArray(UUID[]::new)));
  }

  /** Its commit came through unheard. */
  private boolean isThere(Tx tx, Answer answer) {
    return tx.first(
            """
            SELECT number FROM sms.segment
            WHERE link = ? AND smsc_id = ? AND outbound_id = ? AND number = ?
            """,
            row -> row.intValue("number"),
            link,
            answer.segment().smscId(),
            answer.text().id(),
            answer.segment().number())
        .isPresent();
  }

  /** A row that somebody has locked is being claimed or withdrawn: the next look knows. */
  private boolean settle(Tx tx, Answer answer, Consequences consequences) {
    AcceptedSegment segment = answer.segment();
    boolean last = segment.number() == answer.total();
    if (!(last ? finish(tx, answer) : advance(tx, answer))) {
      return false;
    }
    // Nothing was sent a second time, so of a short text there is one copy.
    insert(tx, answer, null, answer.total() > 1);
    if (last) {
      consequences.tell(
          answer.text().id(), "sent", segment.at(), CarrierWords.ANSWERED_LATE, false);
      if (answer.total() > 1) {
        consequences.longText(answer.text().id());
      }
    }
    return true;
  }

  private static final String FINISH =
      """
      DELETE FROM sms.outbound WHERE id = (
        SELECT id FROM sms.outbound
        WHERE id = ? AND state = 'queued' AND accepted_segments = ? FOR UPDATE SKIP LOCKED)
      """;

  /** With its last segment it leaves the queue; false when it does not wait for that one. */
  private static boolean finish(Tx tx, Answer answer) {
    return tx.update(FINISH, answer.text().id(), answer.segment().number() - 1) > 0;
  }

  private static final String ADVANCE =
      """
      UPDATE sms.outbound SET accepted_segments = ? WHERE id = (
        SELECT id FROM sms.outbound
        WHERE id = ? AND state = 'queued' AND accepted_segments = ? FOR UPDATE SKIP LOCKED)
      """;

  /** Its second try begins after this segment; false when it does not wait for that one. */
  private static boolean advance(Tx tx, Answer answer) {
    int number = answer.segment().number();
    return tx.update(ADVANCE, number, answer.text().id(), number - 1) > 0;
  }

  private boolean note(Tx tx, Answer answer) {
    boolean open =
        tx.first(
                "SELECT id FROM sms.outbound WHERE id = ?",
                row -> row.uuid("id"),
                answer.text().id())
            .isPresent();
    if (!open) {
      insert(tx, answer, "unknown", true);
    }
    return !open;
  }

  /**
   * @param reported what was told of the whole text; the housekeeping says nothing more of a row
   *     that has it
   */
  private void insert(Tx tx, Answer answer, @Nullable String reported, boolean copy) {
    AcceptedSegment segment = answer.segment();
    tx.update(
        """
        INSERT INTO sms.segment
          (link, smsc_id, outbound_id, number, total, may_be_duplicate, expires_at, accepted_at,
           given_id, source, reported)
        SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, coalesce((
          SELECT max(s.reported) FROM sms.segment s
          WHERE ? AND s.outbound_id = ? AND (s.total > 1 OR s.may_be_duplicate)), ?)
        """,
        link,
        segment.smscId(),
        answer.text().id(),
        segment.number(),
        answer.total(),
        copy,
        answer.text().expiresAt(),
        segment.at(),
        segment.storedGivenId(),
        segment.source(),
        reported != null,
        answer.text().id(),
        reported);
  }
}
