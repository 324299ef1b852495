package org.wardline.server.consent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardline.server.consent.ConsentWords.Meaning;

/** proves CON-4 (keywords) */
class ConsentWordsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "STOP",
        "stop",
        "Stop.",
        " stop \n",
        "\"STOP\"",
        "sToP!!!",
        "STOPALL",
        "Stop all",
        "UNSUBSCRIBE",
        "cancel",
        "END",
        "Quit",
        "revoke",
        "OPT OUT",
        "opt-out",
        "optout",
        "please stop",
        "Stop please",
        "stop texting me",
        "Please stop texting me.",
        "No more messages",
        "no more texts",
        "don't text me",
        "don’t text me",
        "ＳＴＯＰ",
        "𝗦𝗧𝗢𝗣",
        "ALTO",
        "No más mensajes",
        "Basta",
        "stop 🙏"
      })
  void words_for_stop_are_known_in_any_dress(String text) {
    assertThat(ConsentWords.of(text)).isEqualTo(Meaning.STOP);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "can I stop by at 3",
        "I stopped taking the pills",
        "at the end of the week",
        "Please cancel my 3pm",
        "don't stop the treatment",
        "",
        "   ",
        "👍",
        "non-stop pain since Monday",
        "yes but stop by first",
        "the pharmacy said to quit",
        "Para el viernes puedo"
      })
  void ordinary_texts_are_left_alone(String text) {
    assertThat(ConsentWords.of(text)).isEqualTo(Meaning.OTHER);
  }

  @ParameterizedTest
  @ValueSource(strings = {"YES", "yes", "Yes!", "y", "Sí", "si", "I agree", "Yes please."})
  void words_for_yes(String text) {
    assertThat(ConsentWords.of(text)).isEqualTo(Meaning.YES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"START", "unstop", "Start."})
  void words_for_start(String text) {
    assertThat(ConsentWords.of(text)).isEqualTo(Meaning.START);
  }

  @ParameterizedTest
  @ValueSource(strings = {"HELP", "help?", "info", "AYUDA"})
  void words_for_help(String text) {
    assertThat(ConsentWords.of(text)).isEqualTo(Meaning.HELP);
  }
}
