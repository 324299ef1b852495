package org.wardline.gateway.smpp;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.wardline.gateway.smpp.ReceiptPdu.Status;

/**
 * Reads delivery receipts as carriers really write them. SMPP 3.4 Appendix B only suggests a text
 * form, so fields may be missing and in any case; TLVs win where they are present (§5.3.2.12,
 * §5.3.2.35, §5.3.2.31). Never throws: jSMPP's own parser does, and the SMSC then delivers the same
 * receipt for ever (design §8, 7).
 */
final class ReceiptText {
  private static final int UCS2 = 8;
  private static final int FIELD_FLAGS = Pattern.CASE_INSENSITIVE;
  private static final Pattern ID = field("id", "[^\\s;,]+");
  private static final Pattern STAT = field("stat(?:us)?", "[a-z_]+");
  private static final Pattern ERR = field("err(?:or)?", "[^\\s;,]+");
  private static final Pattern DONE = field("done[\\s_]?date", "[0-9][0-9 :./T-]*");
  private static final Pattern NOT_DIGITS = Pattern.compile("\\D");
  private static final int MAX_DATE_DIGITS = 14;

  /** The quoted text comes last and may itself look like fields. */
  private static final Pattern QUOTED_TEXT = Pattern.compile("(?:^|[\\s;,])text\\s*:", FIELD_FLAGS);

  private ReceiptText() {}

  private static Pattern field(String name, String value) {
    return Pattern.compile("(?:^|[\\s;,])" + name + "\\s*:\\s*(" + value + ")", FIELD_FLAGS);
  }

  /**
   * @return empty when neither text nor TLVs name a message id: nobody could match it
   */
  static Optional<ReceiptPdu> parse(byte[] shortMessage, int dataCoding, List<Tlv> tlvs) {
    String fields = withoutQuotedText(characters(shortMessage, dataCoding));
    String inText = value(ID, fields);
    String id =
        find(tlvs, Tlv.RECEIPTED_MESSAGE_ID)
            .map(Tlv::string)
            .map(String::strip)
            .filter(s -> !s.isEmpty())
            .orElse(inText);
    if (id.isEmpty()) {
      return Optional.empty();
    }
    boolean disagree = !MessageIds.normalise(id).equals(MessageIds.normalise(inText));
    Status status =
        find(tlvs, Tlv.MESSAGE_STATE)
            .map(t -> status(t.number()))
            .filter(s -> s != Status.UNKNOWN)
            .orElseGet(() -> status(value(STAT, fields)));
    return Optional.of(
        new ReceiptPdu(id, disagree ? inText : "", status, error(fields, tlvs), doneDate(fields)));
  }

  /** The text's code, unless it says "no error" and the TLV knows of one. */
  private static String error(String fields, List<Tlv> tlvs) {
    String inText = value(ERR, fields);
    return inText.chars().allMatch(c -> c == '0')
        ? find(tlvs, Tlv.NETWORK_ERROR_CODE).map(ReceiptText::networkError).orElse(inText)
        : inText;
  }

  private static String doneDate(String fields) {
    String digits = NOT_DIGITS.matcher(value(DONE, fields)).replaceAll("");
    return digits.length() > MAX_DATE_DIGITS ? "" : digits;
  }

  /** Whether the TLVs alone make it a receipt, for carriers that leave esm_class at 0. */
  static boolean looksLikeReceipt(List<Tlv> tlvs) {
    return find(tlvs, Tlv.RECEIPTED_MESSAGE_ID).isPresent()
        && find(tlvs, Tlv.MESSAGE_STATE).isPresent();
  }

  private static Optional<Tlv> find(List<Tlv> tlvs, int tag) {
    return tlvs.stream().filter(t -> t.tag() == tag && t.value().length > 0).findFirst();
  }

  /**
   * Latin-1, not GSM: receipts with data_coding 0 are plain ASCII and ids contain underscores.
   * Whether it is UCS-2 is told by the octets: some carriers send it with data_coding 0, others say
   * 8 and write ASCII.
   */
  private static String characters(byte[] shortMessage, int dataCoding) {
    return new String(shortMessage, charset(shortMessage, dataCoding)).replace("\0", "");
  }

  private static Charset charset(byte[] octets, int dataCoding) {
    int evenZeros = 0;
    int oddZeros = 0;
    for (int i = 0; i < octets.length; i++) {
      if (octets[i] == 0) {
        evenZeros += 1 - (i & 1);
        oddZeros += i & 1;
      }
    }
    int half = octets.length / 2;
    if (evenZeros * 2 > half) {
      return StandardCharsets.UTF_16BE;
    }
    if (oddZeros * 2 > half) {
      return StandardCharsets.UTF_16LE;
    }
    // One zero may end the text.
    boolean ascii = evenZeros + oddZeros <= 1;
    return dataCoding == UCS2 && !ascii ? StandardCharsets.UTF_16BE : StandardCharsets.ISO_8859_1;
  }

  private static String withoutQuotedText(String text) {
    Matcher quoted = QUOTED_TEXT.matcher(text);
    return quoted.find() ? text.substring(0, quoted.start()) : text;
  }

  private static String value(Pattern field, String text) {
    Matcher matcher = field.matcher(text);
    return matcher.find() ? matcher.group(1) : "";
  }

  /**
   * The network type's digit, a slash, and the code (SMPP 3.4 §5.3.2.31). Some carriers write the
   * type as the character, and some an error of 0 with every delivery.
   */
  private static String networkError(Tlv tlv) {
    byte[] value = tlv.value();
    if (value.length != 3) {
      return Integer.toString(tlv.number());
    }
    int type = value[0] >= '0' ? value[0] - '0' : value[0];
    int code = ((value[1] & 0xFF) << 8) | (value[2] & 0xFF);
    return code == 0 ? "0" : type + "/" + code;
  }

  private static Status status(int messageState) {
    return switch (messageState) {
      case 0 -> Status.SCHEDULED;
      case 1 -> Status.ENROUTE;
      case 2 -> Status.DELIVERED;
      case 3 -> Status.EXPIRED;
      case 4 -> Status.DELETED;
      case 5 -> Status.UNDELIVERABLE;
      case 6 -> Status.ACCEPTED;
      case 8 -> Status.REJECTED;
      case 9 -> Status.SKIPPED;
      default -> Status.UNKNOWN;
    };
  }

  /** By the first letters: DELIVRD and DELIVERED, UNDELIV and UNDELIVERABLE are all about. */
  private static Status status(String word) {
    String letters = word.toUpperCase(Locale.ROOT);
    return switch (letters.substring(0, Math.min(letters.length(), 5))) {
      case "SCHED" -> Status.SCHEDULED;
      case "ENROU", "BUFFE" -> Status.ENROUTE;
      case "DELIV", "SUCCE" -> Status.DELIVERED;
      case "EXPIR" -> Status.EXPIRED;
      case "DELET" -> Status.DELETED;
      case "UNDEL", "FAILE" -> Status.UNDELIVERABLE;
      case "ACCEP", "ACKED" -> Status.ACCEPTED;
      case "REJEC" -> Status.REJECTED;
      case "SKIPP" -> Status.SKIPPED;
      default -> Status.UNKNOWN;
    };
  }
}
