package org.wardline.server.consent;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.wardline.server.consent.ConsentLedger.Saying;
import org.wardline.server.web.Problem;

/**
 * Reads what a client says about consent; what cannot be is an {@code invalid-request} that names
 * the field.
 */
public final class ConsentFields {
  /** The longest name of a wording's version, by REST and in the console. */
  public static final int MAX_VERSION_CHARS = 64;

  private ConsentFields() {}

  public static ConsentKind kind(@Nullable String text, String field) {
    return ConsentKind.ofWireName(Optional.ofNullable(text).orElse(""))
        .orElseThrow(
            () ->
                Problem.invalid(field + " must be one of reminders, care, secure-link, outreach."));
  }

  public static Saying saying(@Nullable String text, String field) {
    return switch (text) {
      case "granted" -> Saying.GRANTED;
      case "revoked" -> Saying.REVOKED;
      case null, default -> throw Problem.invalid(field + " must be granted or revoked.");
    };
  }

  public static ConsentMethod method(@Nullable String text, String field) {
    return ConsentMethod.ofWireName(Optional.ofNullable(text).orElse(""))
        .orElseThrow(() -> Problem.invalid(field + " must be one of paper, verbal, web, text."));
  }

  public static String version(@Nullable String text, String field) {
    if (text == null || text.isBlank()) {
      throw Problem.invalid(field + " is missing.");
    }
    String stripped = text.strip();
    if (!isVersion(stripped)) {
      throw Problem.invalid(
          field + " must have 1 to " + MAX_VERSION_CHARS + " characters on one line.");
    }
    return stripped;
  }

  /** True when a wording's version can be called that. */
  public static boolean isVersion(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_VERSION_CHARS
        && text.chars().noneMatch(Character::isISOControl);
  }
}
