package org.wardline.gateway;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.wardline.jdbc.Tx;
import org.wardline.sms.ReceivedCoding;
import org.wardline.sms.SmsQueue;
import org.wardline.sms.TransportKeys;

/** The SQL of the inbox, and how parts become a text. Calls must not overlap. */
final class InboundStore {
  /**
   * What the carrier delivered: a whole text ({@code total} is 1), or a part of one.
   *
   * @param wide whether the reference has 16 bits; the two kinds never belong together
   */
  @SuppressWarnings("ArrayRecordComponent") // wire octets; nobody compares them
  record Arrival(
      String source,
      String destination,
      int reference,
      boolean wide,
      int total,
      int number,
      ReceivedCoding coding,
      byte[] body,
      Instant at) {
    boolean isWhole() {
      return total == 1;
    }

    @Override
    public String toString() {
      return "Arrival[redacted]";
    }
  }

  /** How many whole texts a call handed on to the server, by completeness. */
  record HandedOn(int complete, int incomplete) {}

  private record GroupKey(long sender, int reference, int total) {}

  @SuppressWarnings("ArrayRecordComponent")
  private record Part(
      UUID id,
      GroupKey group,
      int number,
      Instant at,
      String source,
      String destination,
      ReceivedCoding coding,
      byte[] body) {}

  private record Text(
      String source, String destination, String text, Instant at, boolean complete) {}

  private static final int PART_FIELDS = 4;
  private static final int RELEASE_BATCH = 500;

  private final SmsQueue queue;
  private final TransportKeys keys;
  private final Duration limit;

  InboundStore(SmsQueue queue, TransportKeys keys, Duration limit) {
    this.queue = queue;
    this.keys = keys;
    this.limit = limit;
  }

  HandedOn store(Tx tx, List<Arrival> arrivals, Instant now) {
    List<Text> texts = new ArrayList<>();
    List<Arrival> parts = new ArrayList<>();
    for (Arrival arrival : arrivals) {
      if (arrival.isWhole()) {
        texts.add(
            new Text(
                arrival.source(),
                arrival.destination(),
                storable(arrival.coding().decode(arrival.body())),
                arrival.at(),
                true));
      } else {
        parts.add(arrival);
      }
    }
    if (!parts.isEmpty()) {
      insertParts(tx, parts);
      texts.addAll(assemble(tx, parts, now));
    }
    insertTexts(tx, texts);
    return new HandedOn(texts.size(), 0);
  }

  /**
   * Hands on texts whose missing parts did not come within the limit, gaps marked, and forgets used
   * parts of that age.
   */
  HandedOn release(Tx tx, Instant now) {
    Instant cutoff = now.minus(limit);
    Map<GroupKey, List<Part>> overdue =
        openParts(
            tx,
            """
            SELECT id, sender, reference, total, number, sealed, received_at FROM sms.inbound_part
            WHERE (sender, reference, total) IN (
              SELECT sender, reference, total FROM sms.inbound_part
              WHERE sealed IS NOT NULL AND received_at <= ? LIMIT ?)
            AND sealed IS NOT NULL AND received_at <= ?
            ORDER BY received_at, id
            """,
            cutoff,
            RELEASE_BATCH,
            cutoff);
    List<Text> texts = new ArrayList<>();
    List<UUID> used = new ArrayList<>();
    overdue.values().forEach(parts -> releaseAll(parts, texts, used));
    markUsed(tx, used);
    insertTexts(tx, texts);
    tx.update(
        "DELETE FROM sms.inbound_part WHERE sealed IS NULL AND received_at <= ?",
        cutoff.minus(limit));
    long complete = texts.stream().filter(Text::complete).count();
    return new HandedOn((int) complete, texts.size() - (int) complete);
  }

  private void insertParts(Tx tx, List<Arrival> parts) {
    int n = parts.size();
    UUID[] ids = new UUID[n];
    Long[] senders = new Long[n];
    Integer[] references = new Integer[n];
    Integer[] totals = new Integer[n];
    Integer[] numbers = new Integer[n];
    Long[] digests = new Long[n];
    byte[][] sealed = new byte[n][];
    Instant[] times = new Instant[n];
    for (int i = 0; i < n; i++) {
      Arrival part = parts.get(i);
      String body = new String(part.body(), StandardCharsets.ISO_8859_1);
      ids[i] = UUID.randomUUID();
      senders[i] = sender(part);
      references[i] = part.reference();
      totals[i] = part.total();
      numbers[i] = part.number();
      digests[i] = keys.hash(part.coding().written() + "|" + body);
      sealed[i] =
          keys.seal(
              "inbound_part",
              ids[i],
              part.source(),
              part.destination(),
              part.coding().written(),
              body);
      times[i] = part.at();
    }
    tx.update(
        """
        INSERT INTO sms.inbound_part
          (id, sender, reference, total, number, digest, sealed, received_at)
        SELECT id, sender, reference, total, number, digest, sealed, received_at
        FROM unnest(?::uuid[], ?::bigint[], ?::int[], ?::int[], ?::int[], ?::bigint[], ?::bytea[],
                    ?::timestamptz[])
          AS t (id, sender, reference, total, number, digest, sealed, received_at)
        ON CONFLICT ON CONSTRAINT inbound_part_once DO NOTHING
        """,
        ids,
        senders,
        references,
        totals,
        numbers,
        digests,
        sealed,
        times);
  }

  private long sender(Arrival part) {
    return keys.hash(part.source() + "|" + part.destination() + "|" + part.wide());
  }

  /** The texts that are whole now. Parts beyond the limit's age belong to an earlier text. */
  private List<Text> assemble(Tx tx, List<Arrival> arrived, Instant now) {
    Map<GroupKey, List<Part>> open =
        openParts(
            tx,
            """
            SELECT id, sender, reference, total, number, sealed, received_at FROM sms.inbound_part
            WHERE (sender, reference, total) IN (
              SELECT DISTINCT * FROM unnest(?::bigint[], ?::int[], ?::int[]))
            AND sealed IS NOT NULL AND received_at > ?
            ORDER BY received_at, id
            """,
            arrived.stream().map(this::sender).toArray(Long[]::new),
            arrived.stream().map(Arrival::reference).toArray(Integer[]::new),
            arrived.stream().map(Arrival::total).toArray(Integer[]::new),
            now.minus(limit));
    List<Text> texts = new ArrayList<>();
    List<UUID> used = new ArrayList<>();
    for (Map.Entry<GroupKey, List<Part>> group : open.entrySet()) {
      TreeMap<Integer, Part> newest = new TreeMap<>();
      group.getValue().forEach(part -> newest.put(part.number(), part));
      if (newest.size() == group.getKey().total()) {
        texts.add(join(newest, group.getKey().total()));
        newest.values().forEach(part -> used.add(part.id()));
      }
    }
    markUsed(tx, used);
    return texts;
  }

  private Map<GroupKey, List<Part>> openParts(Tx tx, String sql, Object... parameters) {
    Map<GroupKey, List<Part>> groups = new LinkedHashMap<>();
    for (Part part :
        tx.query(
            sql,
            row -> {
              UUID id = row.uuid("id");
              String[] fields =
                  keys.openFields("inbound_part", id, row.bytes("sealed"), PART_FIELDS);
              return new Part(
                  id,
                  new GroupKey(
                      row.longValue("sender"), row.intValue("reference"), row.intValue("total")),
                  row.intValue("number"),
                  row.instant("received_at"),
                  fields[0],
                  fields[1],
                  ReceivedCoding.parse(fields[2]),
                  fields[3].getBytes(StandardCharsets.ISO_8859_1));
            },
            parameters)) {
      groups.computeIfAbsent(part.group(), g -> new ArrayList<>()).add(part);
    }
    return groups;
  }

  /** With two different parts of one number, they are of two texts: each is released. */
  private static void releaseAll(List<Part> parts, List<Text> texts, List<UUID> used) {
    List<Part> rest = new ArrayList<>(parts);
    rest.sort(Comparator.comparing(Part::at));
    while (!rest.isEmpty()) {
      TreeMap<Integer, Part> oldest = new TreeMap<>();
      rest.forEach(part -> oldest.putIfAbsent(part.number(), part));
      texts.add(join(oldest, rest.getFirst().group().total()));
      oldest.values().forEach(part -> used.add(part.id()));
      rest.removeAll(oldest.values());
    }
  }

  /**
   * Octets of neighbouring parts are joined before decoding: some phones cut between the two halves
   * of a surrogate pair or of an escape sequence.
   */
  private static Text join(SortedMap<Integer, Part> parts, int total) {
    StringBuilder text = new StringBuilder();
    ByteArrayOutputStream run = new ByteArrayOutputStream();
    ReceivedCoding coding = parts.sequencedValues().getFirst().coding();
    for (int number = 1; number <= total; number++) {
      Part part = parts.get(number);
      if (part == null || !part.coding().equals(coding)) {
        flush(text, run, coding);
      }
      if (part == null) {
        text.append("[part ").append(number).append(" of ").append(total).append(" missing]");
      } else {
        coding = part.coding();
        run.writeBytes(part.body());
      }
    }
    flush(text, run, coding);
    Part first = parts.sequencedValues().getFirst();
    Instant at =
        parts.values().stream().map(Part::at).max(Comparator.naturalOrder()).orElse(first.at());
    return new Text(
        first.source(), first.destination(), storable(text.toString()), at, parts.size() == total);
  }

  private static void flush(StringBuilder text, ByteArrayOutputStream run, ReceivedCoding coding) {
    if (run.size() > 0) {
      text.append(coding.decode(run.toByteArray()));
      run.reset();
    }
  }

  /** PostgreSQL's text cannot hold NUL, wherever the server stores it later. */
  private static String storable(String text) {
    return text.replace('\0', '\uFFFD');
  }

  private static void markUsed(Tx tx, List<UUID> ids) {
    if (!ids.isEmpty()) {
      tx.update(
          "UPDATE sms.inbound_part SET sealed = NULL WHERE id = ANY(?::uuid[])",
          (Object) ids.toArray(UUID[]::new));
    }
  }

  private void insertTexts(Tx tx, List<Text> texts) {
    int n = texts.size();
    if (n == 0) {
      return;
    }
    UUID[] ids = new UUID[n];
    byte[][] sealed = new byte[n][];
    Instant[] times = new Instant[n];
    Boolean[] complete = new Boolean[n];
    for (int i = 0; i < n; i++) {
      Text text = texts.get(i);
      ids[i] = UUID.randomUUID();
      sealed[i] = queue.sealInbound(ids[i], text.source(), text.destination(), text.text());
      times[i] = text.at();
      complete[i] = text.complete();
    }
    tx.update(
        """
        INSERT INTO sms.inbound (id, sealed, received_at, complete)
        SELECT id, sealed, received_at, complete
        FROM unnest(?::uuid[], ?::bytea[], ?::timestamptz[], ?::bool[])
          WITH ORDINALITY AS t (id, sealed, received_at, complete, n)
        ORDER BY n
        """,
        ids,
        sealed,
        times,
        complete);
  }
}
