package org.wardline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LinkHealthTest {
  // System.nanoTime() may begin anywhere, so also shortly before its numbers begin anew.
  private final Clockwork time = new Clockwork(Long.MAX_VALUE - Duration.ofSeconds(40).toNanos());
  private final LinkHealth health =
      new LinkHealth(Duration.ofSeconds(30), Duration.ofSeconds(60), time);

  @Test
  void a_link_that_comes_up_soon_after_the_start_is_counted_on_at_once() {
    time.pass(29);
    health.bound();
    assertThat(health.usable()).isTrue();
  }

  @Test
  void a_first_try_that_takes_longer_than_failover_after_is_waited_for() {
    time.pass(55);
    assertThat(health.usable()).isTrue();
    health.bound();
    assertThat(health.usable()).isTrue();
    health.lost();
    time.pass(30);
    assertThat(health.usable()).as("only the first").isFalse();
  }

  @Test
  void a_first_try_that_fails_gives_the_texts_to_others_after_failover_after() {
    time.pass(10);
    health.failed();
    time.pass(19);
    assertThat(health.usable()).isTrue();
    time.pass(1);
    assertThat(health.usable()).isFalse();
  }

  @Test
  void a_first_try_without_an_end_is_not_waited_for_for_ever() {
    time.pass((int) LinkHealth.FIRST_TRY_MAX.toSeconds());
    assertThat(health.usable()).isFalse();
  }

  @Test
  void a_link_taken_over_from_another_gateway_is_tried_first_too() {
    health.failed();
    time.pass(600);
    assertThat(health.usable()).isFalse();
    health.begin();
    time.pass(40);
    assertThat(health.usable()).isTrue();
  }

  @Test
  void a_short_break_moves_nothing() {
    health.bound();
    time.pass(500);
    health.lost();
    time.pass(29);
    assertThat(health.usable()).isTrue();
    health.bound();
    assertThat(health.usable()).isTrue();
  }

  @Test
  void a_long_break_gives_its_texts_to_others_until_it_has_held_for_a_while() {
    health.bound();
    health.lost();
    time.pass(30);
    assertThat(health.usable()).isFalse();
    health.bound();
    time.pass(59);
    assertThat(health.usable()).isFalse();
    time.pass(1);
    assertThat(health.usable()).isTrue();
  }

  @Test
  void a_link_that_flaps_does_not_get_its_texts_back() {
    health.bound();
    health.lost();
    time.pass(31);
    assertThat(health.usable()).isFalse();
    for (int i = 0; i < 10; i++) {
      health.bound();
      time.pass(40);
      health.lost();
      time.pass(1);
      assertThat(health.usable()).isFalse();
    }
  }

  @Test
  void a_break_nobody_asked_about_counts_too() {
    health.bound();
    health.lost();
    time.pass(31);
    health.bound();
    assertThat(health.usable()).isFalse();
  }
}
