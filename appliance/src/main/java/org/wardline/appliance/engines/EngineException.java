package org.wardline.appliance.engines;

/**
 * An engine cannot run. The message says what is wrong and what to do; it is shown without a stack
 * trace.
 */
public final class EngineException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public EngineException(String message) {
    super(message);
  }

  EngineException(String message, Throwable cause) {
    super(message, cause);
  }
}
