package org.wardline.server.web;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Where a reader stands in a list that grows. Rows are ordered by the transaction that wrote them,
 * then by their sequence number, and only rows of transactions that no running one can precede are
 * shown: so a reader who goes on from its cursor misses nothing, however the writers' commits
 * interleave.
 *
 * @param xid PostgreSQL's 64-bit transaction id, as text
 */
public record Cursor(String xid, long seq) {
  /** Before everything. */
  public static final Cursor START = new Cursor("0", 0);

  private static final String WORDS = "v1.";

  /** Reads a cursor that {@link #text} wrote. */
  public static Cursor parse(String text) {
    try {
      String words = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.US_ASCII);
      if (words.matches("v1\\.[0-9]{1,20}\\.[0-9]{1,18}")) {
        String[] parts = words.split("\\.", 3);
        return new Cursor(parts[1], Long.parseLong(parts[2]));
      }
    } catch (IllegalArgumentException e) {
      // Told below, like any other text that is not a cursor.
    }
    throw Problem.invalid(
        "\"after\" is not a cursor of this interface. Use the \"next\" of an earlier answer, or leave it out.");
  }

  public String text() {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString((WORDS + xid + "." + seq).getBytes(StandardCharsets.US_ASCII));
  }
}
