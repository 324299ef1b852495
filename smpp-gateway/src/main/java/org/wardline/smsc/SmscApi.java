package org.wardline.smsc;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.wardline.sms.SmsText;
import tools.jackson.databind.JsonNode;

/** The REST control: what the page asks for and what tests from outside the JVM use. */
final class SmscApi {
  private static final int MAX_ITEMS = 500;
  private static final int MAX_TEXT_CHARS = 4_000;
  private static final Pattern NUMBER = Pattern.compile("\\+?[0-9A-Za-z]{2,20}");
  private static final Pattern PATIENT_TEXTS = Pattern.compile("/api/patients/([^/]+)/texts");

  private final SmscSimulator simulator;

  SmscApi(SmscSimulator simulator) {
    this.simulator = simulator;
  }

  /**
   * @param filePath the page's file to send instead of {@code body}, or empty
   */
  record Answer(int status, Object body, String filePath) {
    static Answer ok(Object body) {
      return new Answer(200, body, "");
    }

    static Answer file(String path) {
      return new Answer(200, "", path);
    }

    static Answer problem(int status, String detail) {
      return new Answer(status, Map.of("status", status, "detail", detail), "");
    }
  }

  /** The caller asked for something impossible; {@link #said} is for them. */
  static final class BadRequest extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String said;

    BadRequest(String said) {
      super(said);
      this.said = said;
    }

    String said() {
      return said;
    }
  }

  Answer get(String path, @Nullable String rawQuery) {
    String query = rawQuery == null ? "" : rawQuery;
    return switch (path) {
      case "/api/stats" -> Answer.ok(simulator.stats());
      case "/api/phones" -> Answer.ok(Map.of("items", phones()));
      case "/api/messages" -> Answer.ok(messages(query));
      default -> Answer.problem(404, "There is no such page.");
    };
  }

  /** One bubble on a phone; {@code fromPatient} says on which side. */
  private record Bubble(
      long number,
      boolean fromPatient,
      String from,
      String to,
      String text,
      int segments,
      String encoding,
      String at) {
    String patient() {
      return fromPatient ? from : to;
    }

    String line() {
      return fromPatient ? to : from;
    }
  }

  private static Bubble bubble(CarriedText text) {
    return new Bubble(
        text.number(),
        false,
        text.source(),
        text.destination(),
        text.text(),
        text.parts().size(),
        text.parts().getFirst().dataCoding() == 8 ? "ucs2" : "gsm7",
        text.arrivedAt().toString());
  }

  private static Bubble bubble(PatientText text) {
    return new Bubble(
        text.number(),
        true,
        text.from(),
        text.to(),
        text.text(),
        text.segments(),
        SmsText.of(text.text()).encoding().wireName(),
        text.at().toString());
  }

  private List<Bubble> bubblesOf(String patient) {
    List<Bubble> bubbles = new ArrayList<>();
    simulator.log().textsTo(patient).forEach(t -> bubbles.add(bubble(t)));
    simulator.patients().sent().stream()
        .filter(t -> t.from().equals(patient))
        .forEach(t -> bubbles.add(bubble(t)));
    bubbles.sort(Comparator.comparingLong(Bubble::number));
    return bubbles;
  }

  /** The most recently used phones, with their last text. */
  private List<Map<String, Object>> phones() {
    Map<String, Bubble> last = new LinkedHashMap<>();
    simulator.patients().sent().forEach(t -> last.put(t.from(), bubble(t)));
    for (String number : simulator.log().recentDestinations(MAX_ITEMS)) {
      List<CarriedText> texts = simulator.log().textsTo(number);
      if (!texts.isEmpty()) {
        Bubble bubble = bubble(texts.getLast());
        last.merge(number, bubble, (a, b) -> a.number() > b.number() ? a : b);
      }
    }
    return last.values().stream()
        .sorted(Comparator.comparingLong(Bubble::number).reversed())
        .limit(MAX_ITEMS)
        .map(
            b ->
                Map.<String, Object>of(
                    "number", b.patient(),
                    "line", b.line(),
                    "lastText", b.text(),
                    "lastAt", b.at(),
                    "lastNumber", b.number(),
                    "fromPatient", b.fromPatient()))
        .toList();
  }

  /**
   * {@code to}: whose phone; {@code after}: only what is newer; {@code both=1}: with what the
   * patient sent. Oldest first, at most {@value #MAX_ITEMS}; {@code next} goes into {@code after}.
   */
  private Map<String, Object> messages(String query) {
    String to = SmscHttp.parameter(query, "to", "");
    boolean both = SmscHttp.parameter(query, "both", "").equals("1");
    long after = number(SmscHttp.parameter(query, "after", "0"));
    List<Bubble> all =
        to.isEmpty()
            ? simulator.log().texts().stream()
                .map(SmscApi::bubble)
                .sorted(Comparator.comparingLong(Bubble::number))
                .toList()
            : bubblesOf(to);
    List<Bubble> items =
        all.stream()
            .filter(b -> b.number() > after && (both || !b.fromPatient()))
            .limit(MAX_ITEMS)
            .toList();
    long next = items.isEmpty() ? after : items.getLast().number();
    return Map.of("items", items, "next", next);
  }

  private static long number(String written) {
    try {
      return Long.parseLong(written);
    } catch (NumberFormatException e) {
      throw new BadRequest("after must be a number.");
    }
  }

  Answer post(String path, JsonNode body) {
    Matcher texts = PATIENT_TEXTS.matcher(path);
    if (texts.matches()) {
      return patientTexts(checkedNumber(texts.group(1)), body);
    }
    return path.equals("/api/faults")
        ? faults(body)
        : Answer.problem(404, "There is no such page.");
  }

  private static String checkedNumber(String number) {
    if (!NUMBER.matcher(number).matches()) {
      throw new BadRequest("A number is + and digits, for example +13125550100.");
    }
    return number;
  }

  /**
   * {@code {"to":"+1…","text":"…"}}; {@code "order":[2,1]} sends the parts of a long text in that
   * order, {@code "order":"reversed"} from the last to the first.
   */
  private Answer patientTexts(String from, JsonNode body) {
    String to = checkedNumber(body.path("to").asString(""));
    String text = body.path("text").asString("");
    if (text.isEmpty() || text.length() > MAX_TEXT_CHARS) {
      throw new BadRequest("text must have 1 to " + MAX_TEXT_CHARS + " characters.");
    }
    List<SmsText.Segment> segments =
        new ArrayList<>(SmsText.of(text).split(simulator.patients().nextReference()));
    JsonNode order = body.path("order");
    if (order.isArray()) {
      segments = inOrder(segments, order);
    } else if (order.asString("").equals("reversed")) {
      Collections.reverse(segments);
    }
    var _ = simulator.patients().send(from, to, text, segments);
    return Answer.ok(Map.of("segments", segments.size()));
  }

  private static List<SmsText.Segment> inOrder(List<SmsText.Segment> segments, JsonNode order) {
    List<SmsText.Segment> ordered = new ArrayList<>();
    for (JsonNode place : order) {
      int number = place.asInt(0);
      if (number < 1 || number > segments.size()) {
        throw new BadRequest("The text has " + segments.size() + " parts, numbered from 1.");
      }
      ordered.add(segments.get(number - 1));
    }
    if (ordered.isEmpty()) {
      throw new BadRequest("order must name at least one part.");
    }
    return ordered;
  }

  /** Every field is optional: throttle, silent, pauseReceipts, dropConnections, undeliverable. */
  private Answer faults(JsonNode body) {
    if (body.has("throttle")) {
      simulator.throttle(body.path("throttle").asBoolean(false));
    }
    if (body.has("silent")) {
      simulator.silent(body.path("silent").asBoolean(false));
    }
    if (body.has("pauseReceipts")) {
      simulator.pauseReceipts(body.path("pauseReceipts").asBoolean(false));
    }
    if (body.path("dropConnections").asBoolean(false)) {
      simulator.dropConnections();
    }
    JsonNode undeliverable = body.path("undeliverable");
    if (undeliverable.isObject()) {
      simulator.undeliverable(
          checkedNumber(undeliverable.path("number").asString("")),
          undeliverable.path("on").asBoolean(true));
    }
    return Answer.ok(simulator.stats());
  }
}
