package org.wardline.gateway.smpp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BindStateTest {
  private static final BindState CLOSED = new BindState.Closed();
  private static final BindState CONNECTING = new BindState.Connecting();
  private static final BindState BINDING = new BindState.Binding();
  private static final BindState BOUND = new BindState.Bound(Instant.EPOCH);
  private static final BindState UNBINDING = new BindState.Unbinding();
  private static final BindState LOST = new BindState.Lost("the line is dead", Instant.EPOCH);
  private static final List<BindState> ALL =
      List.of(CLOSED, CONNECTING, BINDING, BOUND, UNBINDING, LOST);

  private static final Map<BindState, List<BindState>> ALLOWED =
      Map.of(
          CLOSED, List.of(CONNECTING),
          CONNECTING, List.of(BINDING, LOST, CLOSED),
          BINDING, List.of(BOUND, LOST, CLOSED),
          BOUND, List.of(UNBINDING, LOST),
          UNBINDING, List.of(CLOSED, LOST),
          LOST, List.of());

  @Test
  void each_state_leads_where_it_may_and_nowhere_else() {
    for (BindState from : ALL) {
      for (BindState to : ALL) {
        assertThat(from.mayBecome(to))
            .as("%s to %s", from, to)
            .isEqualTo(ALLOWED.getOrDefault(from, List.of()).contains(to));
      }
    }
  }

  @Test
  void what_is_over_stays_over_and_the_impossible_is_told_to_nobody() {
    List<BindState> seen = new ArrayList<>();
    BindProgress progress = new BindProgress(seen::add);
    assertThat(progress.become(BOUND)).isFalse();
    assertThat(progress.become(CONNECTING)).isTrue();
    assertThat(progress.become(BINDING)).isTrue();
    assertThat(progress.become(BOUND)).isTrue();
    assertThat(progress.become(UNBINDING)).isTrue();
    assertThat(progress.become(BOUND)).isFalse();
    assertThat(progress.become(CLOSED)).isTrue();
    assertThat(progress.become(LOST)).isFalse();
    assertThat(progress.become(CONNECTING)).isFalse();
    assertThat(progress.state()).isEqualTo(CLOSED);
    assertThat(seen).containsExactly(CONNECTING, BINDING, BOUND, UNBINDING, CLOSED);
  }
}
