package org.wardline.sms;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class Gsm7Test {
  @Test
  void every_septet_of_both_tables_survives_a_round_trip() {
    int extended = 0;
    for (int septet = 0; septet < 128; septet++) {
      if (septet != Gsm7.ESCAPE) {
        byte[] plain = {(byte) septet};
        assertThat(Gsm7.encode(Gsm7.decode(plain))).isEqualTo(plain);
      }
      byte[] escaped = {Gsm7.ESCAPE, (byte) septet};
      String text = Gsm7.decode(escaped);
      if (text.length() == 1 && Gsm7.cost(text.charAt(0)) == 2) {
        extended++;
        assertThat(Gsm7.encode(text)).isEqualTo(escaped);
      }
    }
    assertThat(extended).isEqualTo(10);
  }

  @Test
  void exactly_137_characters_are_in_the_alphabet() {
    int known = 0;
    for (int c = 0; c <= Character.MAX_VALUE; c++) {
      known += Gsm7.cost((char) c) > 0 ? 1 : 0;
    }
    assertThat(known).isEqualTo(127 + 10);
  }

  /** An implementation that shares nothing with ours. */
  @Test
  void the_table_is_the_one_perl_knows() throws IOException, InterruptedException {
    String script =
        "use Encode; for my $c (0..0xFFFF) { next if $c>=0xD800 && $c<=0xDFFF;"
            + " my $s=chr($c); my $e=eval{encode('gsm0338',$s,Encode::FB_CROAK)};"
            + " printf(\"%d %s\\n\",$c,unpack('H*',$e)) if defined $e && length $e }";
    Process perl;
    try {
      perl = new ProcessBuilder("perl", "-MEncode::GSM0338", "-e", script).start();
    } catch (IOException e) {
      System.out.println("skipped: no perl here to compare the GSM alphabet with");
      return;
    }
    String out = new String(perl.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    if (!perl.waitFor(30, TimeUnit.SECONDS) || perl.exitValue() != 0) {
      System.out.println("skipped: perl has no Encode::GSM0338 to compare the alphabet with");
      return;
    }
    StringBuilder ours = new StringBuilder();
    for (int c = 0; c <= Character.MAX_VALUE; c++) {
      if (Gsm7.cost((char) c) > 0) {
        ours.append(c).append(' ');
        for (byte septet : Gsm7.encode(String.valueOf((char) c))) {
          ours.append(String.format("%02x", septet));
        }
        ours.append('\n');
      }
    }
    assertThat(ours.toString()).isEqualTo(out);
  }
}
