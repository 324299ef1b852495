package org.wardline.sms;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardline.sms.Lookalikes.Change;
import org.wardline.sms.Lookalikes.Offer;

class LookalikesTest {
  private static Optional<Offer> offer(String text) {
    return Lookalikes.offer(SmsText.of(text));
  }

  @Test
  void the_offer_says_what_changes_and_what_it_saves() {
    String text = "“Ana”, please bring the form… " + "Thank you very much. ".repeat(4);
    Offer offer = offer(text).orElseThrow();
    assertThat(offer.before().segments()).isEqualTo(2);
    assertThat(offer.after().segments()).isOne();
    assertThat(offer.after().text()).startsWith("\"Ana\", please bring the form... Thank");
    assertThat(offer.times()).isEqualTo(3);
    assertThat(offer.changes())
        .containsExactly(
            new Change("“", "\"", "curly quote", 1),
            new Change("”", "\"", "curly quote", 1),
            new Change("…", "...", "ellipsis", 1));
    assertThat(offer.changes().toString()).doesNotContain("“");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "don’t | don't",
        "9–10 | 9-10",
        "a\u00A0b\u2009c\u202Fd | a b c d",
        "• one | * one",
        "ﬁle œuf | file oeuf",
        "ＡＢＣ１２３！ | ABC123!",
        "cafe\u0301 sen\u0303or | café señor",
        "garc\u0327on, ma\u0302le | garcon, male",
        "ÁNGEL Ñandú | ",
        "ÁNGEL Ñande | ANGEL Ñande",
        "Å\u212B \u2126 | ÅÅ Ω",
        "a\u200Bb\u200Ec\u202Ed\u202Ce\uFEFF\u2066f\u2069 | abcdef",
      })
  void look_alikes_become_plain_and_letters_stay_letters(String text, String plain) {
    assertThat(offer(text).map(o -> o.after().text())).isEqualTo(Optional.ofNullable(plain));
  }

  /** Each would say something else, or gain nothing. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain",
        "ñ é à Ç €",
        "habló",
        "mamá",
        "avô não",
        "1½ tablets",
        "5 µg",
        "38° C",
        "10²",
        "1º",
        "Łukasz",
        "ışık",
        "“quoted” 😀",
        "здравствуй – привет",
        "日本「」",
        "o\u0301"
      })
  void nothing_is_offered_that_changes_the_meaning_or_gains_nothing(String text) {
    assertThat(offer(text)).isEmpty();
  }

  @Test
  void a_longer_plain_form_that_costs_a_text_is_not_offered() {
    assertThat(SmsText.of("…".repeat(60)).segments()).isOne();
    assertThat(offer("…".repeat(60))).isEmpty();
  }

  @Test
  void the_offer_is_one_for_the_format_of_the_link() {
    SmsFormat latin = SmsFormat.USUAL.withAlphabet(SmsFormat.Alphabet.LATIN1);
    assertThat(Lookalikes.offer(SmsText.of("«á» `´×\u00A0", latin))).isEmpty();
    Offer offer = Lookalikes.offer(SmsText.of("«á» ’", latin)).orElseThrow();
    assertThat(offer.after().text()).isEqualTo("«á» '");
    SmsFormat spanish = SmsFormat.USUAL.withLanguages(NationalLanguage.SPANISH);
    assertThat(Lookalikes.offer(SmsText.of("¡Mañana! " + "Habló con mamá. ".repeat(6), spanish)))
        .isEmpty();
  }

  @Test
  void every_plain_form_can_be_written_and_its_look_alike_cannot() {
    Set<Character> seen = new HashSet<>();
    for (Lookalikes.Plain plain : Lookalikes.TABLE) {
      assertThat(seen.add(plain.from())).as(plain.name()).isTrue();
      assertThat(Gsm7.DEFAULT.cost(plain.from())).as(plain.name()).isZero();
      assertThat(Gsm7.DEFAULT.costOf(plain.to())).as(plain.name()).isNotNegative();
    }
  }

  @Test
  void whoever_hides_characters_is_named() {
    Offer offer = offer("pay\u200B \u202Enow").orElseThrow();
    assertThat(offer.changes().stream().map(Change::name))
        .containsExactly("zero-width space", "invisible right-to-left control");
  }
}
