package org.wardline.server.health;

import java.util.function.Supplier;

/** One thing to look after. A check that throws counts as failed. */
public interface HealthCheck {
  /** A constant name, such as {@code Database}. */
  String name();

  HealthFinding check();

  /** False for the few that can tell something while the database is away. */
  boolean needsDatabase();

  static HealthCheck of(String name, Supplier<HealthFinding> check) {
    return of(name, true, check);
  }

  /** For what has nothing to do with the database. */
  static HealthCheck withoutDatabase(String name, Supplier<HealthFinding> check) {
    return of(name, false, check);
  }

  private static HealthCheck of(String name, boolean needsDatabase, Supplier<HealthFinding> check) {
    return new HealthCheck() {
      @Override
      public boolean needsDatabase() {
        return needsDatabase;
      }

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
