package org.wardline.gateway.smpp;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsmpp.bean.NumberingPlanIndicator;
import org.jsmpp.bean.TypeOfNumber;

/** Which type of number and numbering plan go with an address (SMPP 3.4 §5.2.5, §5.2.6). */
public sealed interface AddressType {
  AddressType AUTO = new FromLook();

  /** Whatever {@link Address} makes of how the address looks; right for nearly every carrier. */
  record FromLook() implements AddressType {}

  /**
   * The same for every address, for carriers and devices that insist.
   *
   * @param ton 0 unknown, 1 international, 2 national, 3 network specific, 4 subscriber, 5
   *     alphanumeric, 6 abbreviated
   * @param npi 0 unknown, 1 E.164, and the others of §5.2.6
   */
  record Fixed(int ton, int npi) implements AddressType {
    public Fixed {
      int wantedTon = ton;
      int wantedNpi = npi;
      if (Arrays.stream(TypeOfNumber.values()).noneMatch(t -> t.value() == wantedTon)
          || Arrays.stream(NumberingPlanIndicator.values())
              .noneMatch(n -> n.value() == wantedNpi)) {
        throw new IllegalArgumentException(
            "No such type of number and numbering plan in SMPP: " + ton + "/" + npi + ".");
      }
    }
  }

  /**
   * {@code auto}, or type of number and numbering plan as in {@code 1/1}: the spelling of the
   * settings.
   */
  static AddressType parse(String written) {
    if (written.equals("auto")) {
      return AUTO;
    }
    Matcher matcher = Pattern.compile("(\\d{1,2})/(\\d{1,2})").matcher(written);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "Write \"auto\", or type of number and numbering plan as in \"1/1\".");
    }
    return new Fixed(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
  }
}
