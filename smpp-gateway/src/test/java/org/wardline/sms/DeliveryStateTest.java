package org.wardline.sms;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What may follow what for a message, however often it is told. */
class DeliveryStateTest {
  private static final int MOST_REPORTS = 3;

  private static List<List<DeliveryState>> sequences(int reports) {
    if (reports == 0) {
      return List.of(List.of());
    }
    List<List<DeliveryState>> all = new ArrayList<>();
    for (List<DeliveryState> shorter : sequences(reports - 1)) {
      for (DeliveryState next : DeliveryState.values()) {
        List<DeliveryState> longer = new ArrayList<>(shorter);
        longer.add(next);
        all.add(longer);
      }
    }
    return all;
  }

  private static DeliveryState fold(DeliveryState from, List<DeliveryState> reports) {
    DeliveryState state = from;
    for (DeliveryState report : reports) {
      state = state.after(report);
    }
    return state;
  }

  @ParameterizedTest
  @EnumSource
  void the_same_reports_folded_again_change_nothing(DeliveryState from) {
    for (int reports = 1; reports <= MOST_REPORTS; reports++) {
      for (List<DeliveryState> sequence : sequences(reports)) {
        DeliveryState once = fold(from, sequence);
        assertThat(fold(once, sequence)).as("%s, told %s", from, sequence).isEqualTo(once);
      }
    }
  }
}
