package org.wardline.gateway;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.wardline.gateway.Attempt.AcceptedSegment;

/**
 * What the carrier answered after we had given up waiting: it has the segment, and this is its id.
 * Kept until it is written down. While the text is claimed nobody writes it: if it is ours, its
 * sender takes the answer instead of submitting the segment once more; else the table says when
 * that other attempt is over.
 *
 * <p>What is lost with the process is only the knowledge: the text goes the way of any other whose
 * answer was lost.
 */
final class LateAnswers {
  /** As many as a connection listens for; the oldest is forgotten for more. */
  private static final int MAX_KEPT = 1_000;

  /**
   * @param text as it was when the segment was submitted
   * @param total segments of the whole text
   */
  record Answer(ClaimedText text, int total, AcceptedSegment segment) {}

  private record Key(UUID text, int segment) {}

  private final LinkedHashMap<Key, Answer> kept = new LinkedHashMap<>();

  private final Runnable news;

  /**
   * @param news called when there is one to write; must not block
   */
  LateAnswers(Runnable news) {
    this.news = news;
  }

  void keep(Answer answer) {
    synchronized (this) {
      kept.put(new Key(answer.text().id(), answer.segment().number()), answer);
      if (kept.size() > MAX_KEPT) {
        kept.pollFirstEntry();
      }
    }
    news.run();
  }

  /** For the text's next attempt: the segment is with the carrier and need not be sent again. */
  synchronized @Nullable AcceptedSegment take(UUID text, int segment) {
    Answer answer = kept.remove(new Key(text, segment));
    return answer == null ? null : answer.segment();
  }

  synchronized List<Answer> all() {
    return List.copyOf(kept.values());
  }

  synchronized void forget(List<Answer> written) {
    kept.values().removeAll(written);
  }
}
