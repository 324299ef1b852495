package org.wardline.gateway;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.wardline.jdbc.Tx;
import org.wardline.sms.TransportKeys;

/**
 * Tells a whole text that the carrier delivers twice from a patient who writes the same twice.
 *
 * <p>A carrier delivers again when it did not get our answer. So a text is a repeat only when the
 * same octets came before and that delivery's answer is <em>in doubt</em>: we told the carrier to
 * deliver later although the text was committed, its session was gone before we could answer, or
 * the process died before it could note that it had answered. Even then only within a few minutes,
 * and only when the sender wrote nothing else since: after STOP, START the next STOP is a new one.
 * Where the carrier gives each text a stamp of its own, the same stamp on another session is a
 * repeat too.
 *
 * <p>When it may be a repeat but need not be, it is stored with a note. A text that is not the
 * patient's own is a nuisance; a lost one is a harm.
 *
 * <p>Calls must not overlap.
 */
final class Repeats {
  /** Within this a redelivery is expected; a carrier usually tries again after a minute. */
  private static final Duration SOON = Duration.ofMinutes(10);

  /** Stamps of one octet come around again. */
  private static final Duration STAMP_LIMIT = Duration.ofHours(1);

  private static final Duration MEMORY = Duration.ofHours(24);

  /** A session that brought something this long after an answer has brought the answer too. */
  private static final Duration ALIVE_AFTER = Duration.ofSeconds(5);

  private static final int RECENT_PER_SENDER = 20;
  private static final int MAX_SESSIONS = 32;

  /** What to do with a text. */
  sealed interface Verdict {
    /**
     * Store it.
     *
     * @param note for people, or empty
     */
    record Store(UUID seen, String note) implements Verdict {}

    /** It is stored already. */
    record Repeat(UUID seen) implements Verdict {}

    /** What {@link Repeats#answered} is told when the carrier has our answer. */
    UUID seen();
  }

  private static final class Seen {
    final UUID id;
    final long sender;
    final long digest;
    UUID session;
    Instant at;
    boolean answered;
    boolean inThisBatch;
    boolean repeated;

    Seen(UUID id, long sender, long digest, UUID session, Instant at, boolean answered) {
      this.id = id;
      this.sender = sender;
      this.digest = digest;
      this.session = session;
      this.at = at;
      this.answered = answered;
    }
  }

  private final TransportKeys keys;

  /** Answered, and not yet noted in the table. */
  private final Set<UUID> answered = new HashSet<>();

  /** When each of the last sessions last brought a text. */
  private final Map<UUID, Instant> lastHeard =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Instant> eldest) {
          return size() > MAX_SESSIONS;
        }
      };

  Repeats(TransportKeys keys) {
    this.keys = keys;
  }

  /** The carrier was told that we have this text, on a session that was alive. */
  void answered(UUID seen) {
    answered.add(seen);
  }

  /** Judges whole texts in the order they came, and remembers them. */
  List<Verdict> judge(Tx tx, List<Arrival> texts) {
    noteAnswers(tx);
    Map<Long, List<Seen>> bySender = recent(tx, texts);
    List<Verdict> verdicts = new ArrayList<>();
    List<Seen> fresh = new ArrayList<>();
    List<Seen> repeated = new ArrayList<>();
    for (Arrival text : texts) {
      long sender = sender(text);
      List<Seen> before = bySender.computeIfAbsent(sender, any -> new ArrayList<>());
      long digest = digest(text);
      Seen same = certain(text, digest, before);
      if (same == null) {
        Seen seen =
            new Seen(UUID.randomUUID(), sender, digest, text.origin().session(), text.at(), false);
        seen.inThisBatch = true;
        verdicts.add(new Verdict.Store(seen.id, note(text, digest, before)));
        before.addFirst(seen);
        fresh.add(seen);
      } else {
        // What follows is compared with this delivery.
        same.session = text.origin().session();
        same.answered = false;
        same.inThisBatch = true;
        answered.remove(same.id);
        if (!same.repeated && !fresh.contains(same)) {
          repeated.add(same);
        }
        same.repeated = true;
        verdicts.add(new Verdict.Repeat(same.id));
      }
      lastHeard.merge(text.origin().session(), text.at(), (a, b) -> a.isAfter(b) ? a : b);
    }
    insert(tx, fresh);
    update(tx, repeated);
    return verdicts;
  }

  private @Nullable Seen certain(Arrival text, long digest, List<Seen> before) {
    for (Seen seen : before) {
      if (seen.digest == digest
          && !text.stamp().isEmpty()
          && !sameSession(text, seen)
          && isWithin(text, seen, STAMP_LIMIT)) {
        return seen;
      }
    }
    if (before.isEmpty()) {
      return null;
    }
    Seen newest = before.getFirst();
    return newest.digest == digest && isInDoubt(text, newest) && isWithin(text, newest, SOON)
        ? newest
        : null;
  }

  private String note(Arrival text, long digest, List<Seen> before) {
    boolean perhaps =
        before.stream()
            .filter(seen -> seen.digest == digest)
            .anyMatch(
                seen ->
                    isInDoubt(text, seen)
                        || (!sameSession(text, seen)
                            && isWithin(text, seen, SOON)
                            && !wasHeardAfter(seen)));
    return perhaps ? CarrierWords.PERHAPS_A_REPEAT : "";
  }

  /**
   * Two in one batch of one session were both under way at once: the carrier waited for neither in
   * vain.
   */
  private static boolean isInDoubt(Arrival text, Seen seen) {
    return !seen.answered && !(seen.inThisBatch && sameSession(text, seen));
  }

  private static boolean sameSession(Arrival text, Seen seen) {
    return seen.session.equals(text.origin().session());
  }

  private static boolean isWithin(Arrival text, Seen seen, Duration limit) {
    return seen.at.plus(limit).isAfter(text.at());
  }

  private boolean wasHeardAfter(Seen seen) {
    Instant heard = lastHeard.get(seen.session);
    return heard != null && heard.isAfter(seen.at.plus(ALIVE_AFTER));
  }

  private long sender(Arrival text) {
    return keys.hash(text.source() + "|" + text.destination());
  }

  private long digest(Arrival text) {
    return keys.hash(
        String.join(
            "|",
            text.source(),
            text.destination(),
            Integer.toString(text.dataCoding()),
            HexFormat.of().formatHex(text.header()),
            text.stamp(),
            new String(text.body(), StandardCharsets.ISO_8859_1)));
  }

  /** The last texts of these senders, the newest first. */
  private Map<Long, List<Seen>> recent(Tx tx, List<Arrival> texts) {
    Map<Long, List<Seen>> bySender = new HashMap<>();
    Instant oldest =
        texts.stream().map(Arrival::at).min(Instant::compareTo).orElseThrow().minus(MEMORY);
    for (Seen seen :
        tx.query(
            """
            SELECT r.* FROM unnest(?::bigint[]) AS s (sender), LATERAL (
              SELECT id, seq, sender, digest, session, received_at, answered FROM sms.inbound_seen
              WHERE sender = s.sender AND received_at > ?
              ORDER BY seq DESC LIMIT ?) AS r
            ORDER BY r.seq DESC
            """,
            row ->
                new Seen(
                    row.uuid("id"),
                    row.longValue("sender"),
                    row.longValue("digest"),
                    row.uuid("session"),
                    row.instant("received_at"),
                    row.bool("answered") || answered.contains(row.uuid("id"))),
            texts.stream().map(this::sender).distinct().toArray(Long[]::new),
            oldest,
            RECENT_PER_SENDER)) {
      bySender.computeIfAbsent(seen.sender, any -> new ArrayList<>()).add(seen);
    }
    return bySender;
  }

  /** Notes which answers were given, so that after a crash only the last seconds are in doubt. */
  void noteAnswers(Tx tx) {
    if (!answered.isEmpty()) {
      List<UUID> noted = List.copyOf(answered);
      tx.update(
          "UPDATE sms.inbound_seen SET answered = true WHERE id = ANY(?::uuid[])",
          (Object) noted.toArray(UUID[]::new));
      tx.afterCommit(() -> noted.forEach(answered::remove));
    }
  }

  /** Forgets what is older than a day. */
  static void forget(Tx tx, Instant now) {
    tx.update("DELETE FROM sms.inbound_seen WHERE received_at < ?", now.minus(MEMORY));
  }

  private static void insert(Tx tx, List<Seen> fresh) {
    if (!fresh.isEmpty()) {
      tx.update(
          """
          INSERT INTO sms.inbound_seen (id, sender, digest, session, received_at, repeats)
          SELECT id, sender, digest, session, received_at, repeats
          FROM unnest(?::uuid[], ?::bigint[], ?::bigint[], ?::uuid[], ?::timestamptz[], ?::int[])
            WITH ORDINALITY AS t (id, sender, digest, session, received_at, repeats, n)
          ORDER BY n
          """,
          fresh.stream().map(seen -> seen.id).toArray(UUID[]::new),
          fresh.stream().map(seen -> seen.sender).toArray(Long[]::new),
          fresh.stream().map(seen -> seen.digest).toArray(Long[]::new),
          fresh.stream().map(seen -> seen.session).toArray(UUID[]::new),
          fresh.stream().map(seen -> seen.at).toArray(Instant[]::new),
          fresh.stream().map(seen -> seen.repeated ? 1 : 0).toArray(Integer[]::new));
    }
  }

  private static void update(Tx tx, List<Seen> repeated) {
    if (!repeated.isEmpty()) {
      tx.update(
          """
          UPDATE sms.inbound_seen s
          SET session = t.session, answered = false, repeats = s.repeats + 1
          FROM unnest(?::uuid[], ?::uuid[]) AS t (id, session)
          WHERE s.id = t.id
          """,
          repeated.stream().map(seen -> seen.id).toArray(UUID[]::new),
          repeated.stream().map(seen -> seen.session).toArray(UUID[]::new));
    }
  }
}
