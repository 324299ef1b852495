package org.wardline.gateway.smpp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jsmpp.bean.DeliverSm;
import org.jsmpp.extra.ProcessRequestException;
import org.junit.jupiter.api.Test;

class SparseLogTest {
  private final List<String> lines = new ArrayList<>();
  private long now = Long.MAX_VALUE - Duration.ofSeconds(90).toNanos();
  private final SparseLog log = new SparseLog(lines::add, () -> now);

  @Test
  void the_first_line_is_written_at_once_and_then_one_a_minute_that_counts_the_others() {
    for (int second = 0; second < 121; second++) {
      for (int i = 0; i < 10; i++) {
        log.say("It went wrong.");
      }
      now += Duration.ofSeconds(1).toNanos();
    }
    assertThat(lines)
        .containsExactly(
            "It went wrong.",
            "It went wrong. (599 more lines like this were left out)",
            "It went wrong. (599 more lines like this were left out)");
  }

  @Test
  void thousands_of_receipts_without_an_id_do_not_fill_the_log() throws ProcessRequestException {
    InboundTranslator translator = new InboundTranslator(new RecordingInbound(), () -> true, log);
    DeliverSm receipt = new DeliverSm();
    receipt.setEsmClass((byte) 0x04);
    receipt.setShortMessage("stat:DELIVRD err:000".getBytes(StandardCharsets.US_ASCII));
    for (int i = 0; i < 5_000; i++) {
      translator.onAcceptDeliverSm(receipt);
    }
    assertThat(lines)
        .containsExactly("A delivery receipt without a message id was acknowledged and dropped");
  }

  @Test
  void what_is_rare_anyway_is_written_as_it_comes() {
    for (int i = 0; i < 3; i++) {
      log.say("It went wrong.");
      now += SparseLog.PERIOD.toNanos();
    }
    assertThat(lines).containsExactly("It went wrong.", "It went wrong.", "It went wrong.");
  }
}
