package org.wardline.gateway;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.wardline.gateway.InboundWords.Shown;
import org.wardline.jdbc.Tx;
import org.wardline.sms.KeptOctets;
import org.wardline.sms.SmsQueue;
import org.wardline.sms.TextId;
import org.wardline.sms.TransportKeys;

/**
 * The SQL of the inbox: whole texts, with {@link Repeats} for those that come twice and {@link
 * InboundParts} for those that come in parts. Calls must not overlap.
 */
final class InboundStore {
  /** How long octets that could not be shown are kept. */
  private static final Duration OCTETS_LIMIT = Duration.ofDays(30);

  /** How many texts a call handed on to the server, by completeness. */
  record HandedOn(int complete, int incomplete) {
    private static HandedOn of(List<Text> texts) {
      int complete = (int) texts.stream().filter(Text::complete).count();
      return new HandedOn(complete, texts.size() - complete);
    }
  }

  /**
   * What a call stored.
   *
   * @param seen for each arrival, in order, what to tell {@link #answered}; nothing for parts
   * @param repeats how many were there already
   */
  record Stored(HandedOn handedOn, List<Optional<UUID>> seen, int repeats) {}

  /**
   * A text for the server.
   *
   * @param octets what to keep because the text does not say everything; usually empty
   */
  record Text(
      String source,
      String destination,
      String text,
      Instant at,
      boolean complete,
      String note,
      List<KeptOctets.Part> octets) {
    @Override
    public String toString() {
      return "Text[redacted]";
    }
  }

  private final SmsQueue queue;
  private final TransportKeys keys;
  private final Repeats repeats;
  private final InboundParts parts;

  /**
   * @param limit how long an incomplete text waits for its missing parts
   */
  InboundStore(SmsQueue queue, TransportKeys keys, Duration limit) {
    this.queue = queue;
    this.keys = keys;
    this.repeats = new Repeats(keys);
    this.parts = new InboundParts(keys, limit);
  }

  Stored store(Tx tx, List<Arrival> arrivals, Instant now) {
    List<Arrival> whole = arrivals.stream().filter(Arrival::isWhole).toList();
    List<Arrival> inParts = arrivals.stream().filter(one -> !one.isWhole()).toList();
    List<Text> texts = new ArrayList<>();
    List<Repeats.Verdict> verdicts = whole.isEmpty() ? List.of() : repeats.judge(tx, whole);
    for (int i = 0; i < verdicts.size(); i++) {
      Repeats.Verdict verdict = verdicts.get(i);
      switch (verdict) {
        case Repeats.Verdict.Store store -> texts.add(text(whole.get(i), store.note()));
        case Repeats.Verdict.Repeat repeat -> {}
      }
    }
    int repeated = whole.size() - texts.size();
    if (!inParts.isEmpty()) {
      texts.addAll(parts.store(tx, inParts, now));
    }
    insert(tx, texts);
    Iterator<Repeats.Verdict> next = verdicts.iterator();
    List<Optional<UUID>> seen =
        arrivals.stream()
            .map(one -> one.isWhole() ? Optional.of(next.next().seen()) : Optional.<UUID>empty())
            .toList();
    return new Stored(HandedOn.of(texts), seen, repeated);
  }

  /** The carrier was told that we have this text, on a session that was alive. */
  void answered(UUID seen) {
    repeats.answered(seen);
  }

  private static Text text(Arrival arrival, String note) {
    Shown shown =
        InboundWords.show(
            arrival.dataCoding(), arrival.header(), arrival.damagedHeader(), arrival.body());
    return new Text(
        arrival.source(),
        arrival.destination(),
        shown.text(),
        arrival.at(),
        true,
        note,
        shown.whole()
            ? List.of()
            : List.of(new KeptOctets.Part(arrival.dataCoding(), arrival.header(), arrival.body())));
  }

  /**
   * Hands on texts whose missing parts did not come within the limit, notes which answers were
   * given, and forgets what is too old.
   */
  HandedOn release(Tx tx, Instant now) {
    repeats.noteAnswers(tx);
    List<Text> texts = parts.release(tx, now);
    insert(tx, texts);
    Repeats.forget(tx, now);
    tx.update("DELETE FROM sms.inbound_octets WHERE received_at < ?", now.minus(OCTETS_LIMIT));
    return HandedOn.of(texts);
  }

  /** For a clean stop: after it, no answer is in doubt. */
  void noteAnswers(Tx tx) {
    repeats.noteAnswers(tx);
  }

  private void insert(Tx tx, List<Text> texts) {
    int n = texts.size();
    if (n == 0) {
      return;
    }
    UUID[] ids = new UUID[n];
    byte[][] sealed = new byte[n][];
    Boolean[] complete = new Boolean[n];
    List<UUID> odd = new ArrayList<>();
    List<byte[]> octets = new ArrayList<>();
    List<Instant> oddTimes = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      Text text = texts.get(i);
      ids[i] = TextId.next(text.at());
      sealed[i] = queue.sealInbound(ids[i], text.source(), text.destination(), text.text());
      complete[i] = text.complete();
      if (!text.octets().isEmpty()) {
        odd.add(ids[i]);
        octets.add(KeptOctets.seal(keys, ids[i], text.octets()));
        oddTimes.add(text.at());
      }
    }
    tx.update(
        """
        INSERT INTO sms.inbound (id, sealed, received_at, complete, note)
        SELECT id, sealed, received_at, complete, note
        FROM unnest(?::uuid[], ?::bytea[], ?::timestamptz[], ?::bool[], ?::text[])
          WITH ORDINALITY AS t (id, sealed, received_at, complete, note, n)
        ORDER BY n
        """,
        ids,
        sealed,
        each(texts, Text::at).toArray(Instant[]::new),
        complete,
        each(texts, Text::note).toArray(String[]::new));
    if (!odd.isEmpty()) {
      tx.update(
          """
          INSERT INTO sms.inbound_octets (id, sealed, received_at)
          SELECT id, sealed, received_at
          FROM unnest(?::uuid[], ?::bytea[], ?::timestamptz[]) AS t (id, sealed, received_at)
          """,
          odd.toArray(UUID[]::new),
          octets.toArray(byte[][]::new),
          oddTimes.toArray(Instant[]::new));
    }
  }

  private static <T> List<T> each(List<Text> texts, Function<Text, T> field) {
    return texts.stream().map(field).toList();
  }
}
