package org.wardline.server.health;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.wardline.jdbc.Db;
import org.wardline.server.health.HealthFinding.Failed;
import org.wardline.server.health.HealthFinding.Ok;
import org.wardline.server.health.HealthFinding.Warn;
import org.wardline.server.links.StrandedTexts;
import org.wardline.sms.LinkStatus;
import org.wardline.sms.Links;
import org.wardline.sms.SmsQueue;

/** The checks every appliance has. */
final class HealthChecks {
  /** The gateway writes every 5 s; three missed writes mean that it is gone. */
  private static final Duration LINK_SEEN_MAX = Duration.ofSeconds(20);

  private static final Duration LINK_DOWN_TOLERATED = Duration.ofSeconds(30);
  private static final long QUEUE_SECONDS_WARN = 60;
  private static final long QUEUE_SECONDS_FAILED = 900;

  /**
   * Age of the oldest text: since when no link carries it is not known. Links are exchanged and
   * gateways restarted within this time.
   */
  private static final long STRANDED_SECONDS_TOLERATED = 30;

  private static final Duration ARCHIVE_LAG_WARN = Duration.ofMinutes(5);
  private static final double DISK_FREE_WARN = 0.15;
  private static final double DISK_FREE_FAILED = 0.05;

  /** Comes first in every list: most others need what it looks at. */
  static final String DATABASE = "Database";

  private HealthChecks() {}

  static HealthCheck database(Db db) {
    return HealthCheck.of(
        DATABASE,
        () -> {
          long start = System.nanoTime();
          db.inTransaction(tx -> tx.one("SELECT 1 AS n", row -> row.intValue("n")));
          long millis = (System.nanoTime() - start) / 1_000_000;
          return new Ok("answers in " + millis + " ms");
        });
  }

  /** All links to carriers, and whether a gateway runs at all. */
  static HealthCheck links(Db db, InstantSource clock) {
    return HealthCheck.of(
        "Link to the carrier", () -> links(db.inTransaction(LinkStatus::all), clock.instant()));
  }

  static HealthFinding links(List<LinkStatus> links, Instant now) {
    List<LinkStatus> wanted = links.stream().filter(HealthChecks::isWanted).toList();
    if (wanted.stream().allMatch(l -> l.seenAt().isBefore(now.minus(LINK_SEEN_MAX)))) {
      return new Failed(
          "No gateway is running.",
          "Texts are accepted and kept, but none goes out and no answer comes in.",
          "Start the service wardline-gateway, or restart the appliance. If it stops again, look"
              + " into its log.");
    }
    for (LinkStatus link : wanted) {
      if (!link.state().equals("bound")) {
        String what = "Link \"" + link.link() + "\" is " + link.state() + ": " + link.detail();
        String means =
            "Texts on this link wait here and go out by themselves once it is back. Answers wait at"
                + " the carrier.";
        String todo =
            "Check the network to the carrier, then the account's state with the carrier. Urgent"
                + " matters: call the patient.";
        boolean justNow = link.since().isAfter(now.minus(LINK_DOWN_TOLERATED));
        return justNow ? new Warn(what, means, todo) : new Failed(what, means, todo);
      }
    }
    List<LinkStatus> paused = wanted.stream().filter(l -> l.want() == Links.Want.PAUSE).toList();
    if (paused.isEmpty()) {
      return new Ok(
          wanted.size() == 1 ? "connected" : "all " + wanted.size() + " links are connected");
    }
    String first = paused.getFirst().link();
    String todo =
        "When the reason is over, press “Let it send again” on the page /links; at a terminal:"
            + " wardline link resume "
            + first
            + ".";
    if (paused.size() < wanted.size()) {
      return new Warn(
          "Link \"" + first + "\" is paused.",
          "It receives, and sends nothing. Its texts wait, unless another link carries them.",
          todo);
    }
    return new Failed(
        paused.size() == 1
            ? "No text goes out now: the only link, \"" + first + "\", is paused."
            : "No text goes out now: all " + paused.size() + " links are paused.",
        "Texts are accepted and wait here until a link sends again, or until their time runs out."
            + " Answers still come in.",
        todo + " Urgent matters: call the patient.");
  }

  /** Not one that people have taken out of service. */
  private static boolean isWanted(LinkStatus link) {
    return switch (link.want()) {
      case RUN, PAUSE -> true;
      case DRAIN, REMOVE -> false;
    };
  }

  /**
   * @param held how many of them no link can send now
   */
  static HealthCheck queue(Supplier<SmsQueue.Depth> depth, LongSupplier held) {
    return HealthCheck.of("Texts waiting", () -> queue(depth.get(), held.getAsLong()));
  }

  static HealthFinding queue(SmsQueue.Depth depth, long held) {
    if (depth.oldestSeconds() < QUEUE_SECONDS_WARN) {
      if (depth.waiting() > 0 && held > 0) {
        return new Warn(
            held == 1
                ? "1 text waits that no link can send now."
                : held + " texts wait that no link can send now.",
            "Patients get these texts late, or not at all when their time runs out first.",
            "See the link to the carrier above, and the page /links.");
      }
      return new Ok(depth.waiting() == 0 ? "none" : depth.waiting() + ", moving");
    }
    String what =
        (depth.waiting() == 1
                ? "1 text waits, for "
                : depth.waiting() + " texts wait, the oldest for ")
            + depth.oldestSeconds() / 60
            + " min";
    String means = "Patients get their texts late.";
    String todo =
        "Look at the link to the carrier above; ask the carrier whether it slows us down.";
    return depth.oldestSeconds() < QUEUE_SECONDS_FAILED
        ? new Warn(what, means, todo)
        : new Failed(what, means, todo);
  }

  /** Texts that every link leaves where they are. */
  static HealthCheck stranded(Supplier<List<StrandedTexts>> stranded) {
    return HealthCheck.of("Texts without a link", () -> stranded(stranded.get()));
  }

  static HealthFinding stranded(List<StrandedTexts> stranded) {
    if (stranded.isEmpty()) {
      return new Ok("none");
    }
    StrandedTexts oldest =
        Collections.max(stranded, Comparator.comparingLong(StrandedTexts::oldestSeconds));
    long texts = stranded.stream().mapToLong(StrandedTexts::waiting).sum();
    String what =
        "No link carries %s on line %s %s%s."
            .formatted(
                oldest.count(),
                oldest.line(),
                oldest.to(),
                stranded.size() == 1
                    ? ""
                    : ", nor " + (texts - oldest.waiting()) + " others that wait");
    String means =
        "They do not leave by themselves: they wait until their time runs out, and those patients"
            + " are not reached.";
    String todo =
        "The page /links names them. Give a link their line (\"lines\") and the beginning of their"
            + " numbers (\"prefixes\"), or let one that carries them run again. Urgent matters:"
            + " call the patient.";
    return oldest.oldestSeconds() < STRANDED_SECONDS_TOLERATED
        ? new Warn(what, means, todo)
        : new Failed(what, means, todo);
  }

  /** Texts and news of texts that no part of Wardline could handle. */
  static HealthCheck aside(Supplier<SmsQueue.Aside> aside) {
    return HealthCheck.of("Texts set aside", () -> aside(aside.get()));
  }

  static HealthFinding aside(SmsQueue.Aside aside) {
    if (aside.inbound() > 0) {
      return new Failed(
          aside.inbound() + " texts could not be read.",
          "Patients wrote something that nobody in the practice has seen. The texts are kept.",
          "Send us the lines of the log that name them, today. The texts are tried again at every restart and after an"
              + " update.");
    }
    return aside.events() == 0
        ? new Ok("none")
        : new Warn(
            aside.events() + " reports about sent texts could not be read.",
            "Some texts may show an old state, such as \"sent\" instead of \"delivered\".",
            "Send us the lines of the log that name them. The reports are tried again at every restart and after an update.");
  }

  /**
   * @param lag age of the oldest event that is not yet in the archive; zero when all are
   */
  static HealthCheck archive(Supplier<Duration> lag) {
    return HealthCheck.of("Archive", () -> archive(lag.get()));
  }

  static HealthFinding archive(Duration lag) {
    return lag.compareTo(ARCHIVE_LAG_WARN) < 0
        ? new Ok("up to date")
        : new Warn(
            "The archive is " + lag.toMinutes() + " min behind.",
            "Nothing is lost: messages are kept here until the archive has them.",
            "Check the service cassandra on this appliance and its peers, and the disk space.");
  }

  static HealthCheck disk(Path folder) {
    return HealthCheck.withoutDatabase(
        "Disk space",
        () -> {
          try {
            FileStore store = Files.getFileStore(folder);
            return disk(store.getUsableSpace(), store.getTotalSpace());
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  static HealthFinding disk(long freeBytes, long totalBytes) {
    double free = totalBytes == 0 ? 0 : (double) freeBytes / totalBytes;
    String what = Math.round(free * 100) + " % free (" + freeBytes / 1_000_000_000 + " GB)";
    if (free >= DISK_FREE_WARN) {
      return new Ok(what);
    }
    String means = "When the disk is full, no text can be sent or received.";
    String todo = "Give the appliance a larger disk, or remove old backups from it.";
    return free >= DISK_FREE_FAILED
        ? new Warn("Only " + what, means, todo)
        : new Failed("Only " + what, means, todo);
  }
}
