package org.wardline.appliance;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardline.appliance.engines.Progress;

/**
 * Starts one thing again when it died, with growing pauses, for as long as Wardline runs: a full
 * disk or a killed process heals without anybody there.
 */
final class Supervisor {
  private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final Duration HEALTHY_AFTER = Duration.ofMinutes(1);

  /** Something that runs until it dies; {@code start} throws when it cannot. */
  interface Watched {
    String name();

    boolean isRunning();

    void start();
  }

  private final Watched watched;
  private final Progress progress;
  private final Runnable afterRestart;
  private final LongSupplier nanoTime;
  private Duration pause = FIRST_PAUSE;
  private long notBefore;
  private long startedAt;
  private boolean down;

  /**
   * @param afterRestart called when it runs again, as its pid has changed
   */
  Supervisor(Watched watched, Progress progress, Runnable afterRestart, LongSupplier nanoTime) {
    this.watched = watched;
    this.progress = progress;
    this.afterRestart = afterRestart;
    this.nanoTime = nanoTime;
    this.startedAt = nanoTime.getAsLong();
  }

  /** Looks once; call it a few times a second. */
  void runOnce() {
    long now = nanoTime.getAsLong();
    if (watched.isRunning()) {
      if (now - startedAt > HEALTHY_AFTER.toNanos()) {
        pause = FIRST_PAUSE;
      }
      return;
    }
    if (!down) {
      down = true;
      notBefore = now + pause.toNanos();
      progress.step(
          "%s ended unexpectedly; starting it again in %s"
              .formatted(watched.name(), seconds(pause)));
    }
    if (now < notBefore) {
      return;
    }
    pause = longer(pause);
    try {
      watched.start();
      down = false;
      startedAt = nanoTime.getAsLong();
      afterRestart.run();
    } catch (RuntimeException e) {
      LOG.warn("{} could not be started again", watched.name(), e);
      notBefore = nanoTime.getAsLong() + pause.toNanos();
      progress.step(
          "%s could not be started again; next try in %s. %s"
              .formatted(watched.name(), seconds(pause), e.getMessage()));
    }
  }

  private static String seconds(Duration period) {
    return "%.1f s".formatted(period.toMillis() / 1000.0);
  }

  private static Duration longer(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
  }
}
