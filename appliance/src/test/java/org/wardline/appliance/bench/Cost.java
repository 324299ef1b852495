package org.wardline.appliance.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.wardline.appliance.RunningWardline;

/**
 * What the processes of one Wardline have cost so far, by the kernel's own books (/proc); {@code
 * bench} is this process, with its clients and the carrier where that is not the simulator.
 */
public record Cost(Map<String, Double> cpuSeconds) {
  private static final double TICKS_A_SECOND = 100;

  public static Cost of(RunningWardline wardline) throws IOException {
    Map<String, Double> seconds = new LinkedHashMap<>();
    for (Map.Entry<String, Long> process : processes(wardline).entrySet()) {
      seconds.put(process.getKey(), cpu(process.getValue()));
    }
    seconds.put("bench", cpu(ProcessHandle.current().pid()));
    return new Cost(seconds);
  }

  /** Seconds since an earlier reading, by process, with their sum. */
  public Map<String, Double> since(Cost earlier) {
    Map<String, Double> difference = new LinkedHashMap<>();
    cpuSeconds.forEach(
        (name, now) -> difference.put(name, now - earlier.cpuSeconds().getOrDefault(name, 0.0)));
    difference.put("all", difference.values().stream().mapToDouble(Double::doubleValue).sum());
    return difference;
  }

  /**
   * What the Java processes have spent on compiling themselves so far, in seconds; falls when a
   * compiler thread has ended.
   */
  static double compilers(RunningWardline wardline) throws IOException {
    double ticks = 0;
    for (long pid : processes(wardline).values()) {
      try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
        for (Path thread : threads.toList()) {
          ticks += compilerTicks(thread);
        }
      }
    }
    return ticks / TICKS_A_SECOND;
  }

  private static double compilerTicks(Path thread) {
    try {
      String stat = Files.readString(thread.resolve("stat"));
      if (!stat.contains("CompilerThre")) {
        return 0;
      }
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return Double.parseDouble(fields[11]) + Double.parseDouble(fields[12]);
    } catch (IOException e) {
      return 0;
    }
  }

  /** Distinct processes of {@code run.json}. */
  static Map<String, Long> processes(RunningWardline wardline) throws IOException {
    Map<String, Long> pids = new LinkedHashMap<>();
    for (String name : List.of("server", "gateway", "postgres", "cassandra")) {
      long pid = wardline.pid(name);
      if (!pids.containsValue(pid)) {
        pids.put(name, pid);
      }
    }
    return pids;
  }

  /** CPU of a process, its children that live, and its children that have ended. */
  private static double cpu(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    double ticks = 0;
    for (int i = 11; i <= 14; i++) {
      ticks += Double.parseDouble(fields[i]);
    }
    double children = 0;
    if (Files.readString(Path.of("/proc/" + pid + "/comm")).startsWith("postgres")) {
      for (ProcessHandle child :
          ProcessHandle.of(pid).map(ProcessHandle::children).orElse(Stream.empty()).toList()) {
        children += cpuOfGone(child.pid());
      }
    }
    return ticks / TICKS_A_SECOND + children;
  }

  private static double cpuOfGone(long pid) {
    try {
      return cpu(pid);
    } catch (IOException e) {
      return 0;
    }
  }

  /**
   * Resident memory in MB, by process; PostgreSQL's shared pages are counted once per process that
   * touched them.
   */
  public static Map<String, Long> residentMegabytes(RunningWardline wardline, String field)
      throws IOException {
    Map<String, Long> megabytes = new LinkedHashMap<>();
    for (Map.Entry<String, Long> process : processes(wardline).entrySet()) {
      long kilobytes =
          Files.readAllLines(Path.of("/proc/" + process.getValue() + "/status")).stream()
              .filter(line -> line.startsWith(field + ":"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
              .findFirst()
              .orElse(0);
      megabytes.put(process.getKey(), kilobytes / 1024);
    }
    return megabytes;
  }
}
