package org.wardline.server.conversations;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.wardline.server.accounts.Caller;
import org.wardline.server.consent.ConsentKind;
import org.wardline.sms.PhoneNumber;

/**
 * A wish to send a text.
 *
 * @param purpose what it is sent as; decides which consent it needs
 * @param again also when the same words went to the same number a moment ago
 * @param expiresAt after this moment it is not sent any more; the line's default when empty
 */
record SendRequest(
    Caller caller,
    Target target,
    String text,
    Purpose purpose,
    boolean again,
    Optional<Instant> expiresAt,
    Optional<IdempotencyKey> idempotency) {

  sealed interface Target {
    record ToNumber(PhoneNumber number, String line) implements Target {}

    record ToThread(UUID conversation) implements Target {}
  }

  sealed interface Purpose {
    /** An ordinary text, which needs consent of this kind. */
    record Text(ConsentKind kind) implements Purpose {}

    /** The consent request itself, the only text that may go without consent (CON-1). */
    record ConsentRequest() implements Purpose {}
  }

  /**
   * Names one wish of one client, so that asking twice sends once.
   *
   * @param bodyHash SHA-256 of what was asked
   */
  record IdempotencyKey(UUID client, String key, byte[] bodyHash) {}

  @Override
  public String toString() {
    return "SendRequest[redacted]";
  }
}
