package org.wardline.server.conversations;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.wardline.jdbc.Tx;
import org.wardline.server.keys.SystemKeys;

/**
 * Keeps the same words from going to the same number twice within a short time (FLOW-6): a double
 * click through two tabs, a program that runs twice. Knows texts by a keyed digest only.
 */
final class RepeatedTexts {
  private static final String DOMAIN = "sent-text";

  /** In hexadecimal, because arrays have no value of their own. */
  record Digest(String hex) {
    static Digest of(byte[] octets) {
      return new Digest(HexFormat.of().formatHex(octets));
    }

    private byte[] bytes() {
      return HexFormat.of().parseHex(hex);
    }
  }

  /** A text that went out, or still waits to. */
  record Earlier(UUID message, Instant at) {}

  private final SystemKeys keys;
  private final InstantSource clock;
  private final Duration window;

  /**
   * @param window how long a text is remembered; zero switches the guard off
   */
  RepeatedTexts(SystemKeys keys, InstantSource clock, Duration window) {
    this.keys = keys;
    this.clock = clock;
    this.window = window;
  }

  boolean isOff() {
    return window.isZero();
  }

  Digest digest(UUID phone, Line line, String text) {
    return Digest.of(keys.blindIndex(DOMAIN, phone + "|" + line.id() + "|" + text));
  }

  /** Those of the texts that were accepted within the window and did not fail since. */
  Map<Digest, Earlier> earlier(Tx tx, List<Digest> digests) {
    record Row(Digest digest, Earlier earlier) {}
    Map<Digest, Earlier> found = new HashMap<>();
    tx.query(
            """
            SELECT s.digest, s.message_id, s.at
            FROM wardline.sent_text s JOIN wardline.message m ON m.id = s.message_id
            WHERE s.digest = ANY (?::bytea[]) AND s.at > ?
              AND m.state NOT IN ('failed', 'expired', 'recalled')
            """,
            row ->
                new Row(
                    Digest.of(row.bytes("digest")),
                    new Earlier(row.uuid("message_id"), row.instant("at"))),
            digests.stream().map(Digest::bytes).toArray(byte[][]::new),
            clock.instant().minus(window))
        .forEach(row -> found.put(row.digest(), row.earlier()));
    return found;
  }

  void remember(Tx tx, Map<Digest, UUID> accepted) {
    if (accepted.isEmpty()) {
      return;
    }
    List<Map.Entry<Digest, UUID>> entries = List.copyOf(accepted.entrySet());
    tx.later(
        """
        INSERT INTO wardline.sent_text (digest, message_id, at)
        SELECT digest, message_id, ? FROM unnest(?::bytea[], ?::uuid[]) AS t (digest, message_id)
        ON CONFLICT (digest) DO UPDATE SET message_id = excluded.message_id, at = excluded.at
        """,
        clock.instant(),
        entries.stream().map(entry -> entry.getKey().bytes()).toArray(byte[][]::new),
        entries.stream().map(Map.Entry::getValue).toArray(UUID[]::new));
  }
}
