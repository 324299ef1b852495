package org.wardline.server.health;

/** What a check found, in words for people who run the practice, not for those who wrote this. */
public sealed interface HealthFinding {
  /**
   * Nothing to do.
   *
   * @param what the state in a few words, such as "12 texts waiting"
   */
  record Ok(String what) implements HealthFinding {}

  /**
   * Something needs attention before it becomes worse. Says nothing about whether every text flows.
   *
   * @param what what is wrong
   * @param whatItMeans what it means for patients
   * @param whatToDo the next step
   */
  record Warn(String what, String whatItMeans, String whatToDo) implements HealthFinding {}

  /** Something the practice relies on does not work; parameters as in {@link Warn}. */
  record Failed(String what, String whatItMeans, String whatToDo) implements HealthFinding {}
}
