package org.wardline.appliance.engines;

/**
 * Picks a port for an engine. Between the choice and the engine's own bind anybody may take it;
 * tests let somebody do so.
 */
@FunctionalInterface
interface PortChoice {
  /** A port that was free a moment ago, the first from {@code preferred} upwards. */
  int freeFrom(int preferred);
}
