package org.wardline.server.conversations;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.wardline.server.TestServer;

/** The console as a browser without scripts sees it, over HTTPS and a real database. */
final class ConsolePagesTest {
  private static final String[] AS_PART = {"HX-Request", "true"};

  private static TestServer server;
  private static TestServer.Browser staff;
  private static int numbers = 100;

  @BeforeAll
  static void start() {
    server = new TestServer();
    server.account("console", "clinician");
    staff = server.signedIn("console");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Map<String, String> form(String... namesAndValues) {
    Map<String, String> form = new HashMap<>(Map.of("_csrf", staff.csrfToken()));
    for (int i = 0; i < namesAndValues.length; i += 2) {
      form.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return form;
  }

  private static Map<String, String> patient(String familyName, String number) {
    return form(
        "givenName", "Ana",
        "familyName", familyName,
        "number", number,
        "kind", "mobile",
        "language", "en",
        "timeZone", "America/Chicago");
  }

  private static String nextNumber() {
    return "(312) 555-0" + ++numbers;
  }

  /** Puts a patient on file and gives the path of the conversation that opens. */
  private static String conversation(String familyName, boolean consented) {
    Map<String, String> form = patient(familyName, nextNumber());
    if (consented) {
      form.put("consentOnPaper", "on");
      form.put("wordingVersion", "2026-01");
    }
    HttpResponse<String> saved = staff.post("/patients", form);
    assertThat(saved.statusCode()).isEqualTo(303);
    return saved.headers().firstValue("Location").orElseThrow();
  }

  private static int count(String haystack, String needle) {
    return haystack.split(java.util.regex.Pattern.quote(needle), -1).length - 1;
  }

  @Test
  void a_new_patient_with_consent_can_be_texted_right_away() {
    String path = conversation("Ready", true);

    assertThat(staff.get(path).body())
        .contains("<bdi>Ana Ready</bdi>", "Consent on record", "name=\"text\"", "id=\"list\"");
    HttpResponse<String> sent =
        staff.post(path + "/messages", form("text", "See you at 9", "key", "k" + ++numbers));
    assertThat(sent.statusCode()).isEqualTo(303);
    assertThat(staff.get(path).body()).contains("See you at 9", "data-state=\"queued\"");
    assertThat(staff.get("/inbox").body()).contains("<bdi>Ana Ready</bdi>", "See you at 9");
  }

  @Test
  void a_double_click_sends_once() {
    String path = conversation("Double", true);

    Map<String, String> click = form("text", "only once please", "key", "same");
    staff.post(path + "/messages", click, AS_PART);
    String part = staff.post(path + "/messages", click, AS_PART).body();

    assertThat(part).startsWith("<section id=\"thread\"").doesNotContain("<html");
    assertThat(count(part, "only once please")).isEqualTo(1);
  }

  @Test
  void line_breaks_are_counted_as_the_composer_counts_them() {
    String path = conversation("Breaks", true);

    staff.post(path + "/messages", form("text", "one\r\ntwo", "key", "k" + ++numbers));

    assertThat(staff.get(path).body()).contains("one\ntwo");
  }

  @Test
  void a_text_is_shown_as_it_is_and_never_as_markup() {
    String path = conversation("Markup", true);

    staff.post(
        path + "/messages",
        form("text", "<img src=x onerror=alert(1)>\u202E", "key", "k" + ++numbers));

    assertThat(staff.get(path).body())
        .contains("<p class=\"text\" dir=\"auto\">&lt;img src=x onerror=alert(1)&gt;\u202E</p>");
  }

  @Test
  void without_consent_the_composer_is_closed_and_says_how_it_opens() {
    String path = conversation("Closed", false);

    assertThat(staff.get(path).body())
        .contains("there is no consent on record", "Ask for consent", "Record consent")
        .doesNotContain("<textarea");
    HttpResponse<String> sent =
        staff.post(path + "/messages", form("text", "hi", "key", "k" + ++numbers));
    assertThat(sent.statusCode()).isEqualTo(422);
    assertThat(sent.body()).contains("There is no consent on record for this number.");

    staff.post(path + "/consent-request", form("key", "ask"));
    assertThat(staff.get(path).body()).contains("Asked for consent", "Ask once more");

    staff.post(path + "/consent", form("method", "verbal", "wordingVersion", "2026-01"));
    assertThat(staff.get(path).body()).contains("Consent on record", "<textarea");
  }

  @Test
  void consent_needs_a_method_and_a_wording() {
    String path = conversation("Wording", false);

    HttpResponse<String> noMethod = staff.post(path + "/consent", form("wordingVersion", "1"));
    HttpResponse<String> byText =
        staff.post(path + "/consent", form("method", "text", "wordingVersion", "1"));
    HttpResponse<String> noWording = staff.post(path + "/consent", form("method", "paper"));

    assertThat(noMethod.body()).contains("Choose how the patient agreed.");
    assertThat(byText.body()).contains("Choose how the patient agreed.");
    assertThat(noWording.body()).contains("Enter the version of the wording");
  }

  @Test
  void a_queued_text_can_be_recalled() {
    String path = conversation("Recall", true);
    staff.post(path + "/messages", form("text", "a mistake", "key", "k" + ++numbers));
    String page = staff.get(path).body();
    int at = page.indexOf("/messages/", page.indexOf("class=\"recall\""));
    String recall = page.substring(at, page.indexOf('"', at));

    staff.post(recall, form("conversation", path.substring(path.lastIndexOf('/') + 1)));

    assertThat(staff.get(path).body()).contains("data-state=\"recalled\"");
  }

  @Test
  void mistakes_are_named_beside_the_field_and_what_was_typed_stays() {
    Map<String, String> form = patient("", "12");
    form.put("externalId", "mrn-77");
    form.put("birthDate", "2999-01-01");
    form.put("consentOnPaper", "on");

    HttpResponse<String> page = staff.post("/patients", form);

    assertThat(page.statusCode()).isEqualTo(422);
    assertThat(page.body())
        .contains("4 things need a look", "id=\"familyName-error\"", "id=\"number-0-error\"")
        .contains("id=\"birthDate-error\"", "id=\"wordingVersion-error\"")
        .contains("value=\"mrn-77\"", "value=\"12\"");
    assertThat(count(page.body(), " autofocus")).isEqualTo(1);
  }

  @Test
  void a_number_belongs_to_one_patient() {
    String number = nextNumber();
    staff.post("/patients", patient("First", number));

    HttpResponse<String> second = staff.post("/patients", patient("Second", number));

    assertThat(second.statusCode()).isEqualTo(422);
    assertThat(second.body()).contains("This number belongs to another patient already.");
  }

  @Test
  void another_phone_row_comes_also_without_script() {
    Map<String, String> form = patient("Rows", nextNumber());
    form.put("addPhone", "1");

    assertThat(staff.post("/patients", form).body()).contains("id=\"number-1\"", "value=\"Rows\"");
  }

  @Test
  void it_staff_see_no_patient_page() {
    String path = conversation("Hidden", true);
    server.account("console-it", "it");
    TestServer.Browser it = server.signedIn("console-it");

    assertThat(it.get("/inbox").statusCode()).isEqualTo(404);
    assertThat(it.get(path).statusCode()).isEqualTo(404);
    assertThat(it.get(path).body()).doesNotContain("Hidden");
    assertThat(it.get("/patients/new").statusCode()).isEqualTo(404);
  }

  @Test
  void an_address_that_names_nothing_is_not_found() {
    assertThat(staff.get("/conversations/nonsense").statusCode()).isEqualTo(404);
    assertThat(staff.get("/conversations/00000000-0000-0000-0000-000000000000").statusCode())
        .isEqualTo(404);
  }

  @Test
  void the_title_holds_no_name() {
    String path = conversation("Titleless", true);
    String page = staff.get(path).body();

    assertThat(page.substring(page.indexOf("<title>"), page.indexOf("</title>")))
        .doesNotContain("Titleless")
        .contains("Inbox");
  }
}
