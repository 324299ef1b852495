package org.wardline.server.patients;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.wardline.server.consent.ConsentFields;
import org.wardline.server.web.Form;
import org.wardline.sms.PhoneNumber;

/**
 * The new-patient page: what was typed, as it was typed, and what is wrong with it.
 *
 * @param phones as typed; never empty, so that there is always a row to fill in
 * @param consentOnPaper the patient signed; {@code wordingVersion} says what
 * @param errors message by field id, in the order of the fields
 */
public record PatientForm(
    String givenName,
    String familyName,
    String birthDate,
    String externalId,
    String language,
    String timeZone,
    List<TypedPhone> phones,
    boolean consentOnPaper,
    String wordingVersion,
    Map<String, String> errors) {

  /** One row of the phone list, as typed. */
  public record TypedPhone(String number, String kind) {
    static final TypedPhone EMPTY = new TypedPhone("", "mobile");

    @Override
    public String toString() {
      return "TypedPhone[redacted]";
    }
  }

  static final int PHONES_MAX = NewPatient.MAX_PHONES;
  private static final int NAME_MAX_CHARS = NewPatient.MAX_NAME_CHARS;
  private static final int EXTERNAL_ID_MAX_CHARS = 64;
  private static final LocalDate OLDEST_BIRTH_DATE = LocalDate.of(1890, 1, 1);
  private static final Set<String> PHONE_KINDS = Set.of("mobile", "home", "work", "other");

  static PatientForm empty(ZoneId practiceZone) {
    return new PatientForm(
        "", "", "", "", "en", practiceZone.getId(), List.of(TypedPhone.EMPTY), false, "", Map.of());
  }

  /** Reads what was typed; nothing is checked yet. */
  static PatientForm of(Form form) {
    List<String> numbers = form.all("number");
    List<String> kinds = form.all("kind");
    List<TypedPhone> phones = new ArrayList<>();
    for (int i = 0; i < Math.min(numbers.size(), PHONES_MAX); i++) {
      String kind = i < kinds.size() && PHONE_KINDS.contains(kinds.get(i)) ? kinds.get(i) : "other";
      phones.add(new TypedPhone(numbers.get(i).strip(), kind));
    }
    return new PatientForm(
        form.trimmed("givenName"),
        form.trimmed("familyName"),
        form.trimmed("birthDate"),
        form.trimmed("externalId"),
        form.trimmed("language"),
        form.trimmed("timeZone"),
        phones.isEmpty() ? List.of(TypedPhone.EMPTY) : List.copyOf(phones),
        form.has("consentOnPaper"),
        form.trimmed("wordingVersion"),
        Map.of());
  }

  /** One more row for a phone, up to {@link #PHONES_MAX}. */
  PatientForm withAnotherPhone() {
    List<TypedPhone> more = new ArrayList<>(phones);
    if (more.size() < PHONES_MAX) {
      more.add(TypedPhone.EMPTY);
    }
    return with(more, Map.of());
  }

  public PatientForm withError(String field, String message) {
    Map<String, String> more = new LinkedHashMap<>(errors);
    more.put(field, message);
    return with(phones, more);
  }

  private PatientForm with(List<TypedPhone> newPhones, Map<String, String> newErrors) {
    return new PatientForm(
        givenName,
        familyName,
        birthDate,
        externalId,
        language,
        timeZone,
        List.copyOf(newPhones),
        consentOnPaper,
        wordingVersion,
        newErrors);
  }

  /** The same form with a message for every field that cannot be accepted. */
  PatientForm checked(Clock clock) {
    Map<String, String> found = new LinkedHashMap<>();
    checkName(found, "givenName", givenName, "Enter the patient’s given name.");
    checkName(found, "familyName", familyName, "Enter the patient’s family name.");
    if (!birthDate.isEmpty() && parsedBirthDate(clock).isEmpty()) {
      found.put("birthDate", "Enter a date of birth in the past, or leave it empty.");
    }
    if (externalId.length() > EXTERNAL_ID_MAX_CHARS) {
      found.put(
          "externalId",
          "The record number is longer than " + EXTERNAL_ID_MAX_CHARS + " characters.");
    }
    checkPhones(found);
    if (Choices.LANGUAGES.stream().noneMatch(choice -> choice.value().equals(language))) {
      found.put("language", "Choose a language from the list.");
    }
    if (zone().isEmpty()) {
      found.put("timeZone", "Choose a time zone from the list.");
    }
    if (consentOnPaper && wordingVersion.isEmpty()) {
      found.put("wordingVersion", "Enter which version of the consent form was signed.");
    } else if (!wordingVersion.isEmpty() && !ConsentFields.isVersion(wordingVersion)) {
      found.put(
          "wordingVersion",
          "Enter at most " + ConsentFields.MAX_VERSION_CHARS + " characters on one line.");
    }
    return with(phones, found);
  }

  private static void checkName(
      Map<String, String> found, String field, String name, String whenEmpty) {
    if (name.isEmpty()) {
      found.put(field, whenEmpty);
    } else if (name.length() > NAME_MAX_CHARS) {
      found.put(field, "The name is longer than " + NAME_MAX_CHARS + " characters.");
    } else if (name.chars().anyMatch(Character::isISOControl)) {
      found.put(field, "The name holds a character that cannot be shown. Type it anew.");
    }
  }

  private void checkPhones(Map<String, String> found) {
    Set<PhoneNumber> seen = new HashSet<>();
    for (int i = 0; i < phones.size(); i++) {
      String typed = phones.get(i).number();
      if (typed.isEmpty()) {
        if (i == 0) {
          found.put("number-0", "Enter the number to text, such as (312) 555-0100.");
        }
        continue;
      }
      Optional<PhoneNumber> number = PhoneNumber.parse(typed);
      if (number.isEmpty()) {
        found.put(
            "number-" + i,
            "This is not a phone number. Write it like (312) 555-0100, or with + and the country code.");
      } else if (!seen.add(number.get())) {
        found.put("number-" + i, "This number is already above.");
      }
    }
  }

  Optional<LocalDate> parsedBirthDate(Clock clock) {
    try {
      LocalDate date = LocalDate.parse(birthDate);
      boolean possible = !date.isBefore(OLDEST_BIRTH_DATE) && !date.isAfter(LocalDate.now(clock));
      return possible ? Optional.of(date) : Optional.empty();
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  Optional<ZoneId> zone() {
    return Choices.isZone(timeZone) ? Optional.of(ZoneId.of(timeZone)) : Optional.empty();
  }

  /** The row in which the n-th number stands, because empty rows are no numbers. */
  int rowOfPhone(int n) {
    int left = n;
    for (int row = 0; row < phones.size(); row++) {
      if (!phones.get(row).number().isEmpty() && left-- == 0) {
        return row;
      }
    }
    return 0;
  }

  boolean valid() {
    return errors.isEmpty();
  }

  public boolean wrong(String field) {
    return errors.containsKey(field);
  }

  public String error(String field) {
    return errors.getOrDefault(field, "");
  }

  /** Where the cursor goes: the first wrong field, or the first field of a fresh page. */
  public boolean focus(String field) {
    return errors.isEmpty()
        ? field.equals("givenName")
        : errors.keySet().iterator().next().equals(field);
  }

  public boolean mayAddPhone() {
    return phones.size() < PHONES_MAX;
  }

  @Override
  public String toString() {
    return "PatientForm[redacted]";
  }
}
