package org.wardline.server.patients;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PatientFormTest {
  private static PatientForm form(String name, String wording) {
    return new PatientForm(
            name,
            "Test",
            "",
            "",
            "en",
            "America/Chicago",
            List.of(new PatientForm.TypedPhone("(312) 555-0100", "mobile")),
            true,
            wording,
            Map.of())
        .checked(Clock.systemUTC());
  }

  @Test
  void the_form_takes_what_the_interface_takes() {
    assertThat(form("Ana", "v".repeat(64)).errors()).isEmpty();
    assertThat(form("Ana", "v".repeat(65)).errors()).containsOnlyKeys("wordingVersion");
    assertThat(form("A\u0007na", "v").errors()).containsOnlyKeys("givenName");
    assertThat(PatientForm.PHONES_MAX).isEqualTo(NewPatient.MAX_PHONES);
  }

  @Test
  void what_a_client_sent_is_in_no_log_line() {
    var phone = new PatientApi.PhoneBody("+13125550100", "mobile");
    var consent = new PatientApi.ConsentBody("care", "granted", "paper", "v");
    var body =
        new PatientApi.PatientBody(
            "mrn", "Ana", "Test", null, null, null, List.of(phone), List.of(consent));
    assertThat(phone + " " + consent + " " + body)
        .isEqualTo("PhoneBody[redacted] ConsentBody[redacted] PatientBody[redacted]");
  }
}
