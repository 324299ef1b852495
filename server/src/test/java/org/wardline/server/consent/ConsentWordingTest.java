package org.wardline.server.consent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardline.server.consent.ConsentRules.Answer;
import org.wardline.sms.SmsEncoding;
import org.wardline.sms.SmsText;

class ConsentWordingTest {
  private final ConsentWording wording =
      new ConsentWording("Lakeside Family Practice", "(312) 555-0199");

  @ParameterizedTest
  @EnumSource(Answer.class)
  void every_answer_names_the_practice_and_stays_cheap(Answer answer) {
    String text = wording.of(answer);
    assertThat(text).startsWith("Lakeside Family Practice");
    assertThat(SmsText.of(text).encoding()).isEqualTo(SmsEncoding.GSM7);
    assertThat(SmsText.of(text).segments()).isLessThanOrEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource(value = Answer.class, mode = EnumSource.Mode.EXCLUDE, names = "CONFIRM_STOP")
  void every_answer_says_how_to_stop(Answer answer) {
    assertThat(wording.of(answer)).contains("STOP");
  }
}
