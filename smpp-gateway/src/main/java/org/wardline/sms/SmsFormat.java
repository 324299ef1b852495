package org.wardline.sms;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How a link wants its texts. Whoever counts a text and whoever sends it must use the same format,
 * or the counter lies.
 *
 * @param alphabet what a text is written in when that alphabet has all its characters; else UCS-2
 * @param concatenation how a text that is too long for one short message is sent
 * @param languages whose national tables may be used when that needs fewer segments than UCS-2;
 *     empty nearly everywhere, because few carriers outside the language's home carry them
 */
public record SmsFormat(
    Alphabet alphabet, Concatenation concatenation, Set<NationalLanguage> languages) {

  /** What data_coding says of a text that needs no UCS-2 (SMPP 3.4 §5.2.19). */
  public enum Alphabet {
    /** data_coding 0, GSM 7 bit, one septet per octet. What nearly every carrier wants. */
    GSM7,
    /** data_coding 3, ISO 8859-1. For devices and carriers that read no GSM 7 bit. */
    LATIN1;

    Coding coding() {
      return switch (this) {
        case GSM7 -> Gsm7.DEFAULT;
        case LATIN1 -> Coding.Latin1.CODING;
      };
    }
  }

  /** How the parts of a long text say that they belong together. */
  public enum Concatenation {
    /** In a user data header with an 8 bit reference (TS 23.040 §9.2.3.24.1). The usual way. */
    UDH_8(5),
    /** With a 16 bit reference (§9.2.3.24.8): one octet less for text, fewer mix-ups. */
    UDH_16(6),
    /**
     * In the TLVs sar_msg_ref_num, sar_total_segments and sar_segment_seqnum (SMPP 3.4 §5.3.2.22),
     * without a header. The SMSC makes the header, so the parts leave room for it, as carriers ask:
     * 153 septets, not 160.
     */
    SAR(5),
    /**
     * One submit_sm with everything in message_payload (§5.3.2.32); the SMSC cuts it. Counted as if
     * it cut like {@link #UDH_8}, which is what carriers bill.
     */
    PAYLOAD(5);

    private final int elementOctets;

    Concatenation(int elementOctets) {
      this.elementOctets = elementOctets;
    }

    /** What each part gives up for the element, be it ours or the SMSC's. */
    int elementOctets() {
      return elementOctets;
    }

    String written() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** GSM 7 bit, 8 bit references, no national tables. */
  public static final SmsFormat USUAL = new SmsFormat(Alphabet.GSM7, Concatenation.UDH_8, Set.of());

  /**
   * @throws IllegalArgumentException for national tables without GSM 7 bit or without a user data
   *     header: it is there that they are announced
   */
  public SmsFormat {
    languages = languages.isEmpty() ? Set.of() : Set.copyOf(EnumSet.copyOf(languages));
    boolean header =
        switch (concatenation) {
          case UDH_8, UDH_16 -> true;
          case SAR, PAYLOAD -> false;
        };
    if (!languages.isEmpty() && (!header || alphabet != Alphabet.GSM7)) {
      throw new IllegalArgumentException(
          "National tables are announced in the user data header of a GSM 7 bit text; use them with"
              + " gsm7 and udh-8 or udh-16.");
    }
  }

  public SmsFormat withAlphabet(Alphabet wanted) {
    return new SmsFormat(wanted, concatenation, languages);
  }

  public SmsFormat withConcatenation(Concatenation wanted) {
    return new SmsFormat(alphabet, wanted, languages);
  }

  public SmsFormat withLanguages(NationalLanguage... wanted) {
    return new SmsFormat(alphabet, concatenation, Set.of(wanted));
  }

  /** National ways to write a text, in the order in which they are tried. */
  List<Gsm7> nationalCodings() {
    return languages.stream().sorted().flatMap(l -> Gsm7.of(l).stream()).toList();
  }

  /** As words: {@code gsm7 udh-8}, {@code gsm7 udh-16 turkish spanish}. {@link #parse} reads it. */
  public String written() {
    return Stream.concat(
            Stream.of(alphabet.name().toLowerCase(Locale.ROOT), concatenation.written()),
            languages.stream().sorted().map(NationalLanguage::wireName))
        .collect(Collectors.joining(" "));
  }

  /**
   * Reads {@link #written}.
   *
   * @throws IllegalArgumentException with words for an administrator
   */
  public static SmsFormat parse(String written) {
    List<String> words = List.of(written.strip().split("\\s+"));
    Alphabet alphabet =
        Stream.of(Alphabet.values())
            .filter(a -> a.name().toLowerCase(Locale.ROOT).equals(words.getFirst()))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("The first word is gsm7 or latin1."));
    Concatenation concatenation =
        Stream.of(Concatenation.values())
            .filter(c -> words.size() > 1 && c.written().equals(words.get(1)))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "The second word is udh-8, udh-16, sar or payload."));
    List<NationalLanguage> languages = new ArrayList<>();
    for (String name : words.subList(2, words.size())) {
      languages.add(
          NationalLanguage.ofWireName(name)
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "\"" + name + "\" is no language with national tables.")));
    }
    return new SmsFormat(alphabet, concatenation, Set.copyOf(languages));
  }
}
