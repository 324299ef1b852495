package org.wardline.server.health;

import java.util.function.Supplier;

/** One thing to look after. A check that throws counts as failed. */
public interface HealthCheck {
  /** A constant name, such as {@code Database}. */
  String name();

  HealthFinding check();

  static HealthCheck of(String name, Supplier<HealthFinding> check) {
    return new HealthCheck() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public HealthFinding check() {
        return check.get();
      }
    };
  }
}
