package org.wardline.gateway.smpp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardline.gateway.smpp.ReceiptPdu.Status;

class ReceiptTextTest {
  private static Optional<ReceiptPdu> parse(String text, Tlv... tlvs) {
    return ReceiptText.parse(text.getBytes(StandardCharsets.ISO_8859_1), 0, List.of(tlvs));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "id:1a2B sub:001 dlvrd:001 submit date:2611211200 done date:2611211201 stat:DELIVRD err:000 text:Hi|1a2B|DELIVERED|000",
        "id:7 sub:001 dlvrd:000 submit date:261121120000 done date:261121120130 stat:UNDELIV err:1F text:|7|UNDELIVERABLE|1F",
        "id:7 done date:20261121120130 stat:EXPIRED|7|EXPIRED|''",
        "id:7 done date:202611211201 stat:REJECTD|7|REJECTED|''",
        "ID:ab-1_2 STAT:delivered ERR:0|ab-1_2|DELIVERED|0",
        "stat:ACCEPTD id:9|9|ACCEPTED|''",
        "id:9|9|UNKNOWN|''",
        "id: 9 stat: ENROUTE donedate: 2611211201|9|ENROUTE|''",
        "id:9 stat:DELETED done date:2613451201|9|DELETED|''",
        "id:9;stat:SKIPPED;err:5|9|SKIPPED|5",
        "id:9 stat:WHATEVER text:id:8 stat:DELIVRD|9|UNKNOWN|''",
      })
  void receipts_are_read_as_carriers_write_them(
      String text, String id, Status status, String error) {
    ReceiptPdu read = parse(text).orElseThrow();
    assertThat(new ReceiptPdu(read.messageId(), read.status(), read.errorCode()))
        .isEqualTo(new ReceiptPdu(id, status, error));
  }

  @Test
  void tlvs_alone_are_a_receipt() {
    assertThat(
            parse(
                "",
                Tlv.text(Tlv.RECEIPTED_MESSAGE_ID, "00AB"),
                Tlv.octet(Tlv.MESSAGE_STATE, 2),
                new Tlv(Tlv.NETWORK_ERROR_CODE, new byte[] {3, 0, 11})))
        .contains(new ReceiptPdu("00AB", Status.DELIVERED, "3/11"));
  }

  @Test
  void tlvs_win_over_the_text() {
    ReceiptPdu receipt =
        parse(
                "id:1 stat:ENROUTE err:7",
                Tlv.text(Tlv.RECEIPTED_MESSAGE_ID, "2"),
                Tlv.octet(Tlv.MESSAGE_STATE, 5))
            .orElseThrow();
    assertThat(receipt).isEqualTo(new ReceiptPdu("2", "1", Status.UNDELIVERABLE, "7", ""));
  }

  @Test
  void an_id_tlv_without_its_final_zero_is_read() {
    Tlv id = new Tlv(Tlv.RECEIPTED_MESSAGE_ID, "77".getBytes(StandardCharsets.US_ASCII));
    assertThat(parse("stat:DELIVRD", id).orElseThrow().messageId()).isEqualTo("77");
  }

  @Test
  void a_receipt_in_ucs2_is_read() {
    byte[] octets = "id:5 stat:DELIVRD".getBytes(StandardCharsets.UTF_16BE);
    assertThat(ReceiptText.parse(octets, 8, List.of()).orElseThrow().status())
        .isEqualTo(Status.DELIVERED);
  }

  @Test
  void a_receipt_without_an_id_is_none() {
    assertThat(parse("stat:DELIVRD err:000")).isEmpty();
    assertThat(parse("")).isEmpty();
    assertThat(parse("text:id:5")).isEmpty();
  }

  @Test
  void no_octets_make_it_throw() {
    Random random = new Random(7);
    String[] pieces = {"id:", "stat:", "done date:", "text:", " ", "9", "X", "\0", "err:", "2613"};
    for (int i = 0; i < 50_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int j = random.nextInt(12); j > 0; j--) {
        text.append(pieces[random.nextInt(pieces.length)]);
      }
      byte[] value = new byte[random.nextInt(5)];
      random.nextBytes(value);
      var _ = parse(text.toString(), new Tlv(Tlv.NETWORK_ERROR_CODE, value));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "id:7 done date:2611210102 stat:DELIVRD|2611210102",
        "id:7 done date:261121010203 stat:DELIVRD|261121010203",
        "id:7 donedate:20261121010203 stat:DELIVRD|20261121010203",
        "id:7 done_date:2026-11-21 01:02:03 stat:DELIVRD|20261121010203",
        "id:7 stat:DELIVRD done date: err:000|''",
        "id:7 submit date:2611210102 stat:DELIVRD text:done date:2611210102|''",
      })
  void the_done_date_is_kept_as_digits(String text, String digits) {
    assertThat(parse(text).orElseThrow().doneDate()).isEqualTo(digits);
  }

  @Test
  void a_code_of_the_tlv_counts_when_the_text_says_no_error() {
    Tlv network = new Tlv(Tlv.NETWORK_ERROR_CODE, new byte[] {'3', 0, 6});
    assertThat(parse("id:1 stat:UNDELIV err:000", network).orElseThrow().errorCode())
        .isEqualTo("3/6");
    assertThat(parse("id:1 stat:UNDELIV err:077", network).orElseThrow().errorCode())
        .isEqualTo("077");
  }

  @Test
  void ucs2_is_recognised_whatever_the_carrier_calls_it() {
    String text = "id:5 stat:DELIVRD";
    for (int coding : new int[] {0, 3, 8}) {
      for (java.nio.charset.Charset charset :
          List.of(
              StandardCharsets.UTF_16BE, StandardCharsets.UTF_16LE, StandardCharsets.US_ASCII)) {
        assertThat(ReceiptText.parse(text.getBytes(charset), coding, List.of()))
            .contains(new ReceiptPdu("5", Status.DELIVERED, ""));
      }
    }
  }
}
