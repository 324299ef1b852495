package org.wardline.appliance;

import java.io.PrintStream;
import java.time.Duration;
import org.wardline.appliance.engines.Progress;

/** Prints what goes on, each line with the seconds since the start. */
final class Steps implements Progress {
  private final PrintStream out;
  private final long begin = System.nanoTime();

  Steps(PrintStream out) {
    this.out = out;
  }

  @Override
  public synchronized void step(String text) {
    double seconds = Duration.ofNanos(System.nanoTime() - begin).toMillis() / 1000.0;
    out.printf("%5.1f s  %s%n", seconds, text);
    out.flush();
  }

  /** Without the time: the first and the last line. */
  synchronized void say(String text) {
    out.println(text);
    out.flush();
  }
}
