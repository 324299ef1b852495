package org.wardline.server.patients;

import java.time.ZoneId;

/** New-patient pages in states that are tedious to type. */
public final class PatientFormSamples {
  private static final ZoneId ZONE = ZoneId.of("America/Chicago");

  private PatientFormSamples() {}

  public static PatientForm empty() {
    return PatientForm.empty(ZONE);
  }
}
