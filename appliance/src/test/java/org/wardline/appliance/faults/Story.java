package org.wardline.appliance.faults;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.wardline.appliance.carrier.Taken;

/** What is known of one text, from its sender and from its carrier; never from Wardline itself. */
final class Story {
  final String number;

  /** Texts to one number are counted from 0 in the order in which they were accepted. */
  final int place;

  final long askedAt;
  private String id = "";
  private long acceptedAt;
  private long carriedAt;
  private int total;
  private final Set<Integer> parts = new HashSet<>();
  private final Set<Integer> reported = new HashSet<>();
  private final List<Long> again = new ArrayList<>();
  private long reportedAt;
  private boolean delivered = true;

  Story(String number, int place, long askedAt) {
    this.number = number;
    this.place = place;
    this.askedAt = askedAt;
  }

  synchronized void accepted(String messageId) {
    id = messageId;
    acceptedAt = System.nanoTime();
  }

  synchronized void taken(Taken segment) {
    total = segment.total();
    if (!parts.add(segment.part())) {
      again.add(segment.at());
    }
    if (parts.size() == total && carriedAt == 0) {
      carriedAt = segment.at();
    }
  }

  synchronized void reported(Taken segment, boolean arrived) {
    delivered &= arrived;
    reported.add(segment.part());
    if (isReported() && reportedAt == 0) {
      reportedAt = System.nanoTime();
    }
  }

  synchronized String id() {
    return id;
  }

  synchronized boolean isAccepted() {
    return acceptedAt != 0;
  }

  synchronized boolean isCarried() {
    return carriedAt != 0;
  }

  /** The gateway has acknowledged a receipt for every segment. */
  synchronized boolean isReported() {
    return total > 0 && reported.size() == total;
  }

  synchronized boolean isDelivered() {
    return delivered;
  }

  /** When segments came once more. */
  synchronized List<Long> again() {
    return List.copyOf(again);
  }

  synchronized long acceptedAt() {
    return acceptedAt;
  }

  synchronized long carriedAt() {
    return carriedAt;
  }

  synchronized long reportedAt() {
    return reportedAt;
  }
}
