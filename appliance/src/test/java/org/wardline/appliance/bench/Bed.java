package org.wardline.appliance.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.wardline.appliance.RestClient;
import org.wardline.appliance.RunningWardline;
import org.wardline.appliance.carrier.PlainCarrier;

/**
 * A fresh Wardline in a folder of its own with patients on file; with a carrier in this process, or
 * with the simulator that {@code ./dev run} brings.
 */
public final class Bed implements AutoCloseable {
  private static final Duration ARCHIVE_DEADLINE = Duration.ofMinutes(10);
  private static final int CLIENTS_FOR_PATIENTS = 4;

  private final Path data;
  private final RunningWardline.Ports ports;
  private final List<String> options = new ArrayList<>();
  private final @Nullable PlainCarrier carrier;
  private final Thread stopAtExit;
  private volatile RunningWardline wardline;

  private Bed(
      Path data,
      RunningWardline.Ports ports,
      @Nullable PlainCarrier carrier,
      List<String> options,
      RunningWardline wardline) {
    this.data = data;
    this.ports = ports;
    this.carrier = carrier;
    this.options.addAll(options);
    this.wardline = wardline;
    // Whoever ends a measurement early must not leave databases behind.
    this.stopAtExit = Thread.ofPlatform().unstarted(() -> this.wardline.close());
    Runtime.getRuntime().addShutdownHook(stopAtExit);
  }

  /**
   * @param carrier null for the simulator; else closed with this
   * @param link lines for the section {@code link:} of gateway.yaml
   */
  public static Bed make(@Nullable PlainCarrier carrier, boolean separate, String... link)
      throws Exception {
    Path data = Files.createTempDirectory("wardline-bench");
    List<String> options = new ArrayList<>();
    if (separate) {
      options.add("--separate");
    }
    if (carrier != null) {
      options.addAll(List.of("--smsc", carrier.address()));
    }
    try {
      if (link.length > 0) {
        // What a person wrote there stays; the launcher adds what it knows.
        Files.writeString(
            data.resolve("gateway.yaml"), "link:\n  " + String.join("\n  ", link) + "\n");
      }
      RunningWardline.Ports ports = RunningWardline.Ports.free();
      return new Bed(data, ports, carrier, options, start(data, ports, options));
    } catch (IOException | InterruptedException | RuntimeException e) {
      Folders.delete(data);
      throw e;
    }
  }

  private static RunningWardline start(Path data, RunningWardline.Ports ports, List<String> options)
      throws Exception {
    return RunningWardline.start(data, ports, options.toArray(new String[0]));
  }

  public RunningWardline wardline() {
    return wardline;
  }

  /** Starts it again on the same folder, after it has ended. */
  public void restart() throws Exception {
    wardline = start(data, ports, options);
  }

  public Load load(int patients, int clients) throws Exception {
    System.err.println("putting " + patients + " patients on file …");
    List<String> numbers = numbers(patients);
    new Load(new RestClient(wardline), numbers, CLIENTS_FOR_PATIENTS).patients();
    return new Load(new RestClient(wardline), numbers, clients);
  }

  public static List<String> numbers(int count) {
    return IntStream.range(0, count).mapToObj(i -> "+1312%07d".formatted(2_000_000 + i)).toList();
  }

  public void awaitArchived() throws Exception {
    Database.await(
        wardline,
        "SELECT NOT EXISTS (SELECT 1 FROM wardline.archive_outbox)",
        "events archived",
        ARCHIVE_DEADLINE);
  }

  @Override
  public void close() throws IOException {
    try {
      wardline.close();
      if (carrier != null) {
        carrier.close();
      }
    } finally {
      Folders.delete(data);
    }
  }
}
