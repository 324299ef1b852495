package org.wardline.server.conversations;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.wardline.jdbc.Db;
import org.wardline.jdbc.Tx;
import org.wardline.metrics.Metrics;
import org.wardline.server.accounts.Caller;
import org.wardline.server.audit.Audit;
import org.wardline.server.web.LiveEvent;
import org.wardline.server.web.LiveEvents;
import org.wardline.sms.DeliveryState;
import org.wardline.sms.SmsQueue;
import org.wardline.sms.TestTexts;

/**
 * Takes what the gateway says became of texts and writes it to their messages: state, history and
 * archive in the transaction that takes the event out of the queue, so that each is applied once.
 */
final class DeliveryEvents {
  private static final int MAX_BATCH_EVENTS = 1_000;

  private static final Set<DeliveryState> ENDS =
      EnumSet.of(
          DeliveryState.DELIVERED,
          DeliveryState.FAILED,
          DeliveryState.EXPIRED,
          DeliveryState.UNKNOWN);

  private static final String READ =
      "SELECT id, conversation_id, line, state FROM wardline.message WHERE id = ANY (?)";

  /** Nobody else changes a state from here to the commit. */
  private static final String READ_LOCKED =
      """
      SELECT id, conversation_id, line, state FROM wardline.message WHERE id = ANY (?)
      FOR NO KEY UPDATE
      """;

  private final OneByOne oneByOne;
  private final SmsQueue queue;
  private final EndedTexts ended;
  private final LiveEvents live;
  private final Metrics.Count ends;

  /**
   * @param lines of the practice
   */
  DeliveryEvents(
      Db db,
      SmsQueue queue,
      EndedTexts ended,
      Audit audit,
      LiveEvents live,
      List<Line> lines,
      Metrics metrics) {
    this.ends =
        metrics.counter(
            "wardline_texts_ended_total",
            "Reports that a text came to an end, by line and end.",
            "line",
            "state");
    // From zero, or an alert would not see the first one.
    lines.forEach(line -> ENDS.forEach(end -> ends.add(0, line.id(), end.wireName())));
    this.oneByOne = new OneByOne(db, audit, Caller.system("delivery"), MAX_BATCH_EVENTS);
    this.queue = queue;
    this.ended = ended;
    this.live = live;
  }

  private record About(UUID message, UUID conversation, String line, DeliveryState state) {}

  /** Applies one batch and returns how many events it took. */
  int runOnce() {
    return oneByOne.run(
        new OneByOne.Queue() {
          @Override
          public int batch(Tx tx, int limit) {
            return take(tx, queue.takeEvents(tx, limit));
          }

          @Override
          public List<SmsQueue.Waiting> waiting(Tx tx, int limit) {
            return queue.waitingEvents(tx, limit);
          }

          @Override
          public void one(Tx tx, SmsQueue.Waiting row) {
            take(tx, queue.takeEvent(tx, row));
          }

          @Override
          public void setAside(Tx tx, SmsQueue.Waiting row, String reason) {
            queue.setEventAside(tx, row, reason);
          }
        });
  }

  private int take(Tx tx, List<SmsQueue.Event> events) {
    if (!events.isEmpty()) {
      apply(tx, events);
    }
    return events.size();
  }

  private void apply(Tx tx, List<SmsQueue.Event> events) {
    Map<UUID, List<SmsQueue.Event>> byMessage = new LinkedHashMap<>();
    events.forEach(
        event -> byMessage.computeIfAbsent(event.id(), id -> new ArrayList<>()).add(event));
    Map<UUID, About> about = read(tx, byMessage.keySet(), READ);
    TestTexts.apply(tx, events.stream().filter(event -> !about.containsKey(event.id())).toList());
    if (!updateStates(tx, byMessage, about)) {
      // A recall came between look and update. The other texts are folded already, and
      // DeliveryState.after says that folding them again changes nothing.
      updateStates(tx, byMessage, read(tx, byMessage.keySet(), READ_LOCKED));
    }
    MessageSteps.add(tx, events.stream().filter(event -> about.containsKey(event.id())).toList());
    ended.archive(tx, about.keySet());
    Map<UUID, String> changed = new LinkedHashMap<>();
    about.values().forEach(row -> changed.put(row.conversation(), row.line()));
    tx.afterCommit(
        () -> {
          changed.forEach(
              (conversation, line) -> live.publish(new LiveEvent("state", line, conversation)));
          count(events, about);
        });
  }

  private void count(List<SmsQueue.Event> events, Map<UUID, About> about) {
    for (SmsQueue.Event event : events) {
      About row = about.get(event.id());
      if (row != null && ENDS.contains(event.state())) {
        ends.add(1, row.line(), event.state().wireName());
      }
    }
  }

  private static Map<UUID, About> read(Tx tx, Set<UUID> messages, String sql) {
    Map<UUID, About> about = new HashMap<>();
    tx.query(
            sql,
            row ->
                new About(
                    row.uuid("id"),
                    row.uuid("conversation_id"),
                    row.string("line"),
                    DeliveryState.ofWireName(row.string("state"))),
            (Object) messages.toArray(new UUID[0]))
        .forEach(row -> about.put(row.message(), row));
    return about;
  }

  /**
   * Each message's reports are folded into one state, so that a batch is as if told one by one.
   * Returns false when a state was not any more what it was when it was read.
   */
  private static boolean updateStates(
      Tx tx, Map<UUID, List<SmsQueue.Event>> byMessage, Map<UUID, About> about) {
    List<UUID> ids = new ArrayList<>();
    List<String> before = new ArrayList<>();
    List<String> states = new ArrayList<>();
    List<Boolean> duplicates = new ArrayList<>();
    about.forEach(
        (id, row) -> {
          DeliveryState state = row.state();
          boolean duplicate = false;
          for (SmsQueue.Event event : Objects.requireNonNull(byMessage.get(id))) {
            state = state.after(event.state());
            duplicate |= event.mayBeDuplicate();
          }
          ids.add(id);
          before.add(row.state().wireName());
          states.add(state.wireName());
          duplicates.add(duplicate);
        });
    int updated =
        tx.update(
            """
            UPDATE wardline.message m
            SET state = e.state, may_be_duplicate = m.may_be_duplicate OR e.may_be_duplicate
            FROM unnest(?::uuid[], ?::text[], ?::text[], ?::boolean[]) AS e (id, before, state, may_be_duplicate)
            WHERE m.id = e.id AND m.state = e.before
            """,
            ids.toArray(new UUID[0]),
            before.toArray(new String[0]),
            states.toArray(new String[0]),
            duplicates.toArray(new Boolean[0]));
    return updated == ids.size();
  }
}
