package org.wardline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.wardline.gateway.smpp.InboundAnswer;

class PendingAnswerTest {
  private static final Duration AT_ONCE = Duration.ofMillis(1);
  private static final Duration LONG = Duration.ofSeconds(30);

  @Test
  void what_nobody_waits_for_any_more_is_left_out_of_the_commit() {
    PendingAnswer answer = new PendingAnswer(AT_ONCE, LONG);
    assertThat(answer.await()).isEqualTo(InboundAnswer.TRY_LATER);
    assertThat(answer.begin()).isFalse();
  }

  @Test
  void what_is_being_committed_gets_more_time() {
    PendingAnswer answer = new PendingAnswer(AT_ONCE, LONG);
    assertThat(answer.begin()).isTrue();
    CompletableFuture<InboundAnswer> told = CompletableFuture.supplyAsync(answer::await);
    assertThat(answer.stored()).isTrue();
    assertThat(told.join()).isEqualTo(InboundAnswer.ACCEPTED);
  }

  @Test
  void the_writer_learns_that_the_carrier_was_told_to_deliver_again() {
    PendingAnswer answer = new PendingAnswer(AT_ONCE, AT_ONCE);
    assertThat(answer.begin()).isTrue();
    assertThat(answer.await()).isEqualTo(InboundAnswer.TRY_LATER);
    assertThat(answer.stored()).isFalse();
  }

  @Test
  void what_could_not_be_stored_is_asked_for_again() {
    PendingAnswer answer = new PendingAnswer(LONG, LONG);
    assertThat(answer.begin()).isTrue();
    answer.notStored();
    assertThat(answer.await()).isEqualTo(InboundAnswer.TRY_LATER);
    assertThat(answer.stored()).isFalse();
  }
}
