package org.wardline.appliance;

/**
 * Wardline cannot start here. The message is one line that says what to do; it is shown without a
 * stack trace.
 */
final class StartRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StartRefused(String message) {
    super(message);
  }
}
