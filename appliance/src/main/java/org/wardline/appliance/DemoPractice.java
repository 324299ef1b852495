package org.wardline.appliance;

import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.wardline.server.App;
import org.wardline.server.accounts.Caller;
import org.wardline.server.consent.ConsentKind;
import org.wardline.server.consent.ConsentLedger.Saying;
import org.wardline.server.consent.ConsentMethod;
import org.wardline.server.patients.CreateOutcome;
import org.wardline.server.patients.NewPatient;
import org.wardline.sms.PhoneNumber;

/**
 * Invented people for {@code --demo}, on numbers that are reserved for fiction. Texts are sent only
 * when the carrier is the simulator: a demo must not text through a real one.
 */
final class DemoPractice {
  private static final String LINE = "main";
  private static final Caller CALLER =
      new Caller(
          Caller.Kind.CLIENT,
          Optional.of(UUID.fromString("00000000-0000-4000-8000-0000000d0e30")),
          "demo",
          "appliance",
          List.of("patient:*", "conversation:*", "consent:*"));

  private record Person(
      String given,
      String family,
      String born,
      String number,
      String language,
      boolean consented,
      List<String> texts) {}

  private static final List<Person> PEOPLE =
      List.of(
          new Person(
              "Ana",
              "Lindqvist",
              "1980-02-03",
              "+17735550101",
              "en",
              true,
              List.of(
                  "Hi Ana, this is Lakeside. Your visit is on Tuesday at 10:30. Does that still work for you?")),
          new Person(
              "Mateo",
              "Garza",
              "1992-11-19",
              "+17735550102",
              "es",
              true,
              List.of("Hola Mateo, su cita es mañana a las 9:00. ¿Nos confirma, por favor?")),
          new Person(
              "Priya",
              "Raman",
              "1975-06-30",
              "+17735550103",
              "en",
              true,
              List.of(
                  "Hello Priya, the form you asked for is ready at the front desk. We are open until 5 pm.")),
          new Person("Walter", "Osei", "1948-01-12", "+17735550104", "en", false, List.of()),
          new Person(
              "Juniper",
              "Hale",
              "2001-09-08",
              "+17735550105",
              "en",
              true,
              List.of(
                  "Hi Juniper, we had to move Thursday’s group to 4 pm 🙂 Is that OK for you?")));

  private DemoPractice() {}

  /**
   * Puts the people on file and, with the simulator, texts them. Does nothing when they are there.
   */
  static void seed(App app, boolean withTexts) {
    for (int i = 0; i < PEOPLE.size(); i++) {
      Person person = PEOPLE.get(i);
      if (create(app, person, "demo-" + (i + 1)) instanceof CreateOutcome.Created created) {
        UUID conversation =
            app.conversations().conversations().start(CALLER, created.id(), LINE).orElseThrow();
        if (withTexts) {
          for (int n = 0; n < person.texts().size(); n++) {
            var _ =
                app.conversations()
                    .conversations()
                    .send(CALLER, conversation, person.texts().get(n), true, "demo-" + i + "-" + n);
          }
        }
      }
    }
  }

  private static CreateOutcome create(App app, Person person, String externalId) {
    List<NewPatient.NewConsent> consents =
        person.consented()
            ? List.of(
                new NewPatient.NewConsent(
                    ConsentKind.CARE, Saying.GRANTED, ConsentMethod.PAPER, "demo-1"),
                new NewPatient.NewConsent(
                    ConsentKind.REMINDERS, Saying.GRANTED, ConsentMethod.PAPER, "demo-1"))
            : List.of();
    return app.patients()
        .patients()
        .create(
            CALLER,
            new NewPatient(
                Optional.of(externalId),
                person.given(),
                person.family(),
                Optional.of(LocalDate.parse(person.born())),
                person.language(),
                ZoneId.of("America/Chicago"),
                List.of(new NewPatient.NewPhone(PhoneNumber.of(person.number()), "mobile")),
                consents));
  }
}
