package org.wardline.gateway.smpp;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jsmpp.bean.DeliverSm;
import org.jsmpp.extra.ProcessRequestException;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

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
    Logger logger = (Logger) LoggerFactory.getLogger(InboundTranslator.class);
    ListAppender<ILoggingEvent> written = new ListAppender<>();
    written.start();
    logger.addAppender(written);
    try {
      InboundTranslator translator = new InboundTranslator(new RecordingInbound(), () -> true);
      DeliverSm receipt = new DeliverSm();
      receipt.setEsmClass((byte) 0x04);
      receipt.setShortMessage("stat:DELIVRD err:000".getBytes(StandardCharsets.US_ASCII));
      for (int i = 0; i < 5_000; i++) {
        translator.onAcceptDeliverSm(receipt);
      }
    } finally {
      logger.detachAppender(written);
    }
    // None when another test of this process has written it within the minute.
    assertThat(written.list).hasSizeLessThanOrEqualTo(1);
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
