package org.wardline.server.conversations;

import java.time.Instant;
import java.util.UUID;
import org.wardline.server.consent.ConsentState;

/**
 * What became of a wish to send a text. Only {@link Queued} means that the text is durable and will
 * go out.
 */
public sealed interface SendOutcome {
  /** Durable: message, audit, archive event and queue row are committed. */
  record Queued(UUID id) implements SendOutcome {}

  /** The same idempotency key and body were accepted before; nothing new was queued. */
  record AlreadyAccepted(UUID id) implements SendOutcome {}

  /** The same idempotency key came with another body. */
  record KeyReused() implements SendOutcome {}

  /** No consent of this kind on record for the number. */
  record NoConsent(ConsentState state) implements SendOutcome {}

  /** The patient opted out. */
  record OptedOut() implements SendOutcome {}

  /** The same words went to this number a moment ago, and the wish did not say "again". */
  record SameTextBefore(UUID id, Instant at) implements SendOutcome {}

  /** There is nothing to ask: consent is on record. */
  record ConsentOnRecord() implements SendOutcome {}

  /** The patient was asked as often as is decent and has not answered clearly. */
  record AskedAlready() implements SendOutcome {}

  /** No patient has this number, or the caller may not see the line. */
  record UnknownRecipient() implements SendOutcome {}

  record UnknownLine() implements SendOutcome {}
}
