package org.wardline.server.links;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.wardline.jdbc.Db;
import org.wardline.metrics.Metrics;
import org.wardline.metrics.Metrics.Reading;
import org.wardline.sms.LinkStatus;
import org.wardline.sms.Links;
import org.wardline.sms.Routes;
import org.wardline.sms.SmsQueue;

/**
 * The links and the queue as monitoring sees them. The gateway has figures of its own, which end
 * with it; these are still there when no gateway is.
 */
final class LinkFigures {
  /** However many pages and scrapers ask, the database is asked once in this time. */
  private static final Duration KEPT = Duration.ofSeconds(1);

  private static final double MILLIS = 1e3;

  private record Known(
      Instant at,
      List<LinkView> links,
      List<SmsQueue.LineDepth> waiting,
      List<StrandedTexts> stranded,
      long held) {}

  private final Db db;
  private final Links links;
  private final SmsQueue queue;
  private final List<String> lines;
  private final InstantSource clock;
  private @Nullable Known known;

  /**
   * @param lines of the practice, so that one without waiting texts shows a zero
   */
  LinkFigures(
      Db db,
      Links links,
      SmsQueue queue,
      List<String> lines,
      InstantSource clock,
      Metrics metrics) {
    this.db = db;
    this.links = links;
    this.queue = queue;
    this.lines = lines;
    this.clock = clock;
    ofLinks(
        metrics,
        "wardline_link_up",
        "1 while a gateway says that the link is bound.",
        view -> flag(view.isBound()));
    ofLinks(
        metrics,
        "wardline_link_usable",
        "1 while routing counts on the link.",
        view ->
            flag(view.isReported() && view.status().map(s -> s.route().usable()).orElse(false)));
    ofLinks(
        metrics,
        "wardline_link_report_age_seconds",
        "How long ago a gateway last spoke of the link.",
        view ->
            view.status()
                .map(LinkStatus::seenAt)
                .map(seen -> Duration.between(seen, view.now()).toMillis() / MILLIS)
                .orElse(Double.NaN));
    metrics.gauges(
        "wardline_link_wanted",
        "1 for what people want of the link: run, pause, drain or remove.",
        List.of("link", "want"),
        () ->
            now().links().stream()
                .map(view -> Reading.of(1, view.name(), view.want().wireName()))
                .toList());
    ofLines(
        metrics,
        "wardline_queue_line_waiting_texts",
        "Texts of the line that wait for the gateway.",
        SmsQueue.LineDepth::waiting);
    ofLines(
        metrics,
        "wardline_queue_line_oldest_seconds",
        "How long the oldest of them has waited.",
        SmsQueue.LineDepth::oldestSeconds);
    metrics.gauges(
        "wardline_queue_stranded_texts",
        "Texts of the line that wait although no link in service carries them.",
        List.of("line"),
        () -> {
          Known known = now();
          return known.waiting().stream()
              .map(depth -> Reading.of((double) stranded(known, depth.line()), depth.line()))
              .toList();
        });
  }

  /** What waits, line by line. */
  List<SmsQueue.LineDepth> waiting() {
    return now().waiting();
  }

  /** What waits in vain. */
  List<StrandedTexts> stranded() {
    return now().stranded();
  }

  /** What waits and cannot leave now: no link that carries it is connected and wanted to send. */
  long held() {
    return now().held();
  }

  private static long stranded(Known known, String line) {
    return known.stranded().stream()
        .filter(texts -> texts.line().equals(line))
        .mapToLong(StrandedTexts::waiting)
        .sum();
  }

  private void ofLinks(
      Metrics metrics, String name, String help, Function<LinkView, Double> value) {
    metrics.gauges(
        name,
        help,
        List.of("link"),
        () ->
            now().links().stream()
                .map(view -> Reading.of(value.apply(view), view.name()))
                .toList());
  }

  private void ofLines(
      Metrics metrics, String name, String help, Function<SmsQueue.LineDepth, Long> value) {
    metrics.gauges(
        name,
        help,
        List.of("line"),
        () ->
            now().waiting().stream()
                .map(depth -> Reading.of(value.apply(depth), depth.line()))
                .toList());
  }

  private synchronized Known now() {
    Instant now = clock.instant();
    Known held = known;
    if (held != null && held.at().isAfter(now.minus(KEPT))) {
      return held;
    }
    Known fresh =
        db.inTransaction(
            tx -> {
              List<LinkView> views = LinkView.of(LinkStatus.all(tx), links.wanted(tx), now);
              List<SmsQueue.LaneDepth> lanes = queue.depthByLane(tx);
              return new Known(
                  now,
                  views,
                  withEmptyLines(byLine(lanes)),
                  StrandedTexts.of(views, lanes),
                  held(views, lanes));
            });
    known = fresh;
    return fresh;
  }

  private static long held(List<LinkView> views, List<SmsQueue.LaneDepth> lanes) {
    List<Routes.Link> sending =
        views.stream()
            .filter(view -> view.want() == Links.Want.RUN && view.isBound())
            .flatMap(view -> RoutePreview.inService(view).stream())
            .filter(Routes.Link::usable)
            .toList();
    return lanes.stream()
        .filter(lane -> Routes.order(sending, lane.line(), lane.prefix()).isEmpty())
        .mapToLong(SmsQueue.LaneDepth::waiting)
        .sum();
  }

  private static List<SmsQueue.LineDepth> byLine(List<SmsQueue.LaneDepth> lanes) {
    Map<String, SmsQueue.LineDepth> lines = new LinkedHashMap<>();
    for (SmsQueue.LaneDepth lane : lanes) {
      lines.merge(
          lane.line(),
          new SmsQueue.LineDepth(lane.line(), lane.waiting(), lane.oldestSeconds()),
          (one, other) ->
              new SmsQueue.LineDepth(
                  one.line(),
                  one.waiting() + other.waiting(),
                  Math.max(one.oldestSeconds(), other.oldestSeconds())));
    }
    return List.copyOf(lines.values());
  }

  private List<SmsQueue.LineDepth> withEmptyLines(List<SmsQueue.LineDepth> found) {
    return java.util.stream.Stream.concat(
            lines.stream()
                .map(
                    line ->
                        found.stream()
                            .filter(depth -> depth.line().equals(line))
                            .findFirst()
                            .orElseGet(() -> new SmsQueue.LineDepth(line, 0, 0))),
            found.stream().filter(depth -> !lines.contains(depth.line())))
        .toList();
  }

  private static double flag(boolean is) {
    return is ? 1 : 0;
  }
}
