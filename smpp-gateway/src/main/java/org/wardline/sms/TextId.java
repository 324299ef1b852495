package org.wardline.sms;

import java.time.Instant;
import java.util.UUID;

/**
 * Ids of texts, in the order of their making (UUID version 7, RFC 9562 §5.7). What is looked up
 * soon lies together then: an index over random ids would have to be read and written all over,
 * more so with every year of history.
 */
public final class TextId {
  private static final int TIME_SHIFT = 16;
  private static final long VERSION_7 = 0x7000;
  private static final long RANDOM_PART = 0x0FFF;

  private TextId() {}

  /** A new id; nobody can guess it. */
  public static UUID next(Instant now) {
    UUID random = UUID.randomUUID();
    return new UUID(
        (now.toEpochMilli() << TIME_SHIFT)
            | VERSION_7
            | (random.getMostSignificantBits() & RANDOM_PART),
        random.getLeastSignificantBits());
  }
}
