package org.wardline.smsc;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * What really reached the carrier, for tests to compare with what Wardline says. In memory only:
 * texts never touch the disk. The oldest parts are forgotten above the limit; {@link #count} goes
 * on counting.
 */
public final class CarrierLog {
  /** How far back {@link #recentDestinations} looks. */
  private static final int RECENT_PARTS = 20_000;

  private final int limit;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<CarriedPart> parts = new ArrayDeque<>();
  private final Map<String, Phone> phones = new LinkedHashMap<>();
  private long total;

  /** A destination's parts, and the texts under way to it. */
  private static final class Phone {
    final Deque<CarriedPart> parts = new ArrayDeque<>();
    final Reassembly live = new Reassembly();
  }

  CarrierLog(int limit) {
    this.limit = limit;
  }

  /** The text this part completes. */
  Optional<CarriedText> add(CarriedPart part) {
    lock.lock();
    try {
      total++;
      parts.add(part);
      Phone phone = phones.computeIfAbsent(part.destination(), n -> new Phone());
      phone.parts.add(part);
      if (parts.size() > limit) {
        forgetOldest();
      }
      Optional<CarriedText> completed = phone.live.add(part);
      changed.signalAll();
      return completed;
    } finally {
      lock.unlock();
    }
  }

  private void forgetOldest() {
    CarriedPart oldest = parts.removeFirst();
    Phone phone = phones.get(oldest.destination());
    if (phone != null) {
      phone.parts.removeFirst();
      if (phone.parts.isEmpty()) {
        phones.remove(oldest.destination());
      }
    }
  }

  /** Segments taken since the start, forgotten ones too. */
  public long count() {
    lock.lock();
    try {
      return total;
    } finally {
      lock.unlock();
    }
  }

  /** Every remembered segment in order of arrival. */
  public List<CarriedPart> parts() {
    lock.lock();
    try {
      return List.copyOf(parts);
    } finally {
      lock.unlock();
    }
  }

  /** Every number a remembered segment went to, in order of first appearance. */
  public List<String> destinations() {
    lock.lock();
    try {
      return List.copyOf(phones.keySet());
    } finally {
      lock.unlock();
    }
  }

  /** The numbers of the newest segments, newest first. */
  List<String> recentDestinations(int max) {
    lock.lock();
    try {
      Set<String> recent = new LinkedHashSet<>();
      Iterator<CarriedPart> newest = parts.descendingIterator();
      for (int i = 0; newest.hasNext() && recent.size() < max && i < RECENT_PARTS; i++) {
        recent.add(newest.next().destination());
      }
      return List.copyOf(recent);
    } finally {
      lock.unlock();
    }
  }

  /** The whole texts that reached a number, in order of completion. */
  public List<CarriedText> textsTo(String number) {
    List<CarriedPart> theirs;
    lock.lock();
    try {
      Phone phone = phones.get(number);
      theirs = phone == null ? List.of() : List.copyOf(phone.parts);
    } finally {
      lock.unlock();
    }
    Reassembly reassembly = new Reassembly();
    List<CarriedText> texts = new ArrayList<>();
    theirs.forEach(p -> reassembly.add(p).ifPresent(texts::add));
    return texts;
  }

  /** The whole texts that reached anyone, number by number. */
  public List<CarriedText> texts() {
    return destinations().stream().flatMap(n -> textsTo(n).stream()).toList();
  }

  /** Waits for a text to the number that fits; empty when none came in time. */
  public Optional<CarriedText> awaitTextTo(
      String number, Predicate<CarriedText> fits, Duration timeout) {
    await(timeout, () -> textsTo(number).stream().anyMatch(fits));
    return textsTo(number).stream().filter(fits).findFirst();
  }

  private interface Reached {
    boolean now();
  }

  private boolean await(Duration timeout, Reached reached) {
    long left = timeout.toNanos();
    lock.lock();
    try {
      while (!reached.now()) {
        if (left <= 0) {
          return false;
        }
        left = changed.awaitNanos(left);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }
}
