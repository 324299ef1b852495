package org.wardline.gateway;

/** A promise of the gateway that the simulation saw broken. */
final class Violation extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Violation(String what) {
    super(what);
  }
}
