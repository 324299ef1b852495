package org.wardline.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ThrottleTest {
  private final Clockwork time = new Clockwork(-5);

  private Duration takes(int segments, Throttle throttle) {
    long start = time.nanos();
    for (int i = 0; i < segments; i++) {
      throttle.await();
      throttle.accepted();
    }
    return Duration.ofNanos(time.nanos() - start);
  }

  @Test
  void a_link_without_a_limit_does_not_wait() {
    assertThat(takes(1_000, new Throttle(Pace.UNLIMITED, time))).isZero();
  }

  @Test
  void a_contract_s_rate_is_kept() {
    Throttle throttle = new Throttle(new Pace(20, 0), time);
    assertThat(takes(21, throttle)).isEqualTo(Duration.ofSeconds(1));
    assertThat(throttle.spacing()).isEqualTo(Duration.ofMillis(50));
  }

  @Test
  void less_than_one_a_second_is_a_rate_too() {
    assertThat(takes(4, new Throttle(new Pace(0.2, 0), time))).isEqualTo(Duration.ofSeconds(15));
  }

  @Test
  void complaints_slow_down_below_the_contract_and_acceptance_brings_the_contract_back() {
    Throttle throttle = new Throttle(new Pace(100, 0), time);
    for (int i = 0; i < 3; i++) {
      throttle.await();
      throttle.refused();
      time.pass(1);
    }
    assertThat(throttle.spacing()).isEqualTo(Duration.ofMillis(80));
    takes(400, throttle);
    assertThat(throttle.spacing()).isEqualTo(Duration.ofMillis(10));
  }

  @Test
  void without_a_contract_complaints_are_forgotten_altogether() {
    Throttle throttle = new Throttle(Pace.UNLIMITED, time);
    throttle.refused();
    assertThat(throttle.spacing()).isEqualTo(Duration.ofMillis(2));
    takes(1_000, throttle);
    assertThat(throttle.spacing()).isZero();
    assertThat(takes(1_000, throttle)).isZero();
  }

  @Test
  void a_burst_of_complaints_counts_once() {
    Throttle throttle = new Throttle(Pace.UNLIMITED, time);
    for (int i = 0; i < 50; i++) {
      throttle.refused();
    }
    assertThat(throttle.spacing()).isEqualTo(Duration.ofMillis(2));
  }

  @Test
  void texts_to_one_number_keep_their_distance_and_others_pass() {
    Throttle throttle = new Throttle(new Pace(0, 1), time);
    long start = time.nanos();
    throttle.awaitTurnOf(1);
    for (long other = 2; other < 30_000; other++) {
      throttle.awaitTurnOf(other);
    }
    assertThat(time.nanos() - start).isZero();
    throttle.awaitTurnOf(1);
    assertThat(time.nanos() - start).isEqualTo(Duration.ofSeconds(1).toNanos());
  }

  @Test
  void a_rate_is_a_rate() {
    assertThatThrownBy(() -> new Pace(-1, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Pace(Double.NaN, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Pace(0, 10_001)).isInstanceOf(IllegalArgumentException.class);
  }
}
