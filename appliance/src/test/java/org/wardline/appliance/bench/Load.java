package org.wardline.appliance.bench;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.wardline.appliance.RestClient;

/** Many clients that send texts over REST, each waiting for its answer before it sends the next. */
public final class Load {
  private final RestClient rest;
  private final List<String> numbers;
  private final int clients;

  Load(RestClient rest, List<String> numbers, int clients) {
    this.rest = rest;
    this.numbers = numbers;
    this.clients = clients;
  }

  interface Step<C> {
    void run(C client, int i) throws IOException, InterruptedException;
  }

  interface Connect<C> {
    C open() throws IOException;
  }

  /** Puts the patients on file. */
  void patients() throws InterruptedException {
    each(
        numbers.size(),
        () -> () -> {},
        (none, i) -> rest.patient("Bench", "Patient " + i, numbers.get(i)));
  }

  /** Sends texts and returns how long each answer took, in nanoseconds, sorted. */
  long[] texts(String run, int count) throws InterruptedException {
    long[] took = new long[count];
    each(
        count,
        () -> new WebClient(rest.base(), rest.tls(), rest.token()),
        (client, i) -> {
          long start = System.nanoTime();
          int status =
              client.post(
                  "/messages", run + "-" + i, text(numbers.get(i % numbers.size()), run, i));
          took[i] = System.nanoTime() - start;
          if (status != 202) {
            throw new IOException("refused: " + status);
          }
        });
    java.util.Arrays.sort(took);
    return took;
  }

  private static String text(String to, String run, int i) {
    return "{\"to\":\""
        + to
        + "\",\"line\":\"main\",\"kind\":\"care\",\"text\":\"Your visit is confirmed for Tuesday at 10:30."
        + " Reply C to confirm or R to move it. "
        + run
        + i
        + "\"}";
  }

  private <C extends Closeable> void each(int count, Connect<C> connect, Step<C> step)
      throws InterruptedException {
    AtomicInteger next = new AtomicInteger();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    List<Thread> threads = new ArrayList<>();
    for (int c = 0; c < clients; c++) {
      threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (C client = connect.open()) {
                      for (int i = next.getAndIncrement();
                          i < count && failure.get() == null;
                          i = next.getAndIncrement()) {
                        step.run(client, i);
                      }
                    } catch (Exception e) {
                      failure.compareAndSet(null, e);
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    if (failure.get() != null) {
      throw new IllegalStateException("the load broke off", failure.get());
    }
  }

  static double percentileMillis(long[] sorted, double percent) {
    return sorted[(int) Math.min(sorted.length - 1, Math.round(sorted.length * percent / 100))]
        / 1e6;
  }
}
