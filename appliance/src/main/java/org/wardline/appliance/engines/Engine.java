package org.wardline.appliance.engines;

/** A database process that belongs to one data folder. */
public interface Engine {
  /** As people know it, with its version. */
  String name();

  /**
   * Returns when an authenticated query was answered. A process of this same folder left over from
   * a crash is taken over when it is healthy. After the first start, later ones (by the supervisor)
   * keep the port.
   *
   * @throws EngineException with a message for the person who starts Wardline
   */
  void start();

  /** Clean stop with a deadline, then the hard way. Does nothing when the engine does not run. */
  void stop();

  boolean isRunning();

  /** Of the running process. */
  long pid();

  /** On 127.0.0.1; fixed by the first start. */
  int port();
}
