package org.wardline.probe;

import java.time.LocalDate;
import java.util.Objects;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * Wrong on purpose, and in no source root. {@code CompilerChecksTest} compiles it with the
 * project's own flags and expects each complaint, so that checks which fall silent are noticed.
 */
@NullMarked
final class MustNotCompile {
  private MustNotCompile() {}

  /** NullAway: a value that may be null is used. */
  static int nullIsUsed(@Nullable String text) {
    return text.length();
  }

  /** Error Prone, JavaTimeDefaultTimeZone: the practice's zone is not the computer's. */
  static LocalDate zoneIsGuessed() {
    return LocalDate.now();
  }

  /** Error Prone, on by default: comparing a thing with itself. */
  static boolean selfIsCompared(String text) {
    return Objects.equals(text, text);
  }
}
