package org.wardline.server.links;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.wardline.jdbc.Db;
import org.wardline.jdbc.Tx;
import org.wardline.server.accounts.Caller;
import org.wardline.server.audit.Audit;
import org.wardline.server.conversations.Line;
import org.wardline.sms.InDoubt;
import org.wardline.sms.LinkStatus;
import org.wardline.sms.Links;
import org.wardline.sms.Links.Want;
import org.wardline.sms.PhoneNumber;
import org.wardline.sms.SmsQueue;
import org.wardline.sms.SmsText;
import org.wardline.sms.TestTexts;
import org.wardline.sms.Urgency;

/**
 * Reading and steering the links; each act and view with its audit event in its transaction. Who
 * may is decided at the routes: {@code link:read} and {@code link:write}. Nothing here is patient
 * data.
 */
final class CarrierLinks {
  static final String NAME_FORM = "[a-z0-9][a-z0-9-]{0,31}";
  private static final int MAX_SETTINGS_CHARS = 20_000;

  /** A page that stays open asks every two seconds; that is one view in this time. */
  private static final Duration WATCHED_AGAIN_AFTER = Duration.ofMinutes(5);

  private static final int MAX_WATCHERS = 1_000;

  /** So that a lost test does not arrive out of the blue hours later. */
  private static final Duration TEST_VALID = Duration.ofMinutes(5);

  /** A test text goes to any number without consent; it must not become a way to text people. */
  private static final int TESTS_PER_HOUR = 20;

  static final String TOO_MANY_TESTS =
      TESTS_PER_HOUR + " test texts went out within an hour; wait a while.";

  private static final int TESTS_SHOWN = 10;

  private final Db db;
  private final Links links;
  private final TestTexts tests;
  private final LinkFigures figures;
  private final List<Line> lines;
  private final Audit audit;
  private final InstantSource clock;
  private final Map<String, Instant> watched = new ConcurrentHashMap<>();

  CarrierLinks(
      Db db,
      Links links,
      SmsQueue queue,
      LinkFigures figures,
      List<Line> lines,
      Audit audit,
      InstantSource clock) {
    this.db = db;
    this.links = links;
    this.tests = new TestTexts(queue);
    this.figures = figures;
    this.lines = lines;
    this.audit = audit;
    this.clock = clock;
  }

  /** Everything the page shows. */
  record Overview(
      List<LinkView> links, List<SmsQueue.LineDepth> waiting, List<StrandedTexts> stranded) {}

  /** What came of an attempt to change a link. */
  sealed interface Outcome {
    record Done() implements Outcome {}

    record Unknown() implements Outcome {}

    /**
     * @param why for the person who asked
     */
    record Refused(String why) implements Outcome {}
  }

  /** What came of a request for a test text. */
  sealed interface TestOutcome {
    record Queued(UUID id) implements TestOutcome {}

    record Unknown() implements TestOutcome {}

    record Refused(String why) implements TestOutcome {}

    record TooMany() implements TestOutcome {}
  }

  List<Line> lines() {
    return lines;
  }

  /**
   * @param again a page that is open already asks what is new
   */
  Overview overview(Caller caller, boolean again) {
    List<LinkView> found =
        db.inTransaction(
            tx -> {
              noteView(tx, caller, "link.list", "", again);
              return views(tx);
            });
    return new Overview(found, figures.waiting(), figures.stranded());
  }

  Optional<LinkView> find(Caller caller, String link) {
    return db.inTransaction(
        tx -> {
          Optional<LinkView> found = find(tx, link);
          found.ifPresent(view -> noteView(tx, caller, "link.read", link, false));
          return found;
        });
  }

  /** Adds a link, or changes one that was added; it runs at once. */
  Outcome put(Caller caller, String link, String settings) {
    if (!link.matches(NAME_FORM)) {
      return new Outcome.Refused(
          "A link's name has 1 to 32 small letters, digits and dashes, and begins with a letter or"
              + " digit.");
    }
    if (settings.length() > MAX_SETTINGS_CHARS) {
      return new Outcome.Refused(
          "The settings have more than " + MAX_SETTINGS_CHARS + " characters.");
    }
    return db.inTransaction(
        tx -> {
          Optional<LinkView> before = find(tx, link);
          if (before.filter(view -> !view.isAdded()).isPresent()) {
            return new Outcome.Refused(
                "This link is set in gateway.yaml. Change it there and restart the gateway, or use"
                    + " another name.");
          }
          Optional<LinkText> kept =
              before
                  .flatMap(LinkView::wanted)
                  .flatMap(Links.Wanted::settings)
                  .flatMap(LinkText::of);
          Optional<LinkText> typed = LinkText.of(settings);
          String whole =
              typed
                  .map(text -> kept.map(text::keepingSecretsOf).orElse(text).text())
                  .orElse(settings);
          Optional<String> mistakes = LinkCheck.mistakes(link, whole);
          if (mistakes.isPresent()) {
            return new Outcome.Refused(mistakes.get());
          }
          if (typed.isEmpty()) {
            return new Outcome.Refused(
                "Write each setting on a line of its own, as key: value, without quotes around the"
                    + " key.");
          }
          links.put(tx, link, whole, caller.name());
          audit.record(tx, caller, "link.put", Optional.empty(), link);
          return new Outcome.Done();
        });
  }

  /** Says what a link shall do from now on. */
  Outcome want(Caller caller, String link, Want want) {
    return db.inTransaction(
        tx -> {
          Optional<LinkView> found = find(tx, link);
          if (found.isEmpty()) {
            return new Outcome.Unknown();
          }
          if (want == Want.REMOVE && !found.get().mayBeRemoved()) {
            return new Outcome.Refused(
                "This link is set in gateway.yaml and would come back. Drain it, and take it out"
                    + " of that file.");
          }
          links.want(tx, link, want, caller.name());
          audit.record(
              tx,
              caller,
              "link." + (want == Want.RUN ? "resume" : want.wireName()),
              Optional.empty(),
              link);
          return new Outcome.Done();
        });
  }

  /**
   * Sends fixed words through one link.
   *
   * @param line whose number it comes from; empty for the first that the link carries
   */
  TestOutcome test(Caller caller, String link, PhoneNumber to, String line) {
    return db.inTransaction(
        tx -> {
          Optional<LinkView> found = find(tx, link);
          if (found.isEmpty()) {
            return new TestOutcome.Unknown();
          }
          Optional<Line> from = line.isEmpty() ? Optional.of(usual(found.get())) : line(line);
          if (from.isEmpty()) {
            return new TestOutcome.Refused("There is no such line.");
          }
          if (found.get().want() != Want.RUN) {
            return new TestOutcome.Refused(
                "People want this link to send nothing. Resume it first.");
          }
          if (TestTexts.sentWithin(tx, Duration.ofHours(1)) >= TESTS_PER_HOUR) {
            return new TestOutcome.TooMany();
          }
          UUID id = UUID.randomUUID();
          tests.send(tx, text(id, link, from.get(), to), link, caller.name());
          audit.record(tx, caller, "link.test", Optional.of(id), link);
          return new TestOutcome.Queued(id);
        });
  }

  private SmsQueue.OutboundText text(UUID id, String link, Line from, PhoneNumber to) {
    SmsText words =
        SmsText.of(
            "Test text of "
                + from.practiceName()
                + " through link "
                + link
                + ". If you read this, it works. Please do not answer.",
            from.format());
    return new SmsQueue.OutboundText(
        id,
        from.id(),
        from.number().value(),
        to,
        words.text(),
        words.segments(),
        clock.instant().plus(TEST_VALID),
        Urgency.REPLY,
        InDoubt.ASK,
        from.format());
  }

  /** The newest test texts of a link; empty when there is no such link. */
  Optional<List<TestTexts.TestText>> tests(Caller caller, String link, boolean again) {
    return db.inTransaction(
        tx -> {
          if (find(tx, link).isEmpty()) {
            return Optional.empty();
          }
          noteView(tx, caller, "link.tests", link, again);
          return Optional.of(TestTexts.newest(tx, link, TESTS_SHOWN));
        });
  }

  /**
   * How a text would go.
   *
   * @param number in E.164 form, or only its beginning; written down nowhere
   */
  RoutePreview route(Caller caller, String line, String number) {
    return db.inTransaction(
        tx -> {
          audit.record(tx, caller, "link.route", Optional.empty(), line);
          return RoutePreview.of(views(tx), line, number);
        });
  }

  Optional<Line> line(String id) {
    return lines.stream().filter(line -> line.id().equals(id)).findFirst();
  }

  private Line usual(LinkView link) {
    return lines.stream()
        .filter(
            line -> link.status().filter(s -> s.route().lines().contains(line.id())).isPresent())
        .findFirst()
        .orElseGet(lines::getFirst);
  }

  private List<LinkView> views(Tx tx) {
    return LinkView.of(LinkStatus.all(tx), links.wanted(tx), clock.instant());
  }

  private Optional<LinkView> find(Tx tx, String link) {
    return views(tx).stream().filter(view -> view.name().equals(link)).findFirst();
  }

  private void noteView(Tx tx, Caller caller, String action, String link, boolean again) {
    String who = caller + " " + caller.address() + " " + action + " " + link;
    Instant now = clock.instant();
    Instant before = watched.get(who);
    if (again && before != null && before.isAfter(now.minus(WATCHED_AGAIN_AFTER))) {
      return;
    }
    audit.record(tx, caller, action, Optional.empty(), link);
    tx.afterCommit(
        () -> {
          if (watched.size() >= MAX_WATCHERS) {
            watched.clear();
          }
          watched.put(who, now);
        });
  }
}
