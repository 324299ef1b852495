package org.wardline.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class WorkerTest {
  private static final class Recorder extends AppenderBase<ILoggingEvent> {
    final List<String> warnings = new CopyOnWriteArrayList<>();

    @Override
    protected void append(ILoggingEvent event) {
      if (event.getLevel() == Level.WARN) {
        warnings.add(event.getFormattedMessage());
      }
    }
  }

  private static List<String> warningsOfFailures(int failures, Duration logAgain)
      throws InterruptedException {
    Logger log = (Logger) LoggerFactory.getLogger(Worker.class);
    Recorder recorder = new Recorder();
    recorder.start();
    log.addAppender(recorder);
    CountDownLatch left = new CountDownLatch(failures);
    Worker worker =
        new Worker(
            "test",
            Duration.ofSeconds(10),
            Duration.ZERO,
            logAgain,
            () -> {
              left.countDown();
              throw new IllegalStateException("broken");
            });
    try {
      assertThat(left.await(20, TimeUnit.SECONDS)).isTrue();
    } finally {
      worker.close();
      log.detachAppender(recorder);
    }
    return recorder.warnings;
  }

  @Test
  void a_batch_that_fails_on_and_on_is_said_again_from_time_to_time() throws InterruptedException {
    assertThat(warningsOfFailures(3, Duration.ofNanos(1)))
        .hasSizeGreaterThanOrEqualTo(2)
        .anyMatch(warning -> warning.contains("2 times in a row"));
  }

  @Test
  void batches_of_a_busy_worker_begin_apart() throws InterruptedException {
    Duration apart = Duration.ofMillis(20);
    List<Long> begins = new CopyOnWriteArrayList<>();
    CountDownLatch left = new CountDownLatch(5);
    // What is kept apart are moments before each batch, which only the worker sees. None of them is
    // earlier than this, and the last batch is later than the last of them.
    long start = System.nanoTime();
    Worker worker =
        new Worker(
            "test",
            Duration.ofSeconds(10),
            apart,
            () -> {
              begins.add(System.nanoTime());
              left.countDown();
              return 1;
            });
    try {
      assertThat(left.await(20, TimeUnit.SECONDS)).isTrue();
    } finally {
      worker.close();
    }
    assertThat(begins.getLast() - start)
        .isGreaterThanOrEqualTo((begins.size() - 1) * apart.toNanos());
  }

  @Test
  void but_not_at_every_try() throws InterruptedException {
    assertThat(warningsOfFailures(3, Duration.ofMinutes(1))).hasSize(1);
  }
}
