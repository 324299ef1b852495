package org.wardline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.wardline.gateway.Attempt.AcceptedSegment;
import org.wardline.sms.InDoubt;
import org.wardline.sms.SmsFormat;

class LateAnswersTest {
  private static final Instant NOW = Instant.parse("2026-11-29T08:00:00Z");

  private final LateAnswers late = new LateAnswers(() -> {});
  private final UUID text = UUID.randomUUID();

  private static LateAnswers.Answer answer(UUID text, String smscId) {
    ClaimedText claimed =
        new ClaimedText(
            text,
            1,
            1,
            new byte[0],
            SmsFormat.USUAL,
            InDoubt.RESEND,
            0,
            false,
            NOW.plusSeconds(60),
            NOW);
    return new LateAnswers.Answer(
        claimed, 1, new AcceptedSegment(1, smscId, smscId, "13125550199", NOW, NOW));
  }

  @Test
  void both_answers_of_a_text_that_went_out_twice_are_kept() {
    LateAnswers.Answer first = answer(text, "one");
    LateAnswers.Answer second = answer(text, "two");
    late.keep(first);
    late.keep(second);
    assertThat(late.all()).containsExactly(first, second);
    late.forget(List.of(first));
    assertThat(late.all()).containsExactly(second);
  }

  @Test
  void the_next_attempt_takes_one_and_the_other_is_still_to_be_written() {
    late.keep(answer(text, "one"));
    LateAnswers.Answer second = answer(text, "two");
    late.keep(second);
    AcceptedSegment taken = late.take(text, 1);
    assertThat(taken).isNotNull();
    assertThat(late.all()).containsExactly(second);
    assertThat(late.take(text, 2)).isNull();
  }

  @Test
  void more_than_a_connection_listens_for_are_not_kept() {
    for (int i = 0; i < 1_500; i++) {
      late.keep(answer(UUID.randomUUID(), "id " + i));
    }
    assertThat(late.all()).hasSize(1_000);
    assertThat(late.all().getFirst().segment().smscId()).isEqualTo("id 500");
  }
}
