package org.wardline.server.conversations;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.wardline.server.conversations.ThreadView.Bubble;

/**
 * One conversation as it is shown.
 *
 * @param entries messages with the separators between them, oldest first
 * @param beforeSeq 0 for the newest page, else the page of older messages that was asked for
 * @param notice why the last wish was not fulfilled
 * @param text what the composer holds: empty, or the text that was refused
 * @param sendKey idempotency key of the next attempt
 */
public record ThreadPage(
    ThreadView thread,
    List<Entry> entries,
    long beforeSeq,
    Optional<Notice> notice,
    String text,
    UUID sendKey,
    int maxTextChars,
    ReadableTimes times) {

  /** A line of the thread. */
  public sealed interface Entry {}

  /**
   * The first message of a day follows.
   *
   * @param seq of that message
   */
  public record Day(LocalDate date, String label, long seq) implements Entry {}

  /** Nobody with this account has seen what follows. */
  public record NewHere(long seq) implements Entry {}

  /**
   * A message.
   *
   * @param joined the message before has the same sender and is only minutes old, so the two are
   *     drawn as one group
   */
  public record Message(Bubble bubble, StateWords state, boolean joined) implements Entry {
    @Override
    public String toString() {
      return "Message[" + bubble.id() + "]";
    }
  }

  /**
   * Why a wish was refused, in words.
   *
   * @param tone {@code bad} or {@code good}
   * @param again whether the person may insist
   */
  public record Notice(String tone, String what, String next, boolean again) {}

  private static final int GROUP_WITHIN_MINUTES = 5;

  /** Puts days and the mark of what is new between the messages. */
  static List<Entry> entries(ThreadView thread, ReadableTimes times) {
    List<Entry> entries = new ArrayList<>();
    Optional<Bubble> before = Optional.empty();
    for (Bubble bubble : thread.messages()) {
      LocalDate day = times.dateOf(bubble.at());
      boolean newDay = before.filter(b -> times.dateOf(b.at()).equals(day)).isEmpty();
      boolean firstNew = thread.newFromSeq() != 0 && bubble.seq() == thread.newFromSeq();
      if (newDay) {
        entries.add(new Day(day, times.day(bubble.at()), bubble.seq()));
      }
      if (firstNew) {
        entries.add(new NewHere(bubble.seq()));
      }
      boolean joined = !newDay && !firstNew && before.filter(b -> sameGroup(b, bubble)).isPresent();
      entries.add(new Message(bubble, StateWords.of(bubble.state()), joined));
      before = Optional.of(bubble);
    }
    return List.copyOf(entries);
  }

  private static boolean sameGroup(Bubble earlier, Bubble later) {
    return earlier.outgoing() == later.outgoing()
        && earlier.sender().equals(later.sender())
        && earlier.at().plusSeconds(GROUP_WITHIN_MINUTES * 60L).isAfter(later.at());
  }

  @Override
  public String toString() {
    return "ThreadPage[" + thread.id() + "]";
  }
}
