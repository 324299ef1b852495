package org.wardline.sms;

/**
 * How soon a text must leave when others wait too. A more urgent text passes less urgent ones to
 * other numbers; to one number the order of acceptance stays, so whatever waits before it becomes
 * as urgent as it is.
 */
public enum Urgency {
  /** Somebody may be in danger. */
  CRISIS(0),
  /** Staff answers a patient, or a rule answers at once. */
  REPLY(1),
  /** An appointment or a task comes near. */
  REMINDER(2),
  /** To many, any time today. */
  BROADCAST(3);

  private final int priority;

  Urgency(int priority) {
    this.priority = priority;
  }

  /** As in {@code sms.outbound.priority}; lower leaves first. */
  int priority() {
    return priority;
  }
}
