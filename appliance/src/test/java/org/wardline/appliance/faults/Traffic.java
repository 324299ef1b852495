package org.wardline.appliance.faults;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.wardline.appliance.RestClient;

/**
 * Patients' texts at a steady rate over REST, by careful clients: each has numbers of its own and
 * asks with the same key until it has an answer, so that the order to a number is known.
 */
final class Traffic {
  private static final int CLIENTS = 16;
  private static final int EVERY_LONG = 7;
  private static final Duration AGAIN = Duration.ofMillis(200);

  /** A client that is late goes on from now instead of catching up. */
  private static final Duration LATE = Duration.ofSeconds(1);

  private static final Duration ANSWER_DEADLINE = Duration.ofMinutes(4);

  private final Tally tally;
  private final List<String> numbers;
  private final double textsPerSecond;
  private final List<Thread> clients = new ArrayList<>();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile RestClient rest;
  private volatile boolean stopped;

  Traffic(Tally tally, RestClient rest, List<String> numbers, double textsPerSecond) {
    this.tally = tally;
    this.rest = rest;
    this.numbers = numbers;
    this.textsPerSecond = textsPerSecond;
  }

  /** After a restart of the server. */
  void use(RestClient fresh) {
    rest = fresh;
  }

  Traffic start() {
    for (int c = 0; c < CLIENTS; c++) {
      int client = c;
      clients.add(
          Thread.ofVirtual()
              .name("client-" + c)
              .start(
                  () -> {
                    try {
                      run(client);
                    } catch (InterruptedException | RuntimeException e) {
                      failure.compareAndSet(null, e);
                    }
                  }));
    }
    return this;
  }

  private void run(int client) throws InterruptedException {
    long pause = (long) (1e9 * CLIENTS / textsPerSecond);
    List<String> mine = new ArrayList<>();
    for (int i = client; i < numbers.size(); i += CLIENTS) {
      mine.add(numbers.get(i));
    }
    long due = System.nanoTime() + pause * client / CLIENTS;
    for (int i = 0; !stopped; i++) {
      sleepUntil(due);
      due = Math.max(due + pause, System.nanoTime() - LATE.toNanos());
      String number = mine.get(i % mine.size());
      send(tally.next(number, i / mine.size(), (i + client) % EVERY_LONG == 0), number);
    }
  }

  private static void sleepUntil(long due) throws InterruptedException {
    long left = due - System.nanoTime();
    if (left > 0) {
      Thread.sleep(Duration.ofNanos(left));
    }
  }

  private void send(Tally.Text text, String number) throws InterruptedException {
    long deadline = System.nanoTime() + ANSWER_DEADLINE.toNanos();
    String last = "";
    while (System.nanoTime() < deadline) {
      try {
        RestClient.Answer answer = rest.text(number, text.words(), text.mark());
        if (answer.status() == 202) {
          text.story().accepted(answer.body().path("id").asString());
          return;
        }
        last = "status " + answer.status();
      } catch (IOException | RuntimeException e) {
        last = e.getClass().getSimpleName();
      }
      Thread.sleep(AGAIN);
    }
    throw new IllegalStateException("a text was not accepted within 4 minutes: " + last);
  }

  /** Returns when every client has its last answer. */
  void stop() throws InterruptedException {
    stopped = true;
    for (Thread client : clients) {
      client.join();
    }
    Throwable broke = failure.get();
    if (broke != null) {
      throw new IllegalStateException("the load broke off", broke);
    }
  }
}
