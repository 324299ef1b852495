package org.wardline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardline.config.Secret;
import org.wardline.gateway.Attempt.Outcome;
import org.wardline.gateway.smpp.SmppBind;
import org.wardline.gateway.smpp.SubmitResult;
import org.wardline.metrics.Metrics;
import org.wardline.sms.InDoubt;
import org.wardline.sms.SmsFormat;
import org.wardline.sms.SmsQueue;
import org.wardline.sms.TransportKeys;

class SubmitterTest {
  private static final UUID ID = UUID.randomUUID();

  @TempDir Path folder = Path.of("");
  private TransportKeys keys;
  private final LateAnswers late = new LateAnswers(() -> {});

  @BeforeEach
  void makeKeys() {
    keys = TransportKeys.loadOrCreate(folder.resolve("transport.keys"));
  }

  private Attempt send(byte[] sealed, Submitter.Wire wire) {
    LinkSettings link =
        LinkSettings.of(SmppBind.of("127.0.0.1", 2775, "clinic", Secret.of("password")));
    Submitter submitter =
        new Submitter(
            link,
            new SmsQueue(keys),
            () -> wire,
            new Throttle(Pace.UNLIMITED, Ticks.ofThisMachine()),
            id -> false,
            late,
            new LongAdder(),
            new GatewayMetrics(new Metrics()).of("carrier", 10),
            new LinkErrors(),
            Clock.systemUTC(),
            Ticks.ofThisMachine());
    Instant now = Instant.now();
    return submitter.send(
        new ClaimedText(
            ID,
            7,
            1,
            sealed,
            SmsFormat.USUAL,
            InDoubt.RESEND,
            0,
            false,
            now.plus(Duration.ofHours(1)),
            now));
  }

  private byte[] sealed(String text) {
    return keys.seal("outbound", ID, "+13125550199", "+13125550001", text);
  }

  @Test
  void a_bug_after_the_write_is_perhaps_sent_and_never_failed() {
    Attempt attempt =
        send(
            sealed("hello"),
            pdu -> {
              throw new IllegalStateException("a listener threw");
            });
    assertThat(attempt.outcome()).isInstanceOf(Outcome.MaybeSent.class);
  }

  @Test
  void an_error_is_an_outcome_too_and_what_was_accepted_before_it_is_kept() {
    AtomicInteger submits = new AtomicInteger();
    Attempt attempt =
        send(
            sealed("x".repeat(400)),
            pdu -> {
              if (submits.incrementAndGet() == 2) {
                throw new StackOverflowError();
              }
              return new SubmitResult.Accepted("id1", Duration.ZERO);
            });
    assertThat(attempt.outcome()).isInstanceOf(Outcome.MaybeSent.class);
    assertThat(attempt.total()).isEqualTo(3);
    assertThat(attempt.accepted())
        .singleElement()
        .extracting(Attempt.AcceptedSegment::smscId)
        .isEqualTo("id1");
  }

  @Test
  void a_row_that_does_not_open_has_failed_without_being_sent() {
    AtomicInteger submits = new AtomicInteger();
    Attempt attempt =
        send(
            new byte[] {1, 2, 3},
            pdu -> {
              submits.incrementAndGet();
              return new SubmitResult.TimedOut();
            });
    assertThat(attempt.outcome()).isInstanceOf(Outcome.Failed.class);
    assertThat(submits).hasValue(0);
  }
}
