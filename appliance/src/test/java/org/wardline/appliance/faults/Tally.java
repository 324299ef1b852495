package org.wardline.appliance.faults;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.wardline.appliance.carrier.PlainCarrier;
import org.wardline.appliance.carrier.Taken;

/**
 * Every text by its mark, a word that stands in each of its segments; and when a gateway was bound.
 */
final class Tally implements PlainCarrier.Witness {
  private static final Pattern MARK = Pattern.compile("t\\d{7}");
  private static final int LONG_TEXT_MARKS = 40;

  /** Numbers that end so cannot be reached: receipts say it, and so must Wardline. */
  private static final String UNREACHABLE = "7";

  private final Map<String, Story> stories = new ConcurrentHashMap<>();
  private final Set<String> numbers = ConcurrentHashMap.newKeySet();
  private final Map<String, Integer> furthest = new HashMap<>();
  private final AtomicInteger marks = new AtomicInteger();
  private final AtomicInteger outOfOrder = new AtomicInteger();
  private final AtomicInteger strangers = new AtomicInteger();
  private final List<Away> away = new ArrayList<>();
  private long unboundAt;
  private boolean bound;

  /** A time without a gateway, by {@link System#nanoTime}. */
  private record Away(long from, long to) {}

  /**
   * @param words three segments when long
   */
  record Text(Story story, String mark, String words) {
    @Override
    public String toString() {
      return "Text[redacted]";
    }
  }

  Text next(String number, int place, boolean isLong) {
    String mark = "t%07d".formatted(marks.incrementAndGet());
    Story story = new Story(number, place, System.nanoTime());
    stories.put(mark, story);
    numbers.add(number);
    return new Text(
        story,
        mark,
        isLong
            ? (mark + " ").repeat(LONG_TEXT_MARKS).strip()
            : mark + " Your visit is confirmed for Tuesday at 10:30.");
  }

  @Override
  public void taken(Taken segment) {
    Story story = story(segment);
    if (story == null) {
      // To numbers that a wrong PDU has made up Wardline writes by itself, to ask for consent.
      if (numbers.contains(segment.destination())) {
        strangers.incrementAndGet();
      }
      return;
    }
    story.taken(segment);
    synchronized (furthest) {
      if (furthest.merge(story.number, story.place, Math::max) > story.place) {
        outOfOrder.incrementAndGet();
      }
    }
  }

  @Override
  public void reported(Taken segment, boolean delivered) {
    Story story = story(segment);
    if (story != null) {
      story.reported(segment, delivered);
    }
  }

  private @org.jspecify.annotations.Nullable Story story(Taken segment) {
    Matcher mark = MARK.matcher(segment.words());
    return mark.find() ? stories.get(mark.group()) : null;
  }

  @Override
  public boolean reachable(String destination) {
    return !destination.endsWith(UNREACHABLE);
  }

  @Override
  public synchronized void bound() {
    if (!bound && unboundAt != 0) {
      away.add(new Away(unboundAt, System.nanoTime()));
    }
    bound = true;
  }

  @Override
  public synchronized void unbound() {
    lineIsDead();
    bound = false;
  }

  /** From now on until the next bind nobody can expect anything of this line. */
  synchronized void lineIsDead() {
    if (bound) {
      unboundAt = System.nanoTime();
      bound = false;
    }
  }

  /** Whether there was a bound gateway, and a line to it, all the time. */
  synchronized boolean wasUp(long from, long to) {
    return away.stream().noneMatch(gap -> gap.from() <= to && gap.to() >= from)
        && (bound || unboundAt > to);
  }

  Stream<Story> stories() {
    return stories.values().stream();
  }

  long count(Predicate<Story> which) {
    return stories().filter(which).count();
  }

  /** Segments that came after one of a later text to the same number. */
  int outOfOrder() {
    return outOfOrder.get();
  }

  /** Segments of texts nobody sent, to numbers that texts are sent to. */
  int strangers() {
    return strangers.get();
  }
}
