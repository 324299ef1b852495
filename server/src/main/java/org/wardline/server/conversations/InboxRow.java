package org.wardline.server.conversations;

import java.time.Instant;
import java.util.UUID;

/**
 * One conversation in the inbox.
 *
 * @param name the patient's name, or the number in national form while nobody has named the sender
 * @param preview the beginning of the last text
 * @param lastDirection {@code out} or {@code in}
 * @param lastState wire name of the last message's state
 */
public record InboxRow(
    UUID id,
    String line,
    String name,
    boolean known,
    String preview,
    String lastDirection,
    String lastState,
    Instant at,
    boolean unread) {
  @Override
  public String toString() {
    return "InboxRow[" + id + "]";
  }
}
