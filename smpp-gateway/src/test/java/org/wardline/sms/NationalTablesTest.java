package org.wardline.sms;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NationalTablesTest {
  /**
   * The fixture says the tables once more, as numbers: one line a table, {@code -} for nothing.
   * Written down from 3GPP TS 23.038 V18 annex A.
   */
  @Test
  void the_tables_are_those_of_annex_a() throws IOException {
    List<String> ours = new ArrayList<>();
    for (NationalLanguage language : NationalLanguage.values()) {
      GsmTable.locking(language).ifPresent(t -> ours.add(line(language, "locking", t)));
      ours.add(line(language, "single", GsmTable.single(language)));
    }
    try (InputStream in = NationalTablesTest.class.getResourceAsStream("/ts-23038-annex-a.txt")) {
      assertThat(in).isNotNull();
      List<String> fixture =
          new String(in.readAllBytes(), StandardCharsets.US_ASCII)
              .lines()
              .filter(l -> !l.startsWith("#"))
              .toList();
      assertThat(ours).isEqualTo(fixture);
    }
  }

  private static String line(NationalLanguage language, String kind, GsmTable table) {
    StringBuilder line = new StringBuilder(language.wireName() + " " + kind);
    for (int septet = 0; septet < GsmTable.SEPTETS; septet++) {
      char c = table.at(septet);
      boolean nothing = c == GsmTable.NOTHING || septet == GsmTable.ESCAPE;
      line.append(nothing ? " -" : " %04X".formatted((int) c));
    }
    return line.toString();
  }

  @ParameterizedTest
  @EnumSource(NationalLanguage.class)
  void whatever_a_language_can_write_comes_back_as_it_was(NationalLanguage language) {
    for (Gsm7 coding : Gsm7.of(language)) {
      int written = 0;
      for (int c = 0; c <= Character.MAX_VALUE; c++) {
        String text = String.valueOf((char) c);
        int cost = coding.cost((char) c);
        if (cost > 0) {
          written++;
          byte[] septets = coding.encode(text);
          assertThat(septets).hasSize(cost);
          assertThat(coding.decode(septets)).isEqualTo(text);
        }
      }
      assertThat(written).isBetween(100, 220);
    }
  }

  @Test
  void the_headers_name_the_language_and_the_kind_of_shift() {
    assertThat(announced("ş".repeat(71), NationalLanguage.TURKISH)).isEqualTo("03240101");
    assertThat(announced("ã".repeat(130), NationalLanguage.PORTUGUESE)).isEqualTo("03250103");
    // Both kinds: lower case stands in the locking table, Latin capitals in the single one.
    assertThat(announced("क".repeat(100) + "OK", NationalLanguage.HINDI))
        .isEqualTo("06240106250106");
  }

  private static String announced(String text, NationalLanguage language) {
    SmsText sms = SmsText.of(text, SmsFormat.USUAL.withLanguages(language));
    assertThat(sms.encoding()).isEqualTo(SmsEncoding.GSM7);
    StringBuilder hex = new StringBuilder();
    for (byte octet : sms.split(1).getFirst().udh()) {
      hex.append(String.format(Locale.ROOT, "%02x", octet));
    }
    return hex.toString();
  }

  @Test
  void national_tables_are_used_only_on_request_and_only_when_they_save_a_text() {
    String turkish =
        "Yarın saat dokuzda randevunuz var, lütfen aç karnına geliniz. Teşekkür ederiz";
    assertThat(turkish.length()).isGreaterThan(70);
    assertThat(SmsText.of(turkish).encoding()).isEqualTo(SmsEncoding.UCS2);
    SmsFormat allowed = SmsFormat.USUAL.withLanguages(NationalLanguage.TURKISH);
    assertThat(SmsText.of(turkish, allowed).encoding()).isEqualTo(SmsEncoding.GSM7);
    assertThat(SmsText.of(turkish, allowed).segments()).isOne();
    assertThat(SmsText.of("Teşekkür", allowed).encoding()).isEqualTo(SmsEncoding.UCS2);
    assertThat(SmsText.of("Plain €", allowed).split(1).getFirst().udh()).isEmpty();
  }

  @Test
  void a_language_of_a_later_standard_is_read_in_the_default_alphabet() {
    UserDataHeader header =
        UserDataHeader.parse(new byte[] {6, 0x24, 1, 99, 0x25, 1, 14, 'h', 'i'}).orElseThrow();
    ReceivedCoding coding = ReceivedCoding.of(0, Optional.of(header));
    assertThat(coding.decode(new byte[] {'h', 'i', 0x1B, 0x65})).isEqualTo("hi€");
    assertThat(ReceivedCoding.parse(coding.written())).isEqualTo(coding);
  }
}
