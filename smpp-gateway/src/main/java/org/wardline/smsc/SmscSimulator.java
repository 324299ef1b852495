package org.wardline.smsc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.wardline.gateway.smpp.SmppServer;
import org.wardline.sms.SmsText;

/**
 * A carrier in a box, for tests, the quick start and demos: takes submits, sends receipts, lets
 * patients answer, and misbehaves on request. Keeps its own log of everything it took. Nothing it
 * holds is written to disk.
 */
public final class SmscSimulator implements AutoCloseable {
  private final SmppServer server;
  private final SmscClock clock;
  private final CarrierLog log;
  private final Deliveries deliveries;
  private final Patients patients;
  private final Carrier carrier;
  private final @Nullable SmscHttp http;

  private SmscSimulator(SmscOptions options) throws IOException {
    this.clock = new SmscClock();
    this.log = new CarrierLog(options.logLimit());
    AtomicLong numbers = new AtomicLong();
    CompletableFuture<SmppServer> started = new CompletableFuture<>();
    this.deliveries =
        new Deliveries(() -> started.join().sessions(), clock, options.carrierWindow());
    this.patients = new Patients(deliveries, clock, options.patients(), numbers);
    this.carrier = new Carrier(options, log, deliveries, patients, clock, numbers);
    this.server =
        SmppServer.start(
            InetAddress.getLoopbackAddress(), options.port(), carrier, SmppServer.Timeouts.DEFAULT);
    started.complete(server);
    deliveries.start();
    try {
      this.http =
          options.httpPort() == SmscOptions.NO_HTTP
              ? null
              : SmscHttp.start(options.httpPort(), this);
    } catch (IOException e) {
      server.close();
      clock.close();
      throw e;
    }
  }

  /**
   * @throws UncheckedIOException when a port is taken
   */
  public static SmscSimulator start(SmscOptions options) {
    try {
      return new SmscSimulator(options);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The SMSC simulator could not listen on port "
              + options.port()
              + " or "
              + options.httpPort()
              + ".",
          e);
    }
  }

  /** Where ESMEs bind. */
  public int port() {
    return server.port();
  }

  /** Where the page is, when there is one. */
  public Optional<Integer> httpPort() {
    SmscHttp page = http;
    return page == null ? Optional.empty() : Optional.of(page.port());
  }

  /** What really arrived. */
  public CarrierLog log() {
    return log;
  }

  public List<CarriedText> messagesTo(String number) {
    return log.textsTo(number);
  }

  /** The first text to the number, or empty when none comes in time. */
  public Optional<CarriedText> awaitMessageTo(String number, Duration timeout) {
    return log.awaitTextTo(number, text -> true, timeout);
  }

  /**
   * A patient texts. Completes when the gateway has taken every part; stays open while no gateway
   * is bound.
   */
  public CompletableFuture<Void> sendFromPatient(String from, String to, String text) {
    return patients.send(from, to, text);
  }

  /** The parts of one text in the order in which they shall arrive; any may be missing or twice. */
  public CompletableFuture<Void> sendParts(
      String from, String to, List<SmsText.Segment> inOrderOfArrival) {
    return patients.send(from, to, "(parts sent by a test)", inOrderOfArrival);
  }

  Patients patients() {
    return patients;
  }

  /** Answers every submit with ESME_RTHROTTLED. */
  public void throttle(boolean on) {
    carrier.throttle = on;
  }

  /** Keeps the connections and answers no submit, nor takes it. */
  public void silent(boolean on) {
    carrier.silent = on;
  }

  /** Holds receipts back; they go out when it is switched off. */
  public void pauseReceipts(boolean on) {
    deliveries.pauseReceipts(on);
  }

  /** Receipts for this number say that it could not be reached. */
  public void undeliverable(String number, boolean on) {
    carrier.undeliverable(number, on);
  }

  /** Cuts every connection as a broken line does; new ones are taken. */
  public void dropConnections() {
    server.dropConnections();
  }

  public SmscStats stats() {
    return new SmscStats(
        log.count(),
        carrier.throttled.sum(),
        carrier.ignored.sum(),
        deliveries.accepted.sum(),
        deliveries.retried.sum(),
        deliveries.dropped.sum(),
        deliveries.waiting(),
        server.sessions().size());
  }

  @Override
  public void close() {
    SmscHttp page = http;
    if (page != null) {
      page.close();
    }
    deliveries.close();
    server.close();
    clock.close();
  }
}
