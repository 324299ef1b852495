package org.wardline.sms;

import java.util.Locale;

/** What happens to a text whose answer from the carrier was lost: it may have been sent or not. */
public enum InDoubt {
  /** It is sent once more, marked as a possible duplicate. */
  RESEND,
  /** Nothing is sent again; it is shown as unknown and a person decides. */
  ASK;

  /** As in {@code sms.outbound.in_doubt}. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
