package org.wardline.sms;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.wardline.jdbc.Tx;

/**
 * What people want of the links, kept in {@code sms.link_wanted}: console and command line write
 * it, the gateway does it at once and says in {@link LinkStatus} what came of it.
 */
public final class Links {
  /** NOTIFY channel: look at {@code sms.link_wanted}. */
  public static final String CHANNEL = "sms_link";

  private static final String TABLE = "link_wanted";

  /** What a link shall do. */
  public enum Want {
    /** Send and receive. */
    RUN,
    /** Stay connected and receive, but send nothing. */
    PAUSE,
    /** Take no new text, let those under way end, then disconnect. */
    DRAIN,
    /** Drain, then forget the link. */
    REMOVE;

    /** As in the tables. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }

    public static Want ofWireName(String name) {
      return valueOf(name.toUpperCase(Locale.ROOT));
    }
  }

  /**
   * @param settings of a link added while running: YAML with the keys of an entry of {@code links:}
   *     in {@code gateway.yaml}; empty for a link of that file
   * @param changedBy a login or the name of a program
   */
  public record Wanted(
      String link, Optional<String> settings, Want want, Instant changedAt, String changedBy) {
    @Override
    public String toString() {
      return "Wanted[" + link + ", " + want + "]";
    }
  }

  private final TransportKeys keys;

  public Links(TransportKeys keys) {
    this.keys = keys;
  }

  public List<Wanted> wanted(Tx tx) {
    return tx.query(
        "SELECT link, sealed, want, changed_at, changed_by FROM sms.link_wanted ORDER BY link",
        row -> {
          String link = row.string("link");
          return new Wanted(
              link,
              row.optionalBytes("sealed").map(bytes -> open(link, bytes)),
              Want.ofWireName(row.string("want")),
              row.instant("changed_at"),
              row.string("changed_by"));
        });
  }

  /** Adds a link, or gives one that was added before new settings; it runs at once. */
  public void put(Tx tx, String link, String settings, String by) {
    tx.update(
        """
        INSERT INTO sms.link_wanted (link, sealed, want, changed_by) VALUES (?, ?, 'run', ?)
        ON CONFLICT (link) DO UPDATE
        SET sealed = excluded.sealed, want = 'run', changed_at = now(), changed_by = excluded.changed_by
        """,
        link,
        keys.seal(TABLE, row(link), settings.getBytes(StandardCharsets.UTF_8)),
        by);
    tell(tx);
  }

  public void want(Tx tx, String link, Want want, String by) {
    tx.update(
        """
        INSERT INTO sms.link_wanted (link, want, changed_by) VALUES (?, ?, ?)
        ON CONFLICT (link) DO UPDATE
        SET want = excluded.want, changed_at = now(), changed_by = excluded.changed_by
        """,
        link,
        want.wireName(),
        by);
    tell(tx);
  }

  /** For the gateway, once a removed link is gone. */
  public void forget(Tx tx, String link) {
    tx.update("DELETE FROM sms.link_wanted WHERE link = ? AND want = 'remove'", link);
    tx.update("DELETE FROM sms.link WHERE link = ?", link);
  }

  private static void tell(Tx tx) {
    tx.query("SELECT pg_notify('" + CHANNEL + "', '')", row -> "");
  }

  private String open(String link, byte[] bytes) {
    return new String(keys.open(TABLE, row(link), bytes), StandardCharsets.UTF_8);
  }

  /** A row's settings open only under its own name. */
  private static UUID row(String link) {
    return UUID.nameUUIDFromBytes(link.getBytes(StandardCharsets.UTF_8));
  }
}
