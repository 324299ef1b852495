package org.wardline.sms;

import java.util.Map;
import java.util.TreeMap;

/**
 * What the common error codes of receipts usually mean. Plain numbers are MAP's user errors (3GPP
 * TS 29.002 §17.6.6), which most carriers hand on in "err" and in network_error_code, and the
 * failure causes of the phone itself (3GPP TS 23.040 §9.2.3.22, from 128). {@code 1/…} and {@code
 * 2/…} are the causes of CDMA networks (TIA-41 SMS_CauseCode). A carrier may mean something else: a
 * practice then writes its own words ({@link Reasons#put}).
 */
final class UsualReasons {
  private static final String NO_SUCH_NUMBER =
      "The number does not exist or is out of service. Check the patient's number.";
  private static final String CANNOT_TAKE_TEXTS =
      "This number cannot take texts, as a landline cannot. Use another number of the patient.";
  private static final String SWITCHED_OFF =
      "The phone was switched off or had no signal. Try again later or call.";
  private static final String FULL =
      "The phone's memory for texts is full. Try again later or call.";
  private static final String BUSY = "The phone was busy with another text. Send it again.";
  private static final String BARRED =
      "The patient's phone company blocks texts to this number. Call instead, or ask the patient"
          + " to have it lifted.";
  private static final String NETWORK =
      "The phone's network had a fault. Send it again; if it happens again, ask the carrier.";
  private static final String REFUSED_BY_PHONE =
      "The phone refused this text. Call, or ask the carrier.";
  private static final String ASK_CARRIER =
      "The network did not accept this text. Ask the carrier, naming the code.";

  private static final Map<String, String> ALL = written();

  private UsualReasons() {}

  static Map<String, String> all() {
    return ALL;
  }

  private static Map<String, String> written() {
    Map<String, String> all = new TreeMap<>();
    put(all, NO_SUCH_NUMBER, "1", "5", "9", "2/0", "2/1", "2/38", "1/0", "1/1", "1/38");
    put(all, CANNOT_TAKE_TEXTS, "10", "11", "21", "2/4", "2/100", "1/4", "1/100");
    put(all, SWITCHED_OFF, "6", "27", "2/32", "2/34", "2/37", "1/32", "1/34", "1/37");
    put(all, BUSY, "31", "2/33", "1/33");
    put(all, FULL, "208", "211", "2/35", "1/35");
    put(all, BARRED, "13", "2/98", "1/98");
    put(all, REFUSED_BY_PHONE, "12", "28", "129", "144", "159", "209", "212", "213");
    put(all, "The phone could not take the text, perhaps because its memory is full.", "32");
    put(all, "Too many texts already wait for this phone. Try again later or call.", "33");
    put(all, NETWORK, "34", "2/2", "2/3", "2/5", "2/36", "2/64", "1/2", "1/3", "1/5", "1/36");
    put(all, ASK_CARRIER, "35", "36", "2/96", "2/97", "1/96", "1/97");
    return Map.copyOf(all);
  }

  private static void put(Map<String, String> all, String words, String... codes) {
    for (String code : codes) {
      all.put(code, words);
    }
  }
}
