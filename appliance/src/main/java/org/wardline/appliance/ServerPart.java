package org.wardline.appliance;

/** The server with what the quick start asks of it beyond running. */
public interface ServerPart extends RunningPart, DemoSeed {
  /**
   * Accounts and the token of this data folder, made at its first start and the same at every later
   * one.
   */
  RunAccess access();
}
