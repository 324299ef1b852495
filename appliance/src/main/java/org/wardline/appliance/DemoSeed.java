package org.wardline.appliance;

/**
 * Fills an empty practice with patients and conversations to look at. Does nothing the second time.
 */
@FunctionalInterface
public interface DemoSeed {
  void seedDemo();
}
