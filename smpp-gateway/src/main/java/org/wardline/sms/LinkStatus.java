package org.wardline.sms;

import java.time.Instant;
import java.util.List;
import org.wardline.jdbc.Tx;

/**
 * How a link to a carrier is doing, as the gateway last wrote it into {@code sms.link}. The gateway
 * writes it at every change and at least every five seconds, so an old {@link #seenAt} means that
 * no gateway is running.
 */
public record LinkStatus(String link, String state, String detail, Instant since, Instant seenAt) {

  public static List<LinkStatus> all(Tx tx) {
    return tx.query(
        "SELECT link, state, detail, since, seen_at FROM sms.link ORDER BY link",
        row ->
            new LinkStatus(
                row.string("link"),
                row.string("state"),
                row.string("detail"),
                row.instant("since"),
                row.instant("seen_at")));
  }
}
