package org.wardline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.wardline.fuzz.Input;
import org.wardline.fuzz.Limits;
import org.wardline.fuzz.Mutants;
import org.wardline.gateway.InboundWords.Shown;
import org.wardline.gateway.smpp.InboundPdu;
import org.wardline.gateway.smpp.MessageIds;
import org.wardline.gateway.smpp.SarInfo;

/** Texts from phones become words, and ids of receipts become those of responses. */
class InboundFuzzTest {
  private static final InboundPdu.Origin ORIGIN = new InboundPdu.Origin(new UUID(0, 1), () -> true);

  /** A note of what was cut comes behind the limit. */
  private static final int NOTE_CHARS = 40;

  private static final int LOCKING_SHIFT = 0x25;

  @Test
  void changed_seeds_keep_every_promise() throws ReflectiveOperationException {
    Mutants.of(this);
  }

  private static Arrival arrival(Input input) {
    int esmClass = input.octet() & 0x40;
    int dataCoding = input.octet();
    boolean sar = input.flag();
    Optional<SarInfo> place =
        sar
            ? Optional.of(new SarInfo(input.octet(), input.octet(), input.octet()))
            : Optional.empty();
    return Arrival.of(pdu(esmClass, dataCoding, input.rest(), place), Instant.EPOCH);
  }

  private static InboundPdu pdu(int esmClass, int coding, byte[] octets, Optional<SarInfo> sar) {
    return new InboundPdu(
        "+13125550100", "72345", esmClass, coding, octets, esmClass != 0, sar, "", ORIGIN);
  }

  private static Shown show(Arrival arrival) {
    return InboundWords.show(
        arrival.dataCoding(), arrival.header(), arrival.damagedHeader(), arrival.body());
  }

  /** Any octets become a text that the database holds, or say that they are more than that. */
  @FuzzTest
  void text(byte[] octets) {
    Limits.keep(octets.length, () -> show(arrival(new Input(octets))));
    Arrival arrival = arrival(new Input(octets));
    assertThat(arrival.number()).isBetween(1, arrival.total());
    assertThat(arrival.total()).isBetween(1, 255);
    Shown shown = show(arrival);
    assertThat(shown.text()).isNotEmpty().doesNotContain("\0");
    assertThat(shown.text().length()).isLessThanOrEqualTo(InboundWords.MAX_CHARS + NOTE_CHARS);
    if (shown.whole() && arrival.body().length > 0 && arrival.dataCoding() != 8) {
      assertThat(shown.text()).as("whole").doesNotContain("\uFFFD");
    }
    if (shown.whole() && shown.text().equals(InboundWords.EMPTY)) {
      // Or somebody wrote these very words; Jazzer does.
      assertThat(arrival.body().length)
          .as("empty")
          .matches(length -> length == 0 || length >= InboundWords.EMPTY.length());
    }
  }

  /** STOP stays STOP, whatever coding and header a carrier puts with its letters. */
  @FuzzTest
  void stop(byte[] octets) {
    Input input = new Input(octets);
    int dataCoding = input.octet();
    // No header, one, or none although one is announced.
    int way = input.octet() % 3;
    boolean headed = way == 1;
    String word = List.of("STOP", "Stop", "stop", "STOP ALL", "UNSUBSCRIBE").get(input.octet() % 5);
    byte[] elements = input.octets(100);
    boolean wide = isUtf16(dataCoding);
    byte[] body = word.getBytes(wide ? StandardCharsets.UTF_16BE : StandardCharsets.US_ASCII);
    byte[] all = new byte[(headed ? 1 + elements.length : 0) + body.length];
    if (headed) {
      all[0] = (byte) elements.length;
      System.arraycopy(elements, 0, all, 1, elements.length);
    }
    System.arraycopy(body, 0, all, all.length - body.length, body.length);
    Arrival arrival =
        Arrival.of(pdu(way == 0 ? 0 : 0x40, dataCoding, all, Optional.empty()), Instant.EPOCH);
    boolean otherLetters = headed && arrival.damagedHeader();
    if (otherLetters || names(arrival.header(), LOCKING_SHIFT)) {
      // Then letters need not be where they were; text() says what holds.
      return;
    }
    assertThat(show(arrival).text()).isEqualTo(word);
  }

  private static boolean names(byte[] header, int element) {
    for (byte one : header) {
      if (one == element) {
        return true;
      }
    }
    return false;
  }

  private static boolean isUtf16(int dataCoding) {
    return dataCoding == 8
        || (dataCoding >= 0x18 && dataCoding <= 0x1B)
        || (dataCoding & 0xF0) == 0xE0;
  }

  /** However a receipt writes an id, readings are few, and there and back is the same. */
  @FuzzTest
  void ids(byte[] octets) {
    String id = CarrierWords.printable(MessageIds.normalise(new Input(octets).latin()));
    Limits.keep(
        octets.length,
        () -> {
          for (IdStyle style : IdStyle.values()) {
            List<String> readings = style.responseIds(id);
            assertThat(readings).hasSizeLessThanOrEqualTo(id.length() * 3 + 2).doesNotContain("");
            assertThat(readings).allMatch(one -> MessageIds.normalise(one).equals(one));
            if (style.isHabit()) {
              style
                  .responseId(id)
                  .flatMap(style::receiptId)
                  .ifPresent(back -> assertThat(back).isEqualTo(id));
            }
          }
        });
    assertThat(new IdHabit("link").inOrder()).containsExactlyInAnyOrder(IdStyle.values());
  }
}
