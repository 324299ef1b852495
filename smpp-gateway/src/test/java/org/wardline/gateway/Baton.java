package org.wardline.gateway;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Simulated threads and time: of all threads exactly one runs, the scheduler or the one task it has
 * handed the baton to, until that task waits for something and hands it back. So the order of
 * events is the scheduler's choice and can be repeated.
 */
final class Baton {
  /** Ends a task's thread when its process is killed; nothing it does afterwards has an effect. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    Killed() {
      super("killed by the simulation", null, false, false);
    }
  }

  /** One simulated thread. */
  final class Task {
    private final Thread thread;
    private final Semaphore go = new Semaphore(0);
    private boolean started;
    private boolean over;
    private boolean killed;

    /** Until when it sleeps; null when it waits for somebody to {@link #answered} it. */
    private @Nullable Long wakeNanos;

    private boolean blocked;

    private Task(Runnable body) {
      thread =
          Thread.ofVirtual()
              .unstarted(
                  () -> {
                    try {
                      body.run();
                    } catch (Killed e) {
                      // Its process is gone.
                    } catch (Throwable e) {
                      failure.compareAndSet(null, e);
                    } finally {
                      over = true;
                      back.release();
                    }
                  });
    }

    boolean canRun() {
      Long until = wakeNanos;
      return !over && !blocked && (until == null || until - nanos <= 0);
    }

    boolean isOver() {
      return over;
    }

    /** What it waited for has come. */
    void answered() {
      blocked = false;
    }

    /** Lets it run until it waits or ends. */
    void run() {
      wakeNanos = null;
      running = this;
      if (started) {
        go.release();
      } else {
        started = true;
        thread.start();
      }
      back.acquireUninterruptibly();
      running = null;
      Throwable thrown = failure.get();
      if (thrown != null) {
        throw new AssertionError("a task failed", thrown);
      }
    }

    /** Its process dies: it never returns from what it waits for. */
    void kill() {
      if (!over && started) {
        killed = true;
        blocked = false;
        run();
      }
      over = true;
    }

    private void park() {
      back.release();
      go.acquireUninterruptibly();
      if (killed) {
        throw new Killed();
      }
    }
  }

  private final Semaphore back = new Semaphore(0);
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final List<Task> tasks = new ArrayList<>();
  private @Nullable Task running;
  private long nanos;
  private Instant wall;

  Baton(Instant wall) {
    this.wall = wall;
  }

  Task spawn(Runnable body) {
    Task task = new Task(body);
    tasks.add(task);
    return task;
  }

  /** Those that could run now, in the order they were made. */
  List<Task> runnable() {
    tasks.removeIf(Task::isOver);
    return tasks.stream().filter(Task::canRun).toList();
  }

  boolean isIdle() {
    tasks.removeIf(Task::isOver);
    return tasks.isEmpty();
  }

  Task current() {
    Task task = running;
    if (task == null) {
      throw new AssertionError("only a task may wait");
    }
    return task;
  }

  /** Called by a task: returns when the scheduler has {@link Task#answered} it and runs it. */
  void awaitAnswer() {
    Task task = current();
    task.blocked = true;
    task.park();
  }

  /** The next moment at which a sleeping task wakes, or null. */
  @Nullable Long nextWake() {
    return tasks.stream()
        .filter(task -> !task.over && !task.blocked)
        .map(task -> task.wakeNanos)
        .filter(until -> until != null && until - nanos > 0)
        .min(Long::compare)
        .orElse(null);
  }

  /** Time passes, on both clocks. */
  void advance(Duration howLong) {
    nanos += howLong.toNanos();
    wall = wall.plus(howLong);
  }

  /** Somebody sets the clock. */
  void jump(Duration howFar) {
    wall = wall.plus(howFar);
  }

  Instant now() {
    return wall;
  }

  long nanos() {
    return nanos;
  }

  /** Those of one process: a stop of it ends only its own waiting. */
  Ticks ticks() {
    return new Ticks() {
      private final Set<Task> waiting = new LinkedHashSet<>();
      private boolean stopped;

      @Override
      public long nanos() {
        return nanos;
      }

      @Override
      public void waitUntil(long until) {
        if (until - nanos > 0 && !stopped) {
          Task task = current();
          task.wakeNanos = until;
          waiting.add(task);
          try {
            task.park();
          } finally {
            waiting.remove(task);
          }
        }
      }

      @Override
      public void await(CompletionStage<?> what, long until) {
        if (until - nanos > 0 && !stopped && !what.toCompletableFuture().isDone()) {
          Task task = current();
          boolean[] waits = {true};
          task.wakeNanos = until;
          waiting.add(task);
          var _ =
              what.thenRun(
                  () -> {
                    if (waits[0]) {
                      task.wakeNanos = null;
                    }
                  });
          try {
            task.park();
          } finally {
            waits[0] = false;
            waiting.remove(task);
          }
        }
      }

      @Override
      public void stop() {
        stopped = true;
        waiting.forEach(task -> task.wakeNanos = null);
      }
    };
  }

  Clock clock() {
    return new Clock() {
      @Override
      public ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }

      @Override
      public Instant instant() {
        return wall;
      }
    };
  }
}
