package org.wardline.server.consent;

import java.util.Locale;

/**
 * What may be sent to a number for one kind of text, derived from the newest record that speaks of
 * it.
 */
public enum ConsentState {
  /** Nobody has asked. */
  NONE,
  /** Asked, and no clear answer yet. */
  REQUESTED,
  GRANTED,
  /** Withdrawn, told to the staff or recorded by them. */
  REVOKED,
  /** The patient texted STOP or the like; only the patient can open it again (CON-5). */
  OPTED_OUT;

  public String wireName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
