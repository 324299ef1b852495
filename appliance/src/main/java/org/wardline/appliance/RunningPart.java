package org.wardline.appliance;

/** The server, the gateway or the SMSC simulator, once it is ready. */
public interface RunningPart {
  /** Of the process it runs in, which may be this one. */
  long pid();

  boolean isRunning();

  /** Ends work under way in order; returns when it is done. */
  void stop();
}
