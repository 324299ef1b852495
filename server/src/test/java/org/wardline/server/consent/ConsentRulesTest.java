package org.wardline.server.consent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardline.server.consent.ConsentLedger.Saying;
import org.wardline.server.consent.ConsentRules.Answer;
import org.wardline.server.consent.ConsentRules.Reaction;

/** proves CON-2, CON-4, CON-5 (rules) */
class ConsentRulesTest {
  private static final Reaction NOTHING = new Reaction(Optional.empty(), Optional.empty(), false);

  private static Reaction on(String text, ConsentState state, int asked) {
    return ConsentRules.onText(text, state, asked, true);
  }

  @ParameterizedTest
  @EnumSource(value = ConsentState.class, mode = EnumSource.Mode.EXCLUDE, names = "OPTED_OUT")
  void stop_ends_everything_and_is_confirmed_once(ConsentState state) {
    assertThat(on("STOP", state, 0))
        .isEqualTo(
            new Reaction(Optional.of(Saying.REVOKED), Optional.of(Answer.CONFIRM_STOP), true));
  }

  @Test
  void a_second_stop_is_not_confirmed_again_and_leaves_the_first_confirmation_alone() {
    assertThat(on("STOP", ConsentState.OPTED_OUT, 0)).isEqualTo(NOTHING);
  }

  @Test
  void yes_counts_only_as_an_answer_to_a_request_or_after_a_stop() {
    Reaction opened =
        new Reaction(Optional.of(Saying.GRANTED), Optional.of(Answer.CONFIRM_START), false);
    assertThat(on("yes", ConsentState.REQUESTED, 1)).isEqualTo(opened);
    assertThat(on("yes", ConsentState.OPTED_OUT, 0)).isEqualTo(opened);
    assertThat(on("yes", ConsentState.GRANTED, 0)).isEqualTo(NOTHING);
    assertThat(on("yes", ConsentState.REVOKED, 0)).isEqualTo(NOTHING);
  }

  @Test
  void first_contact_is_asked_and_asked_again_at_most_once() {
    assertThat(on("Hi, it's me", ConsentState.NONE, 0).answer()).contains(Answer.ASK_FOR_CONSENT);
    assertThat(on("maybe", ConsentState.REQUESTED, 1).answer()).contains(Answer.ASK_FOR_CONSENT);
    assertThat(on("maybe", ConsentState.REQUESTED, 2)).isEqualTo(NOTHING);
  }

  @Test
  void a_practice_that_does_not_want_it_does_not_ask_on_first_contact() {
    assertThat(ConsentRules.onText("Hi", ConsentState.NONE, 0, false)).isEqualTo(NOTHING);
  }

  @Test
  void whoever_opted_out_is_not_asked_again() {
    assertThat(on("Hello?", ConsentState.OPTED_OUT, 0)).isEqualTo(NOTHING);
    assertThat(on("Hello?", ConsentState.REVOKED, 0)).isEqualTo(NOTHING);
  }

  @ParameterizedTest
  @EnumSource(ConsentState.class)
  void help_is_always_answered_and_changes_nothing(ConsentState state) {
    assertThat(on("HELP", state, 0))
        .isEqualTo(new Reaction(Optional.empty(), Optional.of(Answer.HELP), false));
  }
}
