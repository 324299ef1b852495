package org.wardline.server.patients;

import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.wardline.server.consent.ConsentKind;
import org.wardline.server.consent.ConsentLedger.Saying;
import org.wardline.server.consent.ConsentMethod;
import org.wardline.sms.PhoneNumber;

/** A patient to put on file, checked: who builds one has dealt with bad input already. */
public record NewPatient(
    Optional<String> externalId,
    String givenName,
    String familyName,
    Optional<LocalDate> birthDate,
    String language,
    ZoneId timeZone,
    List<NewPhone> phones,
    List<NewConsent> consents) {
  public static final int MAX_PHONES = 10;
  public static final int MAX_NAME_CHARS = 100;

  /**
   * @param kind {@code mobile}, {@code home}, {@code work} or {@code other}
   */
  public record NewPhone(PhoneNumber number, String kind) {}

  /** What the patient agreed to on the way in; it speaks of all the patient's numbers. */
  public record NewConsent(
      ConsentKind kind, Saying saying, ConsentMethod method, String wordingVersion) {}

  @Override
  public String toString() {
    return "NewPatient[redacted]";
  }
}
