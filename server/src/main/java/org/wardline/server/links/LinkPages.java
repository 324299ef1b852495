package org.wardline.server.links;

import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.wardline.server.accounts.Access;
import org.wardline.server.accounts.Caller;
import org.wardline.server.accounts.CallerHandler;
import org.wardline.server.conversations.ReadableTimes;
import org.wardline.server.links.CarrierLinks.Outcome;
import org.wardline.server.links.CarrierLinks.TestOutcome;
import org.wardline.server.web.Form;
import org.wardline.server.web.Page;
import org.wardline.server.web.Pages;
import org.wardline.server.web.Problem;
import org.wardline.sms.Links.Want;
import org.wardline.sms.Links.Wanted;
import org.wardline.sms.PhoneNumber;
import org.wardline.sms.TestTexts.TestText;

/**
 * The console's pages about links. A script asks {@code /links} and {@code /links/NAME/test} again
 * every two seconds and gets the part that changes; without it, a reload does.
 */
final class LinkPages {
  private static final String BAD_NUMBER =
      "Write the number with country code, such as +13125550100.";

  private final Access access;
  private final Pages pages;
  private final CarrierLinks links;
  private final Clock clock;
  private final ZoneId zone;

  LinkPages(Access access, Pages pages, CarrierLinks links, Clock clock, ZoneId zone) {
    this.access = access;
    this.pages = pages;
    this.links = links;
    this.clock = clock;
    this.zone = zone;
  }

  void routes(HttpRules rules) {
    rules.get("/links", access.console("link:read", this::list));
    // Posted, so that no number stands in an address or a history.
    rules.post("/links/route", access.console("link:read", this::route));
    rules.get("/links/new", access.console("link:write", this::blank));
    rules.post("/links/new", access.console("link:write", this::add));
    rules.get("/links/{name}/settings", access.console("link:write", this::settings));
    rules.post("/links/{name}/settings", access.console("link:write", this::change));
    rules.post("/links/{name}/pause", want(Want.PAUSE));
    rules.post("/links/{name}/resume", want(Want.RUN));
    rules.get("/links/{name}/drain", confirm(Want.DRAIN));
    rules.post("/links/{name}/drain", want(Want.DRAIN));
    rules.get("/links/{name}/remove", confirm(Want.REMOVE));
    rules.post("/links/{name}/remove", want(Want.REMOVE));
    rules.get("/links/{name}/test", access.console("link:write", this::tests));
    rules.post("/links/{name}/test", access.console("link:write", this::test));
  }

  private void list(Caller caller, ServerRequest request, ServerResponse response) {
    boolean again = Pages.wantsFragment(request);
    Page page = pages.page(caller, request);
    LinksPage shown = overview(caller, again);
    pages.send(
        response,
        again
            ? Pages.templates().linksLive(page, shown)
            : Pages.templates().linksLinks(page, shown, LinksPage.Route.NOT_ASKED));
  }

  private void route(Caller caller, ServerRequest request, ServerResponse response) {
    Form form = Form.of(request);
    String line = form.trimmed("line");
    Optional<String> number = Numbers.beginning(form.trimmed("to"));
    LinksPage.Route answer;
    if (links.line(line).isEmpty()) {
      answer = new LinksPage.Route(line, Optional.empty(), "Choose one of the practice's lines.");
    } else if (number.isEmpty()) {
      answer = new LinksPage.Route(line, Optional.empty(), Numbers.BAD_BEGINNING);
    } else {
      answer = new LinksPage.Route(line, Optional.of(links.route(caller, line, number.get())), "");
    }
    pages.send(
        response,
        answer.mistake().isEmpty() ? Status.OK_200 : Status.UNPROCESSABLE_CONTENT_422,
        Pages.templates().linksLinks(pages.page(caller, request), overview(caller, true), answer));
  }

  private LinksPage overview(Caller caller, boolean again) {
    CarrierLinks.Overview found = links.overview(caller, again);
    return new LinksPage(found.links(), found.waiting(), found.stranded(), links.lines(), times());
  }

  private void blank(Caller caller, ServerRequest request, ServerResponse response) {
    form(caller, request, response, LinkForm.empty());
  }

  private void add(Caller caller, ServerRequest request, ServerResponse response) {
    Form form = Form.of(request);
    LinkForm typed = LinkForm.typed(true, form.trimmed("name"), form);
    if (!typed.name().matches(CarrierLinks.NAME_FORM)) {
      form(
          caller,
          request,
          response,
          LinkCheck.mistakes("new", typed.settings(form.text(LinkForm.PASSWORD)))
              .map(typed::refused)
              .orElse(typed)
              .withoutName());
    } else if (links.find(caller, typed.name()).isPresent()) {
      form(
          caller,
          request,
          response,
          typed.refused("There is a link of this name already. Change it, or use another name."));
    } else {
      put(caller, request, response, typed, form);
    }
  }

  private void settings(Caller caller, ServerRequest request, ServerResponse response) {
    LinkView link = added(caller, request);
    form(
        caller,
        request,
        response,
        LinkForm.of(link.name(), link.wanted().flatMap(Wanted::settings).orElse("")));
  }

  private void change(Caller caller, ServerRequest request, ServerResponse response) {
    Form form = Form.of(request);
    put(
        caller,
        request,
        response,
        LinkForm.typed(false, added(caller, request).name(), form),
        form);
  }

  private void put(
      Caller caller, ServerRequest request, ServerResponse response, LinkForm typed, Form form) {
    switch (links.put(caller, typed.name(), typed.settings(form.text(LinkForm.PASSWORD)))) {
      case Outcome.Done done -> toCard(request, response, typed.name());
      case Outcome.Refused refused -> form(caller, request, response, typed.refused(refused.why()));
      case Outcome.Unknown unknown -> throw Problem.notFound();
    }
  }

  private void form(Caller caller, ServerRequest request, ServerResponse response, LinkForm form) {
    pages.send(
        response,
        form.mistakes().isEmpty() ? Status.OK_200 : Status.UNPROCESSABLE_CONTENT_422,
        Pages.templates().linksSettings(pages.page(caller, request), form, links.lines()));
  }

  private CallerHandler wantHandler(Want want) {
    return (caller, request, response) -> {
      String name = name(request);
      switch (links.want(caller, name, want)) {
        case Outcome.Done done -> toCard(request, response, name);
        case Outcome.Refused refused -> throw Problem.invalid(refused.why());
        case Outcome.Unknown unknown -> throw Problem.notFound();
      }
    };
  }

  private io.helidon.webserver.http.Handler want(Want want) {
    return access.console("link:write", wantHandler(want));
  }

  private io.helidon.webserver.http.Handler confirm(Want want) {
    return access.console(
        "link:write",
        (caller, request, response) ->
            pages.send(
                response,
                Pages.templates()
                    .linksConfirm(
                        pages.page(caller, request),
                        links.find(caller, name(request)).orElseThrow(Problem::notFound),
                        want == Want.REMOVE)));
  }

  private void tests(Caller caller, ServerRequest request, ServerResponse response) {
    boolean again = Pages.wantsFragment(request);
    String link = name(request);
    List<TestText> found = links.tests(caller, link, again).orElseThrow(Problem::notFound);
    Page page = pages.page(caller, request);
    pages.send(
        response,
        again
            ? Pages.templates().linksTests(page, link, found, times())
            : Pages.templates()
                .linksTest(page, link, found, times(), links.lines(), Optional.empty()));
  }

  private void test(Caller caller, ServerRequest request, ServerResponse response) {
    Form form = Form.of(request);
    String link = name(request);
    Optional<PhoneNumber> to = PhoneNumber.parse(form.text("to"));
    String mistake =
        to.isEmpty()
            ? BAD_NUMBER
            : switch (links.test(caller, link, to.get(), form.trimmed("line"))) {
              case TestOutcome.Queued queued -> "";
              case TestOutcome.Refused refused -> refused.why();
              case TestOutcome.TooMany many -> CarrierLinks.TOO_MANY_TESTS;
              case TestOutcome.Unknown unknown -> throw Problem.notFound();
            };
    if (mistake.isEmpty()) {
      Pages.redirect(request, response, "/links/" + link + "/test");
      return;
    }
    pages.send(
        response,
        Status.UNPROCESSABLE_CONTENT_422,
        Pages.templates()
            .linksTest(
                pages.page(caller, request),
                link,
                links.tests(caller, link, true).orElseThrow(Problem::notFound),
                times(),
                links.lines(),
                Optional.of(mistake)));
  }

  private LinkView added(Caller caller, ServerRequest request) {
    return links
        .find(caller, name(request))
        .filter(LinkView::isAdded)
        .orElseThrow(Problem::notFound);
  }

  private static void toCard(ServerRequest request, ServerResponse response, String link) {
    Pages.redirect(request, response, "/links#link-" + link);
  }

  private ReadableTimes times() {
    return new ReadableTimes(zone, clock.instant());
  }

  /** What could not be a link's name is not looked for, and not shown in a page. */
  static String name(ServerRequest request) {
    String name = request.path().pathParameters().get("name");
    if (!name.matches(CarrierLinks.NAME_FORM)) {
      throw Problem.notFound();
    }
    return name;
  }
}
