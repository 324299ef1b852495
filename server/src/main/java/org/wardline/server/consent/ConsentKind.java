package org.wardline.server.consent;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a patient can agree to, each on its own (CON-1). */
public enum ConsentKind {
  /** Appointment reminders. */
  REMINDERS,
  /** Texts about the patient's care. */
  CARE,
  /** Texts that only say that a secure message waits. */
  SECURE_LINK,
  /** Anything the patient did not ask for. */
  OUTREACH;

  public String wireName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public static Optional<ConsentKind> ofWireName(String name) {
    return Arrays.stream(values()).filter(kind -> kind.wireName().equals(name)).findFirst();
  }
}
