package org.wardline.sms;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.wardline.jdbc.Tx;

/**
 * How a link to a carrier is doing, as the gateway last wrote it into {@code sms.link}. The gateway
 * writes it at every change and at least every five seconds, so an old {@link #seenAt} means that
 * no gateway is running.
 *
 * @param state connecting, bound, waiting or stopped
 * @param detail for people
 * @param want what people want of it, see {@link Links.Want}
 * @param added while running, not by {@code gateway.yaml}
 * @param peer host and port
 * @param figures of the moment
 */
public record LinkStatus(
    String link,
    String state,
    String detail,
    Instant since,
    Instant seenAt,
    Links.Want want,
    boolean added,
    String peer,
    Routes.Link route,
    Figures figures) {

  /**
   * @param windowSize most texts under way at once
   * @param inFlight texts under way
   * @param perSecond segments the carrier took, over the last ten seconds
   * @param spacingMillis pause between two segments, because of the link's limit or the carrier's
   *     complaint
   * @param errors the last ones in words, newest first
   */
  public record Figures(
      int windowSize, int inFlight, double perSecond, double spacingMillis, List<String> errors) {}

  public static List<LinkStatus> all(Tx tx) {
    return tx.query(
        """
        SELECT link, state, detail, since, seen_at, want, added, peer, usable, lines, prefixes,
               preference, cost, window_size, in_flight, per_second, spacing_ms, errors
        FROM sms.link ORDER BY link
        """,
        row ->
            new LinkStatus(
                row.string("link"),
                row.string("state"),
                row.string("detail"),
                row.instant("since"),
                row.instant("seen_at"),
                Links.Want.ofWireName(row.string("want")),
                row.bool("added"),
                row.string("peer"),
                new Routes.Link(
                    row.string("link"),
                    Set.copyOf(row.strings("lines")),
                    row.strings("prefixes"),
                    row.intValue("preference"),
                    new BigDecimal(row.string("cost")),
                    row.bool("usable")),
                new Figures(
                    row.intValue("window_size"),
                    row.intValue("in_flight"),
                    row.doubleValue("per_second"),
                    row.doubleValue("spacing_ms"),
                    row.strings("errors"))));
  }
}
