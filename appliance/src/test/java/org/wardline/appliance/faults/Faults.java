package org.wardline.appliance.faults;

import java.util.Map;
import java.util.TreeMap;

/**
 * {@code ./dev faults NAME}: breaks a fresh Wardline under load and compares what sender and
 * carrier know with what it says. The exit code is 0 when everything held, 1 when not, 2 for a
 * wrong call.
 */
public final class Faults {
  interface Attack {
    int run(String[] options) throws Exception;
  }

  private static final Map<String, Attack> ALL =
      new TreeMap<>(Map.of("kill", Kill::run, "flap", Flap::run, "malformed", Malformed::run));

  private Faults() {}

  public static void main(String[] args) throws Exception {
    Attack attack = args.length == 0 ? null : ALL.get(args[0]);
    if (attack == null) {
      System.err.println(
          "Usage: ./dev faults NAME   where NAME is one of " + String.join(", ", ALL.keySet()));
      System.exit(2);
      return;
    }
    int code;
    try {
      code = attack.run(java.util.Arrays.copyOfRange(args, 1, args.length));
    } catch (IllegalArgumentException e) {
      System.err.println("./dev faults " + args[0] + ": " + e.getMessage());
      code = 2;
    }
    System.exit(code);
  }
}
