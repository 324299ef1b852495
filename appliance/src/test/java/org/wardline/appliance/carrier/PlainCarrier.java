package org.wardline.appliance.carrier;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A carrier on plain sockets that lives in the process of a measurement: it shares no code with the
 * gateway, so what it counted is a witness of its own, and it costs little. It keeps a receipt
 * until the gateway has taken it, as carriers do, and goes away, freezes and talks nonsense on
 * request.
 */
public final class PlainCarrier implements AutoCloseable {
  private static final String SYSTEM_ID = "wardline";
  private static final String PASSWORD = "s3cret";
  private static final int BACKLOG = 50;
  private static final int MAX_RECEIPTS_WAITING = 1_000_000;
  private static final int DELIVERIES_AT_ONCE = 100;
  private static final Duration AGAIN = Duration.ofMillis(250);

  /** ESME_RBINDFAIL, SMPP 3.4 §5.1.3. */
  static final int BIND_FAILED = 0x0D;

  /** What the carrier saw; called on its own threads and must not block. */
  public interface Witness {
    void taken(Taken segment);

    /** The gateway has acknowledged the receipt. */
    default void reported(Taken segment, boolean delivered) {}

    default void bound() {}

    /** A connection that was bound has ended. */
    default void unbound() {}

    /** Whether this number's phone can be reached. */
    default boolean reachable(String destination) {
      return true;
    }
  }

  private record Receipt(Taken segment, String id, boolean delivered) {}

  final Witness witness;
  private final Duration respondDelay;
  private final Duration receiptDelay;
  private final int port;
  private final List<Peer> peers = new CopyOnWriteArrayList<>();
  private final AtomicLong ids = new AtomicLong(System.currentTimeMillis() * 1_000);
  private final AtomicInteger binds = new AtomicInteger();
  private final BlockingQueue<Receipt> receipts = new LinkedBlockingQueue<>(MAX_RECEIPTS_WAITING);
  private final Semaphore window = new Semaphore(DELIVERIES_AT_ONCE);
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
  private final Thread dispatcher;
  private final AtomicReference<byte @Nullable []> nextBindAnswer = new AtomicReference<>();
  private final Object frozenLock = new Object();
  private boolean frozen;
  volatile boolean refusesBinds;
  private volatile @Nullable ServerSocket listener;
  private volatile boolean closed;

  private PlainCarrier(Witness witness, Duration respondDelay, Duration receiptDelay)
      throws IOException {
    this.witness = witness;
    this.respondDelay = respondDelay;
    this.receiptDelay = receiptDelay;
    ServerSocket first = listenOn(0);
    this.port = first.getLocalPort();
    this.listener = first;
    this.dispatcher = Thread.ofVirtual().name("carrier-receipts").start(this::sendReceipts);
    Thread.ofVirtual().start(() -> accept(first));
  }

  /**
   * @param respondDelay from taking a segment to its submit_sm_resp: while it lasts, a death leaves
   *     the text in doubt
   * @param receiptDelay from the response to the receipt
   */
  public static PlainCarrier start(Witness witness, Duration respondDelay, Duration receiptDelay)
      throws IOException {
    return new PlainCarrier(witness, respondDelay, receiptDelay);
  }

  private static ServerSocket listenOn(int port) throws IOException {
    ServerSocket socket = new ServerSocket();
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
    return socket;
  }

  /** The {@code --smsc} option that reaches it. */
  public String address() {
    return "127.0.0.1:" + port + ":" + SYSTEM_ID + ":" + PASSWORD;
  }

  /** Connections are refused from now on, and those there are end. */
  public void goAway() throws IOException {
    ServerSocket open = listener;
    if (open != null) {
      open.close();
    }
    listener = null;
    drop(true);
  }

  public void comeBack() throws IOException {
    if (listener == null) {
      ServerSocket socket = listenOn(port);
      listener = socket;
      Thread.ofVirtual().start(() -> accept(socket));
    }
  }

  /** Answers each bind with ESME_RBINDFAIL. */
  public void refuseBinds(boolean on) {
    refusesBinds = on;
  }

  /** These octets are the answer to the next bind, whatever they are. */
  public void answerNextBindWith(byte[] octets) {
    nextBindAnswer.set(octets);
  }

  byte @Nullable [] takeBindAnswer() {
    return nextBindAnswer.getAndSet(null);
  }

  /** Connections stay, and nothing is read or written: what a half-open line looks like. */
  public void freeze(boolean on) {
    synchronized (frozenLock) {
      frozen = on;
      frozenLock.notifyAll();
    }
  }

  void awaitThaw() {
    synchronized (frozenLock) {
      while (frozen && !closed) {
        try {
          frozenLock.wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
      }
    }
  }

  /**
   * Cuts every connection.
   *
   * @param hard with a reset instead of an end of stream
   */
  public void drop(boolean hard) {
    peers.forEach(peer -> peer.drop(hard));
  }

  /** Binds it has accepted so far. */
  public int binds() {
    return binds.get();
  }

  public boolean isBound() {
    return bound().isPresent();
  }

  private Optional<Peer> bound() {
    return peers.stream().filter(Peer::isBound).reduce((older, newer) -> newer);
  }

  /** Octets to the bound peer, as they are; false when nobody is bound. */
  public boolean write(byte[] octets) {
    Optional<Peer> peer = bound();
    return peer.isPresent() && peer.get().write(octets);
  }

  /**
   * A text from a phone, once.
   *
   * @return the status of deliver_sm_resp; -1 when there is none
   */
  public CompletableFuture<Integer> deliver(String from, String to, String words) {
    return request(Pdu.deliver(digits(from), digits(to), 0, Pdu.ascii(words)));
  }

  private CompletableFuture<Integer> request(byte[] body) {
    return bound()
        .map(peer -> peer.request(Pdu.DELIVER_SM, body))
        .orElseGet(() -> CompletableFuture.completedFuture(-1));
  }

  private static String digits(String number) {
    return number.startsWith("+") ? number.substring(1) : number;
  }

  private void accept(ServerSocket on) {
    try (on) {
      while (!closed) {
        Peer peer = new Peer(this, on.accept());
        peers.add(peer);
        Thread.ofVirtual().name("carrier-peer").start(peer::read);
      }
    } catch (IOException e) {
      // closed
    }
  }

  void countBind() {
    binds.incrementAndGet();
    witness.bound();
  }

  void gone(Peer peer, boolean wasBound) {
    peers.remove(peer);
    if (wasBound) {
      witness.unbound();
    }
  }

  String nextId() {
    return Long.toString(ids.incrementAndGet());
  }

  /** At once, or when it is time. */
  void respond(Runnable response) {
    if (respondDelay.isZero()) {
      response.run();
    } else {
      var _ =
          clock.schedule(
              () -> Thread.ofVirtual().start(response),
              respondDelay.toMillis(),
              TimeUnit.MILLISECONDS);
    }
  }

  void receiptLater(Taken segment, String id) {
    Receipt receipt = new Receipt(segment, id, witness.reachable(segment.destination()));
    var _ =
        clock.schedule(
            () -> receipts.add(receipt),
            respondDelay.plus(receiptDelay).toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private void sendReceipts() {
    try {
      while (!closed) {
        Receipt receipt = receipts.take();
        window.acquire();
        var _ =
            request(body(receipt))
                .whenComplete(
                    (status, failure) -> {
                      window.release();
                      if (failure == null && status == 0) {
                        witness.reported(receipt.segment(), receipt.delivered());
                      } else if (!closed) {
                        var _ =
                            clock.schedule(
                                () -> receipts.add(receipt),
                                AGAIN.toMillis(),
                                TimeUnit.MILLISECONDS);
                      }
                    });
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** From the phone's number to the practice's (SMPP 3.4 Appendix B). */
  private static byte[] body(Receipt receipt) {
    String words =
        "id:%s sub:001 dlvrd:%s submit date:2601010101 done date:2601010102 stat:%s err:%s text:"
            .formatted(
                receipt.id(),
                receipt.delivered() ? "001" : "000",
                receipt.delivered() ? "DELIVRD" : "UNDELIV",
                receipt.delivered() ? "000" : "001");
    return Pdu.deliver(
        digits(receipt.segment().destination()),
        "13125550199",
        4,
        words.getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public void close() throws IOException {
    closed = true;
    freeze(false);
    dispatcher.interrupt();
    clock.shutdownNow();
    goAway();
  }
}
