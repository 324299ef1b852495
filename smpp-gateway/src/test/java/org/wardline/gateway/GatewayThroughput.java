package org.wardline.gateway;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.wardline.gateway.smpp.SmppBind;
import org.wardline.sms.PhoneNumber;
import org.wardline.sms.SmsQueue;

/**
 * Texts a second through queue, gateway, a carrier on real sockets and receipts, on one machine
 * with everything durable. Run by hand: {@code GatewayThroughput TEXTS WINDOW}.
 */
final class GatewayThroughput {
  private static final int ENQUEUE_BATCH = 500;

  private GatewayThroughput() {}

  public static void main(String[] args) throws IOException {
    int texts = Integer.parseInt(args[0]);
    int window = Integer.parseInt(args[1]);
    GatewayWorld world = new GatewayWorld();
    try (world) {
      LinkSettings link =
          LinkSettings.of(
              SmppBind.of("127.0.0.1", world.carrier.port(), "clinic", GatewayWorld.secret())
                  .withWindowSize(window));
      Gateway gateway = world.start(link);
      world.await("bound", () -> gateway.status().bound());
      round(world, Math.min(texts, 3_000), "warm-up");
      round(world, texts, "measured, window " + window);
    }
    System.exit(0);
  }

  private static void round(GatewayWorld world, int texts, String name) {
    world.history.clear();
    long cpu = cpuNanos();
    long start = System.nanoTime();
    List<UUID> ids = new ArrayList<>();
    for (int i = 0; i < texts; i += ENQUEUE_BATCH) {
      List<SmsQueue.OutboundText> batch = new ArrayList<>();
      for (int k = i; k < Math.min(texts, i + ENQUEUE_BATCH); k++) {
        batch.add(
            new SmsQueue.OutboundText(
                UUID.randomUUID(),
                "main",
                GatewayWorld.SOURCE,
                new PhoneNumber("+1312%07d".formatted(k % 5_000)),
                "Your visit is tomorrow at 3 pm. Reply YES to confirm. " + k,
                1,
                Instant.now().plus(Duration.ofHours(1))));
        ids.add(batch.getLast().id());
      }
      world.server.run(tx -> world.queue.enqueue(tx, batch));
      world.take();
    }
    world.await(
        "all delivered",
        Duration.ofMinutes(5),
        () -> world.history.size() >= texts && ids.stream().allMatch(world::isFinal));
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf(
        "%s: %d texts in %.1f s: %.0f texts/s with receipts; %.2f CPU s per 1,000 in this JVM (gateway,"
            + " carrier, server side)%n",
        name, texts, seconds, texts / seconds, (cpuNanos() - cpu) / 1e9 / texts * 1000);
    world
        .metrics
        .text()
        .lines()
        .filter(
            line -> line.matches("wardline_gateway_(commit_entries|submit_seconds)_(sum|count).*"))
        .forEach(System.out::println);
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean)
            java.lang.management.ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
