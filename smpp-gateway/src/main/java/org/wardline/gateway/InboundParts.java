package org.wardline.gateway;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.wardline.gateway.InboundStore.Text;
import org.wardline.gateway.InboundWords.Shown;
import org.wardline.jdbc.Tx;
import org.wardline.sms.KeptOctets;
import org.wardline.sms.ReceivedCoding;
import org.wardline.sms.TransportKeys;

/**
 * Parts of long texts (3GPP TS 23.040 §9.2.3.24.1): kept until the last one is here, in any order
 * and however often each comes, then joined. Calls must not overlap.
 */
final class InboundParts {
  private record GroupKey(long sender, int reference, int total) {}

  @SuppressWarnings("ArrayRecordComponent")
  private record Part(
      UUID id,
      GroupKey group,
      int number,
      Instant at,
      String source,
      String destination,
      int dataCoding,
      byte[] header,
      byte[] body) {}

  private static final int PART_FIELDS = 4;
  private static final int RELEASE_BATCH = 500;

  /** How long a part that comes after its text was handed on is known to belong to it. */
  private static final Duration GAP_MEMORY = Duration.ofHours(24);

  private final TransportKeys keys;
  private final Duration limit;

  InboundParts(TransportKeys keys, Duration limit) {
    this.keys = keys;
    this.limit = limit;
  }

  /** Keeps parts and returns the texts that are whole now. */
  List<Text> store(Tx tx, List<Arrival> arrived, Instant now) {
    insert(tx, arrived);
    return assemble(tx, arrived, now);
  }

  /**
   * The texts whose missing parts did not come within the limit, gaps named; forgets used parts of
   * that age. A part that comes later still, and does not complete a new text either, becomes a
   * text of its own that says where it belongs.
   */
  List<Text> release(Tx tx, Instant now) {
    Instant cutoff = now.minus(limit);
    Map<GroupKey, List<Part>> overdue =
        open(
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
    if (!overdue.isEmpty()) {
      List<UUID> used = new ArrayList<>();
      List<UUID> withGap = new ArrayList<>();
      Map<GroupKey, Set<Integer>> shown = shownWithGap(tx, overdue.keySet());
      overdue.forEach(
          (group, parts) -> {
            Set<Integer> before = shown.getOrDefault(group, Set.of());
            boolean late =
                !before.isEmpty()
                    && parts.stream().noneMatch(part -> before.contains(part.number()));
            if (late) {
              texts.add(late(parts, group.total()));
              parts.forEach(part -> used.add(part.id()));
            } else {
              releaseAll(parts, texts, withGap);
            }
          });
      markUsed(tx, used, false);
      markUsed(tx, withGap, true);
    }
    Duration gapMemory =
        GAP_MEMORY.compareTo(limit.multipliedBy(2)) > 0 ? GAP_MEMORY : limit.multipliedBy(2);
    tx.update(
        """
        DELETE FROM sms.inbound_part
        WHERE sealed IS NULL AND received_at <= CASE WHEN gap THEN ?::timestamptz ELSE ? END
        """,
        now.minus(gapMemory),
        cutoff.minus(limit));
    return texts;
  }

  private void insert(Tx tx, List<Arrival> parts) {
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
      digests[i] = keys.hash(part.dataCoding() + "|" + body);
      sealed[i] =
          keys.seal(
              "inbound_part",
              ids[i],
              part.source(),
              part.destination(),
              part.dataCoding() + ":" + HexFormat.of().formatHex(part.header()),
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
        open(
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
    markUsed(tx, used, false);
    return texts;
  }

  private Map<GroupKey, List<Part>> open(Tx tx, String sql, Object... parameters) {
    Map<GroupKey, List<Part>> groups = new LinkedHashMap<>();
    for (Part part :
        tx.query(
            sql,
            row -> {
              UUID id = row.uuid("id");
              String[] fields =
                  keys.openFields("inbound_part", id, row.bytes("sealed"), PART_FIELDS);
              // The coding, and since V5 the header behind it.
              String[] coding = fields[2].split(":", -1);
              return new Part(
                  id,
                  new GroupKey(
                      row.longValue("sender"), row.intValue("reference"), row.intValue("total")),
                  row.intValue("number"),
                  row.instant("received_at"),
                  fields[0],
                  fields[1],
                  Integer.parseInt(coding[0]),
                  HexFormat.of().parseHex(coding.length > 1 ? coding[1] : ""),
                  fields[3].getBytes(StandardCharsets.ISO_8859_1));
            },
            parameters)) {
      groups.computeIfAbsent(part.group(), g -> new ArrayList<>()).add(part);
    }
    return groups;
  }

  /** Which parts of these texts were handed on when their time was over. */
  private static Map<GroupKey, Set<Integer>> shownWithGap(Tx tx, Set<GroupKey> groups) {
    Map<GroupKey, Set<Integer>> shown = new HashMap<>();
    tx.query(
            """
            SELECT sender, reference, total, number FROM sms.inbound_part
            WHERE gap AND (sender, reference, total) IN (
              SELECT DISTINCT * FROM unnest(?::bigint[], ?::int[], ?::int[]))
            """,
            row ->
                Map.entry(
                    new GroupKey(
                        row.longValue("sender"), row.intValue("reference"), row.intValue("total")),
                    row.intValue("number")),
            groups.stream().map(GroupKey::sender).toArray(Long[]::new),
            groups.stream().map(GroupKey::reference).toArray(Integer[]::new),
            groups.stream().map(GroupKey::total).toArray(Integer[]::new))
        .forEach(
            one -> shown.computeIfAbsent(one.getKey(), g -> new HashSet<>()).add(one.getValue()));
    return shown;
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

  private static Text late(List<Part> parts, int total) {
    SortedMap<Integer, Part> byNumber = new TreeMap<>();
    parts.forEach(part -> byNumber.put(part.number(), part));
    Joined joined = new Joined();
    byNumber.forEach(
        (number, part) -> {
          joined.say(
              "[part "
                  + number
                  + " of "
                  + total
                  + " of an earlier text, which was shown without it] ");
          joined.add(part);
        });
    return joined.text(byNumber, false);
  }

  private static Text join(SortedMap<Integer, Part> parts, int total) {
    Joined joined = new Joined();
    for (int number = 1; number <= total; number++) {
      Part part = parts.get(number);
      if (part == null) {
        joined.say("[part " + number + " of " + total + " missing]");
      } else {
        joined.add(part);
      }
    }
    return joined.text(parts, parts.size() == total);
  }

  /**
   * Octets of neighbouring parts are joined before decoding: some phones cut between the two halves
   * of a surrogate pair or of an escape sequence.
   */
  private static final class Joined {
    private final StringBuilder text = new StringBuilder();
    private final ByteArrayOutputStream run = new ByteArrayOutputStream();
    private @Nullable Part first;
    private boolean whole = true;

    void say(String words) {
      flush();
      text.append(words);
    }

    void add(Part part) {
      Part begun = first;
      if (begun != null && !coding(begun).equals(coding(part))) {
        flush();
        begun = null;
      }
      if (begun == null) {
        first = part;
      }
      run.writeBytes(part.body());
    }

    private void flush() {
      Part begun = first;
      if (begun != null && run.size() > 0) {
        Shown shown =
            InboundWords.show(begun.dataCoding(), begun.header(), false, run.toByteArray());
        text.append(shown.text());
        whole &= shown.whole();
        run.reset();
      }
      first = null;
    }

    private static ReceivedCoding coding(Part part) {
      return InboundWords.coding(part.dataCoding(), part.header());
    }

    Text text(SortedMap<Integer, Part> parts, boolean complete) {
      flush();
      Part oldest = parts.sequencedValues().getFirst();
      Instant at =
          parts.values().stream().map(Part::at).max(Comparator.naturalOrder()).orElse(oldest.at());
      return new Text(
          oldest.source(),
          oldest.destination(),
          text.isEmpty() ? InboundWords.EMPTY : text.toString(),
          at,
          complete,
          "",
          whole
              ? List.of()
              : parts.values().stream()
                  .map(part -> new KeptOctets.Part(part.dataCoding(), part.header(), part.body()))
                  .toList());
    }
  }

  private static void markUsed(Tx tx, List<UUID> ids, boolean gap) {
    if (!ids.isEmpty()) {
      tx.update(
          "UPDATE sms.inbound_part SET sealed = NULL, gap = ? WHERE id = ANY(?::uuid[])",
          gap,
          ids.toArray(UUID[]::new));
    }
  }
}
