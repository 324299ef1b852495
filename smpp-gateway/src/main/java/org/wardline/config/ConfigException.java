package org.wardline.config;

/**
 * Says, in words meant for the person who edited the file, why the program does not start. The
 * launcher prints the message alone; it never needs a stack trace to be understood.
 */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ConfigException(String message) {
    super(message);
  }
}
