package org.wardline.gateway;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.wardline.sms.DeliveryState;
import org.wardline.sms.InDoubt;
import org.wardline.sms.SmsQueue;

/** What the simulation, which sees everything, knows of one text. */
final class SimulatedText {
  /** Which state may follow which, see "States" in docs/ARCHITECTURE.md. */
  private static final Map<DeliveryState, Set<DeliveryState>> NEXT =
      new EnumMap<>(DeliveryState.class);

  static {
    NEXT.put(
        DeliveryState.QUEUED,
        EnumSet.of(
            DeliveryState.SUBMITTING,
            // Answered late, while it waited for its second try.
            DeliveryState.SENT,
            DeliveryState.EXPIRED,
            DeliveryState.RECALLED,
            DeliveryState.UNKNOWN));
    NEXT.put(
        DeliveryState.SUBMITTING,
        EnumSet.of(
            DeliveryState.QUEUED,
            DeliveryState.SENT,
            DeliveryState.FAILED,
            DeliveryState.UNKNOWN,
            DeliveryState.RECALLED));
    NEXT.put(
        DeliveryState.SENT,
        EnumSet.of(
            DeliveryState.DELIVERED,
            DeliveryState.FAILED,
            DeliveryState.EXPIRED,
            DeliveryState.UNKNOWN));
    Set<DeliveryState> late = EnumSet.of(DeliveryState.DELIVERED, DeliveryState.FAILED);
    NEXT.put(DeliveryState.FAILED, late);
    NEXT.put(DeliveryState.EXPIRED, late);
    NEXT.put(
        DeliveryState.UNKNOWN,
        EnumSet.of(DeliveryState.DELIVERED, DeliveryState.FAILED, DeliveryState.EXPIRED));
    NEXT.put(DeliveryState.DELIVERED, EnumSet.noneOf(DeliveryState.class));
    NEXT.put(DeliveryState.RECALLED, EnumSet.noneOf(DeliveryState.class));
  }

  final int index;
  final UUID id;
  final int recipient;
  final int segments;
  final InDoubt inDoubt;
  final Instant expiresAt;

  /** How often each segment may have reached the carrier, from 1. */
  final int[] possibleCopies;

  /** How often the carrier really took it. */
  final int[] copies;

  /** When a withdrawal of it was committed, in monotonic nanoseconds; null while none was. */
  @Nullable Long withdrawnAt;

  /** Gone from the queue with its withdrawal; nobody tells of it any more. */
  boolean withdrawnUnsent;

  /** An answer was lost or a process died while it was claimed: a mark may be right. */
  boolean doubt;

  /** Its time had run out at some moment, whatever the clock said later. */
  boolean sawExpiry;

  /** The process that knows how its last attempt ended, and that it ended for good. */
  @Nullable Object settledBy;

  /** The process that knows from a late answer that the carrier has its last segment. */
  @Nullable Object answeredLateTo;

  /** The clock moved so that its receipts may rightly be taken for another text's, or be late. */
  boolean excused;

  /**
   * Another gateway took its link over while this one, still alive, worked on it: then nobody can
   * know what the other does, and only the number of copies and its end are promised.
   */
  boolean contested;

  int refusals;

  private DeliveryState told = DeliveryState.QUEUED;
  private DeliveryState atServer = DeliveryState.QUEUED;
  private boolean marked;

  SimulatedText(
      int index, UUID id, int recipient, int segments, InDoubt inDoubt, Instant expiresAt) {
    this.index = index;
    this.id = id;
    this.recipient = recipient;
    this.segments = segments;
    this.inDoubt = inDoubt;
    this.expiresAt = expiresAt;
    this.possibleCopies = new int[segments + 1];
    this.copies = new int[segments + 1];
  }

  /** Found again in every segment on the wire. */
  String token() {
    return "t%03d ".formatted(index);
  }

  /** As the server does it with what one look at {@code sms.event} brought of this text. */
  void apply(List<SmsQueue.Event> events) {
    if (!contested && !excused) {
      follow(events);
    }
    for (SmsQueue.Event event : events) {
      marked |= event.mayBeDuplicate();
      atServer = atServer.after(event.state());
    }
  }

  private void follow(List<SmsQueue.Event> events) {
    for (SmsQueue.Event event : events) {
      Set<DeliveryState> allowed = NEXT.getOrDefault(told, Set.of());
      // Of what is withdrawn in doubt the housekeeping says once more that nobody knows.
      boolean repeated =
          withdrawnAt != null && told == event.state() && told == DeliveryState.UNKNOWN;
      if (!repeated && !allowed.contains(event.state())) {
        throw new Violation(this + " went from " + told + " to " + event.state());
      }
      if (event.state() == DeliveryState.QUEUED && (!event.mayBeDuplicate() || marked)) {
        throw new Violation(this + " was queued again without being marked, or a second time");
      }
      told = event.state();
      marked |= event.mayBeDuplicate();
    }
  }

  DeliveryState state() {
    return withdrawnUnsent ? DeliveryState.RECALLED : atServer;
  }

  boolean isMarked() {
    return marked;
  }

  boolean isOver() {
    return switch (state()) {
      case QUEUED, SUBMITTING, SENT -> false;
      case DELIVERED, FAILED, EXPIRED, UNKNOWN, RECALLED, RECEIVED -> true;
    };
  }

  List<Integer> numbers() {
    List<Integer> all = new ArrayList<>();
    for (int i = 1; i <= segments; i++) {
      all.add(i);
    }
    return all;
  }

  @Override
  public String toString() {
    return "t" + index;
  }
}
