package org.wardline.gateway;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.wardline.gateway.Attempt.Outcome;

/**
 * Everything this run has claimed and not settled, with the order per recipient: a text leaves only
 * after the result of the one before it to the same number is known. When one goes back to the
 * queue, all behind it go back too, and whatever is claimed for that number before they are back.
 */
final class RecipientChains {
  /** Sends one text on a thread of its own, then calls {@link #finished}. */
  interface Sender {
    void start(ClaimedText text);
  }

  /** Where unsent texts go, on their way back to the queue. */
  interface Returns {
    void notSent(ClaimedText text);
  }

  private static final class Chain {
    final ArrayDeque<ClaimedText> waiting = new ArrayDeque<>();
    boolean running;
    boolean returning;
    int unsettled;
  }

  private final Sender sender;
  private final Returns returns;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Long, Chain> chains = new HashMap<>();
  private final Map<UUID, ClaimedText> claimed = new HashMap<>();
  private boolean stopping;

  RecipientChains(Sender sender, Returns returns) {
    this.sender = sender;
    this.returns = returns;
  }

  /** Takes over texts of one claim, in queue order. */
  void add(List<ClaimedText> texts) {
    List<ClaimedText> start = new ArrayList<>();
    List<ClaimedText> back = new ArrayList<>();
    lock.lock();
    try {
      for (ClaimedText text : texts) {
        claimed.put(text.id(), text);
        Chain chain = chains.computeIfAbsent(text.recipient(), r -> new Chain());
        chain.unsettled++;
        if (chain.returning || stopping) {
          chain.returning = true;
          back.add(text);
        } else if (chain.running) {
          chain.waiting.add(text);
        } else {
          chain.running = true;
          start.add(text);
        }
      }
    } finally {
      lock.unlock();
    }
    start.forEach(sender::start);
    back.forEach(returns::notSent);
  }

  /** The result of a text is known, though not yet durable: the next one to the number may go. */
  void finished(Attempt attempt) {
    ClaimedText next = null;
    List<ClaimedText> back = List.of();
    lock.lock();
    try {
      Chain chain = chains.get(attempt.text().recipient());
      if (chain == null) {
        return;
      }
      boolean goesBack =
          attempt.outcome() instanceof Outcome.NotSent
              || attempt.outcome() instanceof Outcome.MaybeSent;
      if (goesBack || stopping) {
        back = List.copyOf(chain.waiting);
        chain.returning = goesBack || !back.isEmpty();
        chain.waiting.clear();
        chain.running = false;
      } else {
        next = chain.waiting.poll();
        chain.running = next != null;
      }
    } finally {
      lock.unlock();
    }
    if (next != null) {
      sender.start(next);
    }
    back.forEach(returns::notSent);
  }

  /** The text's result, or its return to the queue, is durable: its place is free. */
  void settled(ClaimedText text) {
    lock.lock();
    try {
      if (claimed.remove(text.id()) == null) {
        return;
      }
      Chain chain = chains.get(text.recipient());
      if (chain != null && --chain.unsettled == 0) {
        chains.remove(text.recipient());
      }
    } finally {
      lock.unlock();
    }
  }

  /** Nothing new starts from now on; what waits behind a running text goes back. */
  void stop() {
    List<ClaimedText> back = new ArrayList<>();
    lock.lock();
    try {
      stopping = true;
      for (Chain chain : chains.values()) {
        if (!chain.waiting.isEmpty()) {
          back.addAll(chain.waiting);
          chain.waiting.clear();
          chain.returning = true;
        }
      }
    } finally {
      lock.unlock();
    }
    back.forEach(returns::notSent);
  }

  int size() {
    lock.lock();
    try {
      return claimed.size();
    } finally {
      lock.unlock();
    }
  }

  UUID[] ids() {
    lock.lock();
    try {
      return claimed.keySet().toArray(UUID[]::new);
    } finally {
      lock.unlock();
    }
  }
}
