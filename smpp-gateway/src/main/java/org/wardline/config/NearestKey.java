package org.wardline.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the key a person most likely meant (Levenshtein distance). */
final class NearestKey {
  private NearestKey() {}

  /** Empty when nothing is close: a wild guess would mislead. */
  static Optional<String> to(String written, Collection<String> known) {
    int farthest = Math.max(2, written.length() / 2);
    return known.stream()
        .min(
            Comparator.comparingInt((String key) -> distance(written, key))
                .thenComparing(key -> key))
        .filter(key -> distance(written, key) <= farthest);
  }

  static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitution = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substitution, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
