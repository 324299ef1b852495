package org.wardline.sms;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.wardline.fuzz.Input;
import org.wardline.fuzz.Limits;
import org.wardline.fuzz.Mutants;
import org.wardline.sms.SmsFormat.Alphabet;
import org.wardline.sms.SmsFormat.Concatenation;
import org.wardline.sms.SmsText.Carriage;

/** What texts, headers and numbers promise, whatever octets they are made of. */
class SmsFuzzTest {
  private static final int AIR_OCTETS = 140;

  /** A composer's limit; the longest text that is sent at all has 255 × 153. */
  private static final int MAX_TEXT_CHARS = 2_000;

  @Test
  void changed_seeds_keep_every_promise() throws ReflectiveOperationException {
    Mutants.of(this);
  }

  /** UserDataHeader reads whole elements or nothing. */
  @FuzzTest
  void header(byte[] octets) {
    Limits.keep(octets.length, () -> UserDataHeader.parse(octets));
    Optional<UserDataHeader> header = UserDataHeader.parse(octets);
    if (header.isEmpty()) {
      return;
    }
    assertThat(header.get().headerLength()).isEqualTo(1 + (octets[0] & 0xFF));
    assertThat(header.get().headerLength()).isLessThanOrEqualTo(octets.length);
    int others = header.get().others().stream().mapToInt(e -> 2 + e.data().length).sum();
    assertThat(others).isLessThan(header.get().headerLength());
    header
        .get()
        .concatenation()
        .ifPresent(
            c -> {
              assertThat(c.number()).isBetween(1, c.total());
              assertThat(c.total()).isBetween(1, 255);
              assertThat(c.reference()).isBetween(0, c.wide() ? 0xFFFF : 0xFF);
            });
    ReceivedCoding coding = ReceivedCoding.of(0, header);
    assertThat(ReceivedCoding.parse(coding.written())).isEqualTo(coding);
  }

  /** Every data_coding and national table: never throws, loses no octet. */
  @FuzzTest
  void received(byte[] octets) {
    Input input = new Input(octets);
    ReceivedCoding coding = new ReceivedCoding(input.octet(), input.octet(), input.octet());
    byte[] body = input.rest();
    Limits.keep(body.length, () -> coding.decode(body));
    String text = coding.decode(body);
    if (text.startsWith("[binary message, " + body.length + " octets: ")) {
      return;
    }
    switch (coding.dataCoding()) {
      case 1, 3 -> assertThat(text).hasSize(body.length);
      case 8 -> assertThat(text).hasSize(body.length / 2);
      case 0, 0xF1 -> {
        int escapes = 0;
        for (int i = 0; i < body.length; i++) {
          if (body[i] == Gsm7.ESCAPE) {
            escapes++;
            i++;
          }
        }
        assertThat(text).hasSize(body.length - escapes);
      }
      // How many characters there are depends on the charset.
      default -> {}
    }
  }

  /** What is sent says the text and fits the air, in any format. */
  @FuzzTest
  void text(byte[] octets) {
    Input input = new Input(octets);
    SmsFormat format = format(input);
    int reference = input.octet() << 8 | input.octet();
    String all = input.text();
    String text = all.substring(0, Math.min(all.length(), MAX_TEXT_CHARS));
    SmsText sms = SmsText.of(text, format);
    Limits.keep(octets.length, () -> SmsText.of(text, format).split(reference));
    List<SmsText.Segment> segments = sms.split(reference);

    StringBuilder heard = new StringBuilder();
    segments.forEach(segment -> heard.append(hear(segment)));
    assertThat(heard.toString().equals(text)).isTrue();
    assertThat(sms.segments())
        .isLessThanOrEqualTo(SmsText.of(text, format.withLanguages()).segments());
    if (!(segments.getFirst().carriage() instanceof Carriage.Payload)) {
      assertThat(segments).hasSize(sms.segments());
      segments.forEach(segment -> assertThat(airOctets(segment)).isLessThanOrEqualTo(AIR_OCTETS));
    }
  }

  private static SmsFormat format(Input input) {
    Concatenation[] ways = Concatenation.values();
    Concatenation way = ways[input.octet() % ways.length];
    boolean latin = input.flag();
    int chosen = input.octet() << 8 | input.octet();
    Set<NationalLanguage> languages = EnumSet.noneOf(NationalLanguage.class);
    for (NationalLanguage language : NationalLanguage.values()) {
      if ((chosen >> (language.identifier() - 1) & 1) == 1) {
        languages.add(language);
      }
    }
    boolean header =
        switch (way) {
          case UDH_8, UDH_16 -> true;
          case SAR, PAYLOAD -> false;
        };
    return new SmsFormat(
        latin ? Alphabet.LATIN1 : Alphabet.GSM7, way, header && !latin ? languages : Set.of());
  }

  private static String hear(SmsText.Segment segment) {
    Optional<UserDataHeader> header =
        segment.udh().length == 0 ? Optional.empty() : UserDataHeader.parse(segment.octets());
    assertThat(header.map(UserDataHeader::headerLength).orElse(0)).isEqualTo(segment.udh().length);
    return ReceivedCoding.of(segment.dataCoding(), header).decode(segment.body());
  }

  /** Septets are packed on the air, from the next septet after the header. */
  private static int airOctets(SmsText.Segment segment) {
    int smscHeader = segment.carriage() instanceof Carriage.Sar ? 6 : 0;
    int header = smscHeader + segment.udh().length;
    if (segment.dataCoding() != 0) {
      return header + segment.body().length;
    }
    return (((header * 8 + 6) / 7 + segment.body().length) * 7 + 7) / 8;
  }

  /** Numbers as carriers and people write them. */
  @FuzzTest
  void number(byte[] octets) {
    Input input = new Input(octets);
    String written = input.text();
    Limits.keep(octets.length, () -> PhoneNumber.parse(written));
    Limits.keep(octets.length, () -> PhoneNumber.ofAddress(written));
    PhoneNumber.ofAddress(written).ifPresent(SmsFuzzTest::isItself);
    PhoneNumber.parse(written).ifPresent(SmsFuzzTest::isItself);
    SenderAddress.parse(written)
        .ifPresent(
            sender -> {
              assertThat(sender.display()).isNotEmpty();
              assertThat(SenderAddress.parse(sender.value())).contains(sender);
              assertThat(sender.isDestination(sender.value())).isTrue();
            });
    new SenderAddress("+13125550100").isDestination(written);
  }

  private static void isItself(PhoneNumber number) {
    assertThat(PhoneNumber.parse(number.e164())).contains(number);
    assertThat(number.display()).isNotEmpty();
    assertThat(number.toString()).doesNotContain(number.e164());
  }

  /** A format is read as it would be written, or refused in words. */
  @FuzzTest
  void format(byte[] octets) {
    String written = new String(octets, StandardCharsets.UTF_8);
    Limits.keep(
        octets.length,
        () -> {
          try {
            SmsFormat format = SmsFormat.parse(written);
            assertThat(SmsFormat.parse(format.written())).isEqualTo(format);
          } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageEndingWith(".");
          }
        });
  }

  /** Kept parts come back; a record that is no record is refused and reserves no memory. */
  @FuzzTest
  void kept(byte[] octets) {
    Input input = new Input(octets);
    KeptOctets.Part part =
        new KeptOctets.Part(input.octet(), input.octets(input.octet()), input.rest());
    List<KeptOctets.Part> back = KeptOctets.parts(KeptOctets.octets(List.of(part, part)));
    assertThat(back).hasSize(2);
    assertThat(back.getLast().dataCoding()).isEqualTo(part.dataCoding());
    assertThat(back.getLast().header()).isEqualTo(part.header());
    assertThat(back.getLast().body()).isEqualTo(part.body());
    Limits.keep(
        octets.length,
        () -> {
          try {
            KeptOctets.parts(octets);
          } catch (UncheckedIOException e) {
            assertThat(e.getCause()).isNotNull();
          }
        });
  }
}
