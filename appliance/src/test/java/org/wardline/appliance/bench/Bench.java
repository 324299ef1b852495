package org.wardline.appliance.bench;

import java.util.Map;
import java.util.TreeMap;

/**
 * {@code ./dev bench NAME}: measures one thing on a whole, fresh Wardline and ends with one line of
 * JSON.
 */
public final class Bench {
  interface Benchmark {
    void run(String[] options) throws Exception;
  }

  private static final Map<String, Benchmark> ALL =
      new TreeMap<>(
          Map.of(
              "throughput", Throughput::run,
              "throughput-noreceipts", Throughput::withoutReceipts,
              "inbound", Inbound::run,
              "restart-backlog", RestartBacklog::run,
              "footprint", Footprint::run));

  private Bench() {}

  public static void main(String[] args) throws Exception {
    Benchmark benchmark = args.length == 0 ? null : ALL.get(args[0]);
    if (benchmark == null) {
      System.err.println(
          "Usage: ./dev bench NAME   where NAME is one of " + String.join(", ", ALL.keySet()));
      System.exit(2);
      return;
    }
    try {
      benchmark.run(java.util.Arrays.copyOfRange(args, 1, args.length));
    } catch (IllegalArgumentException e) {
      System.err.println("./dev bench " + args[0] + ": " + e.getMessage());
      System.exit(2);
    }
  }
}
