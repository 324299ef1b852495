package org.wardline.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SupervisorTest {
  private static final class Fragile implements Supervisor.Watched {
    boolean runs = true;
    boolean refuses;
    int starts;

    @Override
    public String name() {
      return "the engine";
    }

    @Override
    public boolean isRunning() {
      return runs;
    }

    @Override
    public void start() {
      starts++;
      if (refuses) {
        throw new IllegalStateException("The disk is full.");
      }
      runs = true;
    }
  }

  private final Fragile engine = new Fragile();
  private final List<String> lines = new ArrayList<>();
  private int published;
  private long now;
  private final Supervisor supervisor =
      new Supervisor(engine, lines::add, () -> published++, () -> now);

  @Test
  void what_runs_is_left_alone() {
    pass(Duration.ofMinutes(5));
    assertThat(engine.starts).isZero();
    assertThat(lines).isEmpty();
  }

  @Test
  void what_died_is_started_again_after_a_pause_and_its_new_pid_is_published() {
    engine.runs = false;
    supervisor.runOnce();
    assertThat(engine.starts).isZero();
    assertThat(lines).containsExactly("the engine ended unexpectedly; starting it again in 0.5 s");
    pass(Duration.ofSeconds(1));
    assertThat(engine.starts).isEqualTo(1);
    assertThat(published).isEqualTo(1);
  }

  @Test
  void pauses_grow_to_half_a_minute_while_it_cannot_start() {
    engine.runs = false;
    engine.refuses = true;
    pass(Duration.ofMinutes(10));
    assertThat(engine.starts).isBetween(20, 27);
    assertThat(lines.getLast())
        .isEqualTo("the engine could not be started again; next try in 30.0 s. The disk is full.");
    engine.refuses = false;
    pass(Duration.ofSeconds(31));
    assertThat(engine.runs).isTrue();
  }

  @Test
  void a_minute_of_health_makes_the_next_pause_short_again() {
    engine.runs = false;
    pass(Duration.ofSeconds(1));
    pass(Duration.ofMinutes(2));
    engine.runs = false;
    supervisor.runOnce();
    assertThat(lines.getLast()).endsWith("again in 0.5 s");
  }

  private void pass(Duration period) {
    long end = now + period.toNanos();
    while (now < end) {
      supervisor.runOnce();
      now += Duration.ofMillis(250).toNanos();
    }
    supervisor.runOnce();
  }
}
