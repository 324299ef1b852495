package org.wardline.server.links;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.wardline.sms.LinkStatus;
import org.wardline.sms.Links.Want;
import org.wardline.sms.Links.Wanted;

/**
 * One link, in words: what the gateway last said of it, and what people want of it.
 *
 * @param status empty until a gateway has taken it up
 * @param wanted empty for a link of {@code gateway.yaml} about which nobody has said anything
 */
public record LinkView(
    String name, Optional<LinkStatus> status, Optional<Wanted> wanted, Instant now) {
  /** The gateway writes at least every 5 s; three missed writes mean that it is gone. */
  static final Duration SEEN_MAX = Duration.ofSeconds(20);

  /**
   * How it stands.
   *
   * @param tone {@code good}, {@code quiet}, {@code warn} or {@code bad}
   * @param icon symbol in {@code icons.svg}
   */
  public record Standing(String word, String tone, String icon) {}

  /** Every link that there is or that somebody wants, by name. */
  static List<LinkView> of(List<LinkStatus> statuses, List<Wanted> wanted, Instant now) {
    return java.util.stream.Stream.concat(
            statuses.stream().map(LinkStatus::link), wanted.stream().map(Wanted::link))
        .distinct()
        .sorted()
        .map(
            name ->
                new LinkView(
                    name,
                    statuses.stream().filter(s -> s.link().equals(name)).findFirst(),
                    wanted.stream().filter(w -> w.link().equals(name)).findFirst(),
                    now))
        .toList();
  }

  /** What people want; without a word from them, that it runs. */
  public Want want() {
    return wanted.map(Wanted::want).orElse(Want.RUN);
  }

  /** Whether a gateway has spoken of it lately. */
  public boolean isReported() {
    return status.filter(s -> s.seenAt().isAfter(now.minus(SEEN_MAX))).isPresent();
  }

  public boolean isBound() {
    return isReported() && is("bound");
  }

  /** It cannot run, or was stopped: what it would carry is not known for sure. */
  boolean isStopped() {
    return is("stopped");
  }

  /** Out of service because people wanted it so. */
  public boolean isDrained() {
    return want() == Want.DRAIN && status.filter(s -> s.state().equals("stopped")).isPresent();
  }

  /** Whether its settings were given while running and can be changed here. */
  public boolean isAdded() {
    return wanted.flatMap(Wanted::settings).isPresent()
        || status.map(LinkStatus::added).orElse(false);
  }

  /** One that no gateway and no file knows any more, or that was added here. */
  public boolean mayBeRemoved() {
    return isAdded() || !isReported();
  }

  public Standing standing() {
    if (want() == Want.REMOVE) {
      return new Standing("Being removed", "quiet", "clock");
    }
    if (isDrained()) {
      return new Standing("Out of service", "quiet", "stop");
    }
    if (status.isEmpty()) {
      return new Standing("Not taken up yet", "warn", "clock");
    }
    if (!isReported()) {
      return new Standing("No gateway reports", "bad", "alert");
    }
    return switch (want()) {
      case RUN ->
          is("bound")
              ? new Standing("Connected", "good", "check")
              : is("connecting")
                  ? new Standing("Connecting", "warn", "clock")
                  : new Standing(is("stopped") ? "Stopped" : "Not connected", "bad", "alert");
      case PAUSE -> new Standing(is("bound") ? "Paused" : "Paused, not connected", "warn", "stop");
      case DRAIN, REMOVE -> new Standing("Ending", "warn", "clock");
    };
  }

  /** What people want, as a sentence. */
  public String wish() {
    return switch (want()) {
      case RUN -> "Send and receive";
      case PAUSE -> "Receive only; send nothing";
      case DRAIN -> "Send nothing more, then disconnect";
      case REMOVE -> "Disconnect and forget it";
    };
  }

  /** More than the standing's word; empty when there is nothing to add. */
  public String detail() {
    if (status.isEmpty()) {
      return "No gateway has taken it up. One that runs does so within a second.";
    }
    if (isDrained()) {
      return "Nothing is under way, and it is not connected. Its texts wait, unless another link carries"
          + " them.";
    }
    if (!isReported()) {
      return "Nothing is sent or received on it. Is the service wardline-gateway running?";
    }
    return status.get().detail();
  }

  /**
   * Since when it stands so; null when nobody knows. What people want of it counts from when they
   * said so: a paused link stays connected, so its connection is older than the pause.
   */
  public @Nullable Instant since() {
    boolean asWanted =
        switch (want()) {
          case PAUSE -> isReported();
          case DRAIN -> isReported() && !isDrained();
          case REMOVE -> true;
          case RUN -> false;
        };
    if (asWanted) {
      return changedAt();
    }
    return status
        .map(s -> isReported() || isDrained() ? s.since() : s.seenAt())
        .orElseGet(this::changedAt);
  }

  /** Who asked for what it shall do, and when; empty when it is only in {@code gateway.yaml}. */
  public String changedBy() {
    return wanted.map(Wanted::changedBy).orElse("");
  }

  /** When they did; null when nobody has. */
  public @Nullable Instant changedAt() {
    return wanted.map(Wanted::changedAt).orElse(null);
  }

  public String peer() {
    return status.map(LinkStatus::peer).filter(peer -> !peer.isEmpty()).orElse("");
  }

  /** The carrier's host; a narrow card may break after it, not within the port. */
  public String peerHost() {
    return peer().substring(0, peer().length() - peerPort().length());
  }

  /** With its colon; empty when there is none. */
  public String peerPort() {
    int colon = peer().lastIndexOf(':');
    return colon < 0 ? "" : peer().substring(colon);
  }

  /** The lines it carries. */
  public String lines() {
    return status
        .map(s -> s.route().lines().stream().sorted().toList())
        .filter(lines -> !lines.isEmpty())
        .map(lines -> String.join(", ", lines))
        .orElse("all");
  }

  /** The beginnings of numbers it carries. */
  public String prefixes() {
    return status
        .map(s -> String.join(", ", s.route().prefixes()))
        .map(prefixes -> prefixes.equals("+") ? "all" : prefixes)
        .orElse("all");
  }

  private boolean is(String state) {
    return status.filter(s -> s.state().equals(state)).isPresent();
  }
}
