package org.wardline.appliance.engines;

/** Tells the waiting person what goes on; one call is one line. */
@FunctionalInterface
public interface Progress {
  void step(String text);
}
