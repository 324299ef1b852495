package org.wardline.sms;

import java.util.Locale;

/** What happens to a text whose answer from the carrier was lost: it may have been sent or not. */
public enum InDoubt {
  /** It is sent once more, marked as a possible duplicate. */
  RESEND,
  /**
   * Nothing is sent again. An answer that comes late is waited for, as long as the link's settings
   * say; when none comes it is as with {@link #ASK}. A carrier can be asked (query_sm) only about a
   * text whose answer, with its id, is here.
   */
  QUERY,
  /** Nothing is sent again; it is shown as unknown at once and a person decides. */
  ASK;

  /** As in {@code sms.outbound.in_doubt}. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The reverse of {@link #wireName}. */
  public static InDoubt ofWireName(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }
}
