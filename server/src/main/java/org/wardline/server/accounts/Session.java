package org.wardline.server.accounts;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/**
 * A signed-in person's session, as found in a request's context below {@link Access#console}.
 *
 * @param key hash of the session's cookie, in hexadecimal: names the session, cannot be used to
 *     resume it
 * @param csrfToken must come back with every unsafe request
 * @param idleEndsAt when the session ends if no person acts; as known before this request
 * @param idleLogOff after this long without a person's act the session ends
 */
public record Session(
    String key, UUID accountId, String csrfToken, Duration idleLogOff, Instant idleEndsAt) {

  /** What a page shows before sign-in. */
  public static final Session NONE =
      new Session("", new UUID(0, 0), "", Duration.ZERO, Instant.EPOCH);

  @Override
  public String toString() {
    return "Session[" + accountId + "]";
  }
}
