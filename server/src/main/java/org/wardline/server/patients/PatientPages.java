package org.wardline.server.patients;

import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Clock;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.wardline.server.accounts.Access;
import org.wardline.server.accounts.Caller;
import org.wardline.server.consent.ConsentKind;
import org.wardline.server.consent.ConsentLedger.Saying;
import org.wardline.server.consent.ConsentMethod;
import org.wardline.server.patients.NewPatient.NewConsent;
import org.wardline.server.patients.NewPatient.NewPhone;
import org.wardline.server.patients.PatientForm.TypedPhone;
import org.wardline.server.web.Form;
import org.wardline.server.web.Pages;
import org.wardline.sms.PhoneNumber;

/** The console's pages about one patient: so far, putting a new one on file. */
public final class PatientPages {
  /** Opens the conversation with a patient; empty when the caller may not write anywhere. */
  @FunctionalInterface
  public interface Conversation {
    Optional<UUID> start(Caller caller, UUID patient);
  }

  private final Access access;
  private final Pages pages;
  private final Patients patients;
  private final Conversation conversation;
  private final Clock clock;
  private final ZoneId practiceZone;

  PatientPages(
      Access access,
      Pages pages,
      Patients patients,
      Conversation conversation,
      Clock clock,
      ZoneId practiceZone) {
    this.access = access;
    this.pages = pages;
    this.patients = patients;
    this.conversation = conversation;
    this.clock = clock;
    this.practiceZone = practiceZone;
  }

  void routes(HttpRules rules) {
    rules.get("/patients/new", access.console("patient:write", this::newPatient));
    rules.post("/patients", access.console("patient:write", this::create));
  }

  private void newPatient(Caller caller, ServerRequest request, ServerResponse response) {
    show(caller, request, response, Status.OK_200, PatientForm.empty(practiceZone));
  }

  private void create(Caller caller, ServerRequest request, ServerResponse response) {
    Form posted = Form.of(request);
    PatientForm typed = PatientForm.of(posted);
    if (posted.has("addPhone")) {
      show(caller, request, response, Status.OK_200, typed.withAnotherPhone());
      return;
    }
    PatientForm form = typed.checked(clock);
    if (!form.valid()) {
      show(caller, request, response, Status.UNPROCESSABLE_CONTENT_422, form);
      return;
    }
    switch (patients.create(caller, patient(form))) {
      case CreateOutcome.Created created ->
          Pages.redirect(
              request,
              response,
              conversation
                  .start(caller, created.id())
                  .map(id -> "/conversations/" + id)
                  .orElse("/inbox"));
      case CreateOutcome.NumberTaken taken ->
          show(
              caller,
              request,
              response,
              Status.UNPROCESSABLE_CONTENT_422,
              form.withError(
                  "number-" + form.rowOfPhone(taken.position()),
                  "This number belongs to another patient already."));
      case CreateOutcome.PatientOptedOut out ->
          show(
              caller,
              request,
              response,
              Status.UNPROCESSABLE_CONTENT_422,
              form.withError(
                  "consentOnPaper",
                  "This number texted STOP to the practice. Put the patient on file without consent; only the patient"
                      + " can open texting again, by texting START."));
      case CreateOutcome.ExternalIdTaken taken ->
          show(
              caller,
              request,
              response,
              Status.UNPROCESSABLE_CONTENT_422,
              form.withError(
                  "externalId", "A patient with this record number is on file already."));
    }
  }

  private NewPatient patient(PatientForm form) {
    List<NewPhone> phones = new ArrayList<>();
    for (TypedPhone phone : form.phones()) {
      PhoneNumber.parse(phone.number())
          .ifPresent(number -> phones.add(new NewPhone(number, phone.kind())));
    }
    List<NewConsent> consents =
        form.consentOnPaper()
            ? List.of(
                new NewConsent(
                    ConsentKind.CARE, Saying.GRANTED, ConsentMethod.PAPER, form.wordingVersion()))
            : List.of();
    return new NewPatient(
        Optional.of(form.externalId()).filter(id -> !id.isEmpty()),
        form.givenName(),
        form.familyName(),
        form.parsedBirthDate(clock),
        form.language(),
        form.zone().orElse(practiceZone),
        phones,
        consents);
  }

  private void show(
      Caller caller,
      ServerRequest request,
      ServerResponse response,
      Status status,
      PatientForm form) {
    pages.send(
        response, status, Pages.templates().patientsCreate(pages.page(caller, request), form));
  }
}
