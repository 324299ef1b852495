package org.wardline.server.links;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.wardline.server.conversations.Line;
import org.wardline.server.conversations.ReadableTimes;
import org.wardline.server.conversations.StateWords;
import org.wardline.sms.DeliveryState;
import org.wardline.sms.Links.Want;
import org.wardline.sms.SmsQueue;
import org.wardline.sms.TestTexts.TestText;

/** What the pages about links show, and how figures and times read there. */
public record LinksPage(
    List<LinkView> links,
    List<SmsQueue.LineDepth> waiting,
    List<StrandedTexts> stranded,
    List<Line> lines,
    ReadableTimes times) {
  private static final int SECONDS_PER_MINUTE = 60;
  private static final int MINUTES_PER_HOUR = 60;
  private static final int LONG_WAIT_SECONDS = 60;
  private static final double SMALLEST_RATE = 0.05;
  private static final double MILLIS = 1e3;

  /**
   * The question how a text would go, and the answer.
   *
   * @param mistake what is wrong with the question; empty when it was answered
   */
  public record Route(String line, Optional<RoutePreview> answer, String mistake) {
    static final Route NOT_ASKED = new Route("", Optional.empty(), "");
  }

  /** One sentence about all of them, with its tone. */
  public record Summary(String words, String tone) {}

  public Summary summary() {
    if (links.isEmpty()) {
      return new Summary("There is no link yet, so no text goes out.", "warn");
    }
    List<LinkView> wanted =
        links.stream()
            .filter(
                link ->
                    switch (link.want()) {
                      case RUN, PAUSE -> true;
                      case DRAIN, REMOVE -> false;
                    })
            .toList();
    long bound = wanted.stream().filter(LinkView::isBound).count();
    if (wanted.isEmpty()) {
      return new Summary("Every link is out of service; no text goes out.", "error");
    }
    if (bound == 0) {
      return new Summary(
          "No link is connected. Texts wait here; answers wait at the carrier.", "error");
    }
    if (wanted.stream().allMatch(link -> link.want() == Want.PAUSE)) {
      return new Summary(
          wanted.size() == 1
              ? "The only link is paused; no text goes out until it is let send again."
              : "Every link is paused; no text goes out until one is let send again.",
          "error");
    }
    if (wanted.stream().allMatch(link -> link.standing().tone().equals("good"))) {
      return new Summary(
          switch ((int) bound) {
            case 1 -> "The link is connected.";
            case 2 -> "Both links are connected.";
            default -> "All " + bound + " links are connected.";
          },
          "ok");
    }
    return new Summary(
        bound == wanted.size()
            ? "Every link is connected; not every one sends."
            : bound + " of " + wanted.size() + " links are connected.",
        "warn");
  }

  public String lineName(String id) {
    return lines.stream()
        .filter(line -> line.id().equals(id))
        .map(Line::name)
        .findFirst()
        .orElse(id);
  }

  /** How long something has lasted, or since when. */
  public String since(@Nullable Instant at) {
    if (at == null) {
      return "";
    }
    String brief = times.brief(at);
    if (brief.equals("now")) {
      return "just now";
    }
    return brief.endsWith(" min") ? "for " + brief : "since " + brief;
  }

  public String ago(Instant at) {
    String brief = times.brief(at);
    if (brief.equals("now")) {
      return "just now";
    }
    return brief.endsWith(" min") ? brief + " ago" : brief;
  }

  public static String seconds(long seconds) {
    if (seconds < SECONDS_PER_MINUTE) {
      return seconds + " s";
    }
    long minutes = seconds / SECONDS_PER_MINUTE;
    return minutes < MINUTES_PER_HOUR
        ? minutes + " min"
        : minutes / MINUTES_PER_HOUR + " h " + minutes % MINUTES_PER_HOUR + " min";
  }

  public static boolean isLong(SmsQueue.LineDepth depth) {
    return depth.oldestSeconds() >= LONG_WAIT_SECONDS;
  }

  /** A number a second, with as many digits as anybody wants to read. */
  public static String rate(double perSecond) {
    if (perSecond < SMALLEST_RATE) {
      return "0";
    }
    return String.format(Locale.US, perSecond < 10 ? "%.1f" : "%.0f", perSecond)
        .replaceFirst("\\.0$", "");
  }

  /** How many segments a pause between them lets through. */
  public static String pace(double spacingMillis) {
    return rate(MILLIS / spacingMillis);
  }

  /** An error as the gateway wrote it, with the time in the practice's zone. */
  public String error(String written) {
    int space = written.indexOf(' ');
    if (space > 0) {
      try {
        return times.brief(Instant.parse(written.substring(0, space)))
            + ": "
            + written.substring(space + 1);
      } catch (DateTimeException e) {
        return written;
      }
    }
    return written;
  }

  public static StateWords words(TestText test) {
    return switch (test.state()) {
      case QUEUED -> new StateWords("clock", "Waits for the link", "quiet", "");
      case SUBMITTING -> new StateWords("clock", "On its way to the carrier", "quiet", "");
      case SENT -> new StateWords("check", "The carrier has it", "quiet", "");
      case DELIVERED -> new StateWords("checks", "On the phone, says the carrier", "good", "");
      case FAILED -> new StateWords("alert", "Not delivered", "bad", "");
      case EXPIRED -> new StateWords("alert", "Not sent in time", "bad", "");
      case UNKNOWN, RECALLED, RECEIVED -> new StateWords("question", "Nobody can tell", "warn", "");
    };
  }

  public static boolean isOver(TestText test) {
    return test.state() != DeliveryState.QUEUED
        && test.state() != DeliveryState.SUBMITTING
        && test.state() != DeliveryState.SENT;
  }
}
