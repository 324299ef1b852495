package org.wardline.sms;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class Gsm7Test {
  private static final Gsm7 GSM = Gsm7.DEFAULT;

  @Test
  void every_septet_of_both_tables_survives_a_round_trip() {
    int extended = 0;
    for (int septet = 0; septet < 128; septet++) {
      if (septet != Gsm7.ESCAPE) {
        byte[] plain = {(byte) septet};
        assertThat(GSM.encode(GSM.decode(plain))).isEqualTo(plain);
      }
      byte[] escaped = {Gsm7.ESCAPE, (byte) septet};
      String text = GSM.decode(escaped);
      if (text.length() == 1 && GSM.cost(text.charAt(0)) == 2) {
        extended++;
        assertThat(GSM.encode(text)).isEqualTo(escaped);
      }
    }
    assertThat(extended).isEqualTo(10);
  }

  @Test
  void exactly_137_characters_are_in_the_alphabet() {
    int known = 0;
    for (int c = 0; c <= Character.MAX_VALUE; c++) {
      known += GSM.cost((char) c) > 0 ? 1 : 0;
    }
    assertThat(known).isEqualTo(127 + 10);
  }

  /**
   * An implementation that shares nothing with ours, asked for every code point of the BMP and for
   * every septet with and without an escape. Perl is part of the set-up: without it this fails.
   */
  @Test
  void characters_are_written_as_perl_writes_them() throws Exception {
    String script =
        """
        for my $c (0..0xFFFF) {
          next if $c >= 0xD800 && $c <= 0xDFFF;
          my $s = chr($c);
          my $e = eval { Encode::encode('gsm0338', $s, Encode::FB_CROAK) };
          printf("%d %s\\n", $c, unpack('H*', $e)) if defined $e && length $e;
        }
        """;
    StringBuilder ours = new StringBuilder();
    for (int c = 0; c <= Character.MAX_VALUE; c++) {
      if (GSM.cost((char) c) > 0) {
        byte[] septets = GSM.encode(String.valueOf((char) c));
        ours.append(c).append(' ').append(HexFormat.of().formatHex(septets)).append('\n');
      }
    }
    assertThat(perl(script)).isEqualTo(ours.toString());
  }

  @Test
  void septets_are_read_as_perl_reads_them() throws Exception {
    String script =
        """
        for my $octets ((map { chr } 0..0x1A, 0x1C..0x7F), map { "\\x1B" . chr } 0..0x7F) {
          my $in = $octets;
          my $s = eval { Encode::decode('gsm0338', $in, Encode::FB_CROAK) };
          printf("%s %s\\n", unpack('H*', $octets), join ' ', map { ord } split //, $s)
            if defined $s && length $s;
        }
        """;
    StringBuilder ours = new StringBuilder();
    for (int septet = 0; septet < 128; septet++) {
      if (septet != Gsm7.ESCAPE) {
        String text = GSM.decode(new byte[] {(byte) septet});
        ours.append("%02x %d\n".formatted(septet, (int) text.charAt(0)));
      }
    }
    for (int septet = 0; septet < 128; septet++) {
      char c = GSM.decode(new byte[] {Gsm7.ESCAPE, (byte) septet}).charAt(0);
      // What stands in no table is shown by us and refused by Perl.
      if (GSM.cost(c) == 2) {
        ours.append("1b%02x %d\n".formatted(septet, (int) c));
      }
    }
    assertThat(perl(script)).isEqualTo(ours.toString());
  }

  private static String perl(String script) throws IOException, InterruptedException {
    Process perl =
        new ProcessBuilder("perl", "-MEncode", "-MEncode::GSM0338", "-e", script)
            .redirectErrorStream(true)
            .start();
    String out = new String(perl.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    assertThat(perl.waitFor(30, TimeUnit.SECONDS)).as("perl ends").isTrue();
    assertThat(perl.exitValue()).as("perl with Encode::GSM0338 is here: %s", out).isZero();
    return out;
  }
}
