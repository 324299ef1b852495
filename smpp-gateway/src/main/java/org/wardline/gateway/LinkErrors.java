package org.wardline.gateway;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;

/** The last things that went wrong on a link, in words for operators; no numbers, no texts. */
final class LinkErrors {
  private static final int KEPT = 8;

  private record Entry(Instant at, String words, long times) {
    @Override
    public String toString() {
      String often = times == 1 ? "" : " (" + times + " times)";
      return at.truncatedTo(ChronoUnit.SECONDS) + " " + words + often;
    }
  }

  private final ArrayDeque<Entry> newestFirst = new ArrayDeque<>();

  /** The same words again count up and move to the front. */
  synchronized void add(Instant at, String words) {
    long times = 1;
    for (Iterator<Entry> entries = newestFirst.iterator(); entries.hasNext(); ) {
      Entry entry = entries.next();
      if (entry.words().equals(words)) {
        times = entry.times() + 1;
        entries.remove();
        break;
      }
    }
    newestFirst.addFirst(new Entry(at, words, times));
    while (newestFirst.size() > KEPT) {
      newestFirst.removeLast();
    }
  }

  synchronized List<String> words() {
    return newestFirst.stream().map(Entry::toString).toList();
  }
}
