package org.wardline.appliance;

/** A command could not do it; the message is all a person needs. Exit code 1. */
final class CommandFailed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CommandFailed(String message) {
    super(message);
  }
}
