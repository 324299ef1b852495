package org.wardline.server.patients;

import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.wardline.server.accounts.Access;
import org.wardline.server.accounts.Caller;
import org.wardline.server.consent.ConsentFields;
import org.wardline.server.web.Json;
import org.wardline.server.web.Problem;
import org.wardline.sms.PhoneNumber;

/** {@code /api/v1/patients}: put patients on file and read them. */
final class PatientApi {
  private static final int MAX_ID_CHARS = 64;
  private static final int MAX_CONSENTS = 16;
  private static final Set<String> KINDS = Set.of("mobile", "home", "work", "other");

  private final Access access;
  private final Patients patients;
  private final ZoneId practiceZone;

  PatientApi(Access access, Patients patients, ZoneId practiceZone) {
    this.access = access;
    this.patients = patients;
    this.practiceZone = practiceZone;
  }

  void routes(HttpRules rules) {
    rules.post("/api/v1/patients", access.api("patient:write", this::create));
    rules.get("/api/v1/patients/{id}", access.api("patient:read", this::show));
  }

  record PhoneBody(@Nullable String number, @Nullable String kind) {
    @Override
    public String toString() {
      return "PhoneBody[redacted]";
    }
  }

  record ConsentBody(
      @Nullable String kind,
      @Nullable String state,
      @Nullable String method,
      @Nullable String wordingVersion) {
    @Override
    public String toString() {
      return "ConsentBody[redacted]";
    }
  }

  record PatientBody(
      @Nullable String externalId,
      @Nullable String givenName,
      @Nullable String familyName,
      @Nullable String birthDate,
      @Nullable String language,
      @Nullable String timeZone,
      @Nullable List<PhoneBody> phones,
      @Nullable List<ConsentBody> consents) {
    @Override
    public String toString() {
      return "PatientBody[redacted]";
    }
  }

  private void create(Caller caller, ServerRequest request, ServerResponse response) {
    NewPatient patient = check(Json.read(request, PatientBody.class));
    switch (patients.create(caller, patient)) {
      case CreateOutcome.Created created ->
          Json.send(
              response.header("Location", "/api/v1/patients/" + created.id()),
              Status.CREATED_201,
              Map.of(
                  "id",
                  created.id().toString(),
                  "phones",
                  created.phones().stream()
                      .map(
                          phone ->
                              Map.of("id", phone.id().toString(), "number", phone.number().e164()))
                      .toList()));
      case CreateOutcome.NumberTaken taken ->
          throw Problem.invalid(
              "phones["
                  + taken.position()
                  + "].number is already on another patient's file. Numbers shared by several"
                  + " people cannot be recorded yet; leave it out or correct it.");
      case CreateOutcome.PatientOptedOut out ->
          throw new Problem(
              Problem.Type.OPTED_OUT,
              "One of these numbers texted STOP to the practice, so consent for it cannot be recorded. Leave consents out;"
                  + " the patient can text START.");
      case CreateOutcome.ExternalIdTaken taken ->
          throw Problem.invalid("A patient with this externalId is on file already.");
    }
  }

  private NewPatient check(PatientBody body) {
    List<PhoneBody> phoneBodies = Optional.ofNullable(body.phones()).orElse(List.of());
    if (phoneBodies.isEmpty() || phoneBodies.size() > NewPatient.MAX_PHONES) {
      throw Problem.invalid("phones must hold 1 to " + NewPatient.MAX_PHONES + " numbers.");
    }
    List<NewPatient.NewPhone> phones = new ArrayList<>();
    Set<PhoneNumber> seen = new HashSet<>();
    for (int i = 0; i < phoneBodies.size(); i++) {
      String kind = Optional.ofNullable(phoneBodies.get(i).kind()).orElse("mobile");
      if (!KINDS.contains(kind)) {
        throw Problem.invalid("phones[" + i + "].kind must be one of mobile, home, work, other.");
      }
      PhoneNumber number =
          PhoneNumber.parse(Optional.ofNullable(phoneBodies.get(i).number()).orElse(""))
              .orElse(null);
      if (number == null) {
        throw new Problem(
            Problem.Type.INVALID_NUMBER,
            "phones["
                + i
                + "].number is not a phone number. Write it with country code, for example +13125550100.");
      }
      if (!seen.add(number)) {
        throw Problem.invalid("phones[" + i + "].number is there twice.");
      }
      phones.add(new NewPatient.NewPhone(number, kind));
    }
    List<ConsentBody> consentBodies = Optional.ofNullable(body.consents()).orElse(List.of());
    if (consentBodies.size() > MAX_CONSENTS) {
      throw Problem.invalid("consents may hold at most " + MAX_CONSENTS + " entries.");
    }
    List<NewPatient.NewConsent> given = new ArrayList<>();
    for (int i = 0; i < consentBodies.size(); i++) {
      ConsentBody consent = consentBodies.get(i);
      given.add(
          new NewPatient.NewConsent(
              ConsentFields.kind(consent.kind(), "consents[" + i + "].kind"),
              ConsentFields.saying(consent.state(), "consents[" + i + "].state"),
              ConsentFields.method(consent.method(), "consents[" + i + "].method"),
              ConsentFields.version(
                  consent.wordingVersion(), "consents[" + i + "].wordingVersion")));
    }
    return new NewPatient(
        Optional.ofNullable(body.externalId()).map(id -> line(id, "externalId", MAX_ID_CHARS)),
        line(required(body.givenName(), "givenName"), "givenName", NewPatient.MAX_NAME_CHARS),
        line(required(body.familyName(), "familyName"), "familyName", NewPatient.MAX_NAME_CHARS),
        birthDate(body.birthDate()),
        language(body.language()),
        zone(body.timeZone()),
        phones,
        given);
  }

  private static Optional<LocalDate> birthDate(@Nullable String text) {
    if (text == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(LocalDate.parse(text));
    } catch (DateTimeException e) {
      throw Problem.invalid("birthDate must be a date such as 1980-02-03.");
    }
  }

  private static String language(@Nullable String text) {
    if (text == null) {
      return "en";
    }
    if (!text.matches("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?")) {
      throw Problem.invalid("language must be a tag such as en or es-MX (BCP 47).");
    }
    return text.toLowerCase(Locale.ROOT);
  }

  private ZoneId zone(@Nullable String text) {
    if (text == null) {
      return practiceZone;
    }
    try {
      return ZoneId.of(text);
    } catch (DateTimeException e) {
      throw Problem.invalid("timeZone must be a name such as America/Chicago (IANA).");
    }
  }

  private static String required(@Nullable String value, String field) {
    if (value == null || value.isBlank()) {
      throw Problem.invalid(field + " is missing.");
    }
    return value;
  }

  private static String line(String value, String field, int maxChars) {
    String stripped = value.strip();
    if (stripped.isEmpty()
        || stripped.length() > maxChars
        || stripped.chars().anyMatch(Character::isISOControl)) {
      throw Problem.invalid(field + " must have 1 to " + maxChars + " characters on one line.");
    }
    return stripped;
  }

  private void show(Caller caller, ServerRequest request, ServerResponse response) {
    Patients.PatientView view = patients.view(caller, id(request)).orElseThrow(Problem::notFound);
    Map<String, Object> body = new java.util.LinkedHashMap<>();
    body.put("id", view.id().toString());
    view.profile().externalId().ifPresent(id -> body.put("externalId", id));
    body.put("givenName", view.profile().givenName());
    body.put("familyName", view.profile().familyName());
    view.profile().birthDate().ifPresent(date -> body.put("birthDate", date.toString()));
    body.put("language", view.language());
    body.put("timeZone", view.timeZone().getId());
    body.put(
        "phones",
        view.phones().stream()
            .map(
                p -> Map.of("id", p.id().toString(), "number", p.number().e164(), "kind", p.kind()))
            .toList());
    Json.send(response, Status.OK_200, body);
  }

  private static UUID id(ServerRequest request) {
    try {
      return UUID.fromString(request.path().pathParameters().get("id"));
    } catch (IllegalArgumentException e) {
      throw Problem.notFound();
    }
  }
}
