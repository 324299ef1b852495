package org.wardline.server.keys;

/**
 * A key is missing, damaged or not the right one. The message says which and what to do, never the
 * key.
 */
public final class KeyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  KeyException(String message, Throwable cause) {
    super(message, cause);
  }

  KeyException(String message) {
    super(message);
  }
}
