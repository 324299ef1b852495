package org.wardline.server.patients;

import java.util.List;
import java.util.UUID;
import org.wardline.sms.PhoneNumber;

/** What became of a wish to put a patient on file. */
public sealed interface CreateOutcome {
  record Created(UUID id, List<CreatedPhone> phones) implements CreateOutcome {}

  record CreatedPhone(UUID id, PhoneNumber number) {}

  /** One of the numbers belongs to another patient; {@code position} counts from 0. */
  record NumberTaken(int position) implements CreateOutcome {}

  /**
   * One of the numbers texted STOP, so a consent that staff hold in hand cannot be recorded for it
   * (CON-5).
   */
  record PatientOptedOut() implements CreateOutcome {}

  record ExternalIdTaken() implements CreateOutcome {}
}
