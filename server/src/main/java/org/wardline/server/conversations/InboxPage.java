package org.wardline.server.conversations;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * The list of conversations as it is shown.
 *
 * @param open the conversation shown beside the list
 * @param truncated there are more conversations than rows
 */
public record InboxPage(
    List<InboxRow> rows, Optional<UUID> open, boolean truncated, ReadableTimes times) {

  public boolean isOpen(InboxRow row) {
    return open.filter(row.id()::equals).isPresent();
  }

  public int unread() {
    return (int) rows.stream().filter(InboxRow::unread).count();
  }

  /** The browser's title. It lies open in tabs and histories, so it never holds a name. */
  public String title() {
    return unread() == 0 ? "Inbox" : "(" + unread() + ") Inbox";
  }

  public static StateWords state(InboxRow row) {
    return StateWords.of(row.lastState());
  }

  public static boolean outgoing(InboxRow row) {
    return row.lastDirection().equals("out");
  }

  /** First letters of the first and last word; empty for a number nobody has named. */
  public static String initials(String name, boolean known) {
    String[] words = name.strip().split("\\s+");
    if (!known || words[0].isEmpty()) {
      return "";
    }
    String first = firstLetter(words[0]);
    return words.length == 1 ? first : first + firstLetter(words[words.length - 1]);
  }

  private static String firstLetter(String word) {
    return word.codePoints()
        .filter(Character::isLetterOrDigit)
        .mapToObj(Character::toString)
        .findFirst()
        .orElse("")
        .toUpperCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return "InboxPage[" + rows.size() + " rows]";
  }
}
