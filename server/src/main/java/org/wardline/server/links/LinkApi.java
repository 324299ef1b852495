package org.wardline.server.links;

import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.wardline.server.accounts.Access;
import org.wardline.server.accounts.Caller;
import org.wardline.server.conversations.Line;
import org.wardline.server.links.CarrierLinks.Outcome;
import org.wardline.server.links.CarrierLinks.TestOutcome;
import org.wardline.server.web.Json;
import org.wardline.server.web.Parameters;
import org.wardline.server.web.Problem;
import org.wardline.sms.LinkStatus;
import org.wardline.sms.Links.Want;
import org.wardline.sms.Links.Wanted;
import org.wardline.sms.PhoneNumber;
import org.wardline.sms.TestTexts.TestText;

/** {@code /api/v1/links} and {@code /api/v1/routes}. */
final class LinkApi {
  private static final int RETRY_TEST_SECONDS = 300;

  private final Access access;
  private final CarrierLinks links;

  LinkApi(Access access, CarrierLinks links) {
    this.access = access;
    this.links = links;
  }

  void routes(HttpRules rules) {
    rules.get("/api/v1/links", access.api("link:read", this::list));
    rules.get("/api/v1/links/{name}", access.api("link:read", this::show));
    rules.put("/api/v1/links/{name}", access.api("link:write", this::put));
    rules.post("/api/v1/links/{name}/pause", want(Want.PAUSE));
    rules.post("/api/v1/links/{name}/resume", want(Want.RUN));
    rules.post("/api/v1/links/{name}/drain", want(Want.DRAIN));
    rules.post("/api/v1/links/{name}/remove", want(Want.REMOVE));
    rules.post("/api/v1/links/{name}/test", access.api("link:write", this::test));
    rules.get("/api/v1/links/{name}/tests/{id}", access.api("link:read", this::tested));
    // Posted, so that no number stands in an address, a history or another program's log.
    rules.post("/api/v1/routes", access.api("link:read", this::route));
  }

  /**
   * @param settings the YAML of an entry of {@code links:} in {@code gateway.yaml}
   */
  record SettingsBody(@Nullable String settings) {
    @Override
    public String toString() {
      return "SettingsBody[redacted]";
    }
  }

  record TestBody(@Nullable String to, @Nullable String line) {
    @Override
    public String toString() {
      return "TestBody[redacted]";
    }
  }

  /**
   * @param to a number or its beginning
   */
  record RouteBody(@Nullable String to, @Nullable String line) {
    @Override
    public String toString() {
      return "RouteBody[redacted]";
    }
  }

  private record Wish(String name, String want) {}

  private void list(Caller caller, ServerRequest request, ServerResponse response) {
    Parameters.only(request);
    CarrierLinks.Overview found = links.overview(caller, false);
    Json.send(
        response,
        Status.OK_200,
        Map.of(
            "items",
            found.links().stream().map(LinkApi::json).toList(),
            "waiting",
            found.waiting(),
            "stranded",
            found.stranded()));
  }

  private void show(Caller caller, ServerRequest request, ServerResponse response) {
    LinkView link = links.find(caller, LinkPages.name(request)).orElseThrow(Problem::notFound);
    Map<String, Object> json = json(link);
    link.wanted()
        .flatMap(Wanted::settings)
        .flatMap(LinkText::of)
        .ifPresent(text -> json.put("settings", text.shown().text()));
    Json.send(response, Status.OK_200, json);
  }

  private void put(Caller caller, ServerRequest request, ServerResponse response) {
    String settings = Json.read(request, SettingsBody.class).settings();
    if (settings == null) {
      throw Problem.invalid(
          "settings is missing. Give the link's settings as YAML, as under links: in gateway.yaml.");
    }
    String name = request.path().pathParameters().get("name");
    answer(response, name, Want.RUN, links.put(caller, name, settings));
  }

  private Handler want(Want want) {
    return access.api(
        "link:write",
        (caller, request, response) -> {
          String name = LinkPages.name(request);
          answer(response, name, want, links.want(caller, name, want));
        });
  }

  /** 202: it is written down, and the gateway does it on its own time. */
  private static void answer(ServerResponse response, String name, Want want, Outcome outcome) {
    switch (outcome) {
      case Outcome.Done done ->
          Json.send(response, Status.ACCEPTED_202, new Wish(name, want.wireName()));
      case Outcome.Refused refused -> throw Problem.invalid(refused.why());
      case Outcome.Unknown unknown -> throw Problem.notFound();
    }
  }

  private void test(Caller caller, ServerRequest request, ServerResponse response) {
    String name = LinkPages.name(request);
    TestBody body = Json.read(request, TestBody.class);
    PhoneNumber to =
        PhoneNumber.parse(Optional.ofNullable(body.to()).orElse(""))
            .orElseThrow(
                () ->
                    new Problem(
                        Problem.Type.INVALID_NUMBER,
                        "\"to\" is not a phone number. Write it with country code, for example"
                            + " +13125550100."));
    String line = Optional.ofNullable(body.line()).orElse("");
    if (!line.isEmpty()) {
      checkLine(line);
    }
    switch (links.test(caller, name, to, line)) {
      case TestOutcome.Queued queued ->
          Json.send(
              response.header("Location", "/api/v1/links/" + name + "/tests/" + queued.id()),
              Status.ACCEPTED_202,
              Map.of("id", queued.id().toString(), "state", "queued"));
      case TestOutcome.Refused refused -> throw Problem.invalid(refused.why());
      case TestOutcome.TooMany many ->
          throw Problem.tooMany(CarrierLinks.TOO_MANY_TESTS, RETRY_TEST_SECONDS);
      case TestOutcome.Unknown unknown -> throw Problem.notFound();
    }
  }

  private void tested(Caller caller, ServerRequest request, ServerResponse response) {
    String id = request.path().pathParameters().get("id");
    TestText test =
        links.tests(caller, LinkPages.name(request), true).orElseThrow(Problem::notFound).stream()
            .filter(one -> one.id().equals(uuid(id)))
            .findFirst()
            .orElseThrow(Problem::notFound);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", test.id().toString());
    json.put("state", test.state().wireName());
    json.put("detail", test.detail());
    json.put("line", test.line());
    json.put("sentAt", test.sentAt().toString());
    json.put("changedAt", test.changedAt().toString());
    Json.send(response, Status.OK_200, json);
  }

  private void route(Caller caller, ServerRequest request, ServerResponse response) {
    RouteBody body = Json.read(request, RouteBody.class);
    String to = body.to();
    if (to == null) {
      throw Problem.invalid(
          "\"to\" is missing. Give a number or its beginning with the plus sign, such as +1312.");
    }
    String line = Optional.ofNullable(body.line()).orElse(links.lines().getFirst().id());
    checkLine(line);
    String number =
        Numbers.beginning(to)
            .orElseThrow(() -> new Problem(Problem.Type.INVALID_NUMBER, Numbers.BAD_BEGINNING));
    RoutePreview preview = links.route(caller, line, number);
    Json.send(response, Status.OK_200, Map.of("ways", preview.ways(), "others", preview.others()));
  }

  private void checkLine(String line) {
    if (links.line(line).isEmpty()) {
      throw new Problem(
          Problem.Type.UNKNOWN_LINE,
          "There is no such line. The practice has: "
              + String.join(", ", links.lines().stream().map(Line::id).toList())
              + ".");
    }
  }

  private static UUID uuid(String text) {
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      throw Problem.notFound();
    }
  }

  private static Map<String, Object> json(LinkView link) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", link.name());
    json.put("want", link.want().wireName());
    link.wanted()
        .ifPresent(
            wanted -> {
              json.put("changedBy", wanted.changedBy());
              json.put("changedAt", wanted.changedAt().toString());
            });
    json.put("added", link.isAdded());
    json.put("reported", link.isReported());
    json.put("standing", link.standing().word());
    json.put("detail", link.detail());
    Instant since = link.since();
    if (since != null) {
      json.put("since", since.toString());
    }
    link.status().ifPresent(status -> json.put("status", json(status)));
    return json;
  }

  private static Map<String, Object> json(LinkStatus status) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("state", status.state());
    json.put("seenAt", status.seenAt().toString());
    json.put("peer", status.peer());
    json.put("usable", status.route().usable());
    json.put("lines", status.route().lines().stream().sorted().toList());
    json.put("prefixes", status.route().prefixes());
    json.put("preference", status.route().preference());
    json.put("cost", status.route().cost());
    json.put("window", status.figures().windowSize());
    json.put("inFlight", status.figures().inFlight());
    json.put("perSecond", status.figures().perSecond());
    json.put("spacingMillis", status.figures().spacingMillis());
    json.put("errors", List.copyOf(status.figures().errors()));
    return json;
  }
}
