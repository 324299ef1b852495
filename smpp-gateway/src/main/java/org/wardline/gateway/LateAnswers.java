package org.wardline.gateway;

import java.util.ArrayDeque;
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

  /** Both answers, when the second try was answered late too. */
  private final LinkedHashMap<Key, ArrayDeque<Answer>> kept = new LinkedHashMap<>();

  private final Runnable news;
  private int size;

  /**
   * @param news called when there is one to write; must not block
   */
  LateAnswers(Runnable news) {
    this.news = news;
  }

  void keep(Answer answer) {
    synchronized (this) {
      kept.computeIfAbsent(key(answer), key -> new ArrayDeque<>()).add(answer);
      size++;
      if (size > MAX_KEPT) {
        forget(kept.firstEntry().getValue().getFirst());
      }
    }
    news.run();
  }

  /** For the text's next attempt: the segment is with the carrier and need not be sent again. */
  synchronized @Nullable AcceptedSegment take(UUID text, int segment) {
    ArrayDeque<Answer> answers = kept.get(new Key(text, segment));
    if (answers == null) {
      return null;
    }
    Answer answer = answers.getFirst();
    forget(answer);
    return answer.segment();
  }

  synchronized List<Answer> all() {
    return kept.values().stream().flatMap(ArrayDeque::stream).toList();
  }

  synchronized void forget(List<Answer> written) {
    written.forEach(this::forget);
  }

  private void forget(Answer answer) {
    ArrayDeque<Answer> answers = kept.get(key(answer));
    if (answers != null && answers.remove(answer)) {
      size--;
      if (answers.isEmpty()) {
        kept.remove(key(answer));
      }
    }
  }

  private static Key key(Answer answer) {
    return new Key(answer.text().id(), answer.segment().number());
  }
}
