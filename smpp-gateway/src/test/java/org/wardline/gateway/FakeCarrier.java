package org.wardline.gateway;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.wardline.sms.SmsText;

/**
 * A carrier that misbehaves on command, written on plain sockets so that it shares no code with the
 * gateway's SMPP library. It keeps its own log of every segment it took: the only witness of what
 * was sent how often.
 */
final class FakeCarrier implements Closeable {
  /** What to do with one submit_sm. */
  enum Answer {
    /** Take it, answer, then send the receipt. */
    ACCEPT,
    /** Take it; the receipt overtakes the response. */
    RECEIPT_FIRST,
    /** Take it, answer, and say nothing more. */
    NO_RECEIPT,
    /** Take it and drop the connection instead of answering. */
    TAKE_AND_DROP,
    /** Drop the connection without taking it. */
    DROP,
    /** Take it and never answer, while the link lives on. */
    TAKE_AND_STAY_SILENT,
    /** Take it and answer when the test says so; see {@link #late}. */
    TAKE_AND_ANSWER_LATE,
    THROTTLE,
    QUEUE_FULL,
    REFUSE_NUMBER,
    SYSTEM_ERROR
  }

  /** One segment as it came over the wire. */
  record Taken(
      String source,
      String destination,
      byte[] octets,
      int dataCoding,
      boolean udhi,
      String validity,
      Map<Integer, byte[]> tlvs) {
    String text() {
      int start = udhi ? 1 + (octets[0] & 0xFF) : 0;
      return SmsText.decode(dataCoding, java.util.Arrays.copyOfRange(octets, start, octets.length));
    }

    /** Throws when the PDU does not have it. */
    byte[] tlv(int tag) {
      return java.util.Objects.requireNonNull(tlvs.get(tag));
    }

    int reference() {
      return octets[3] & 0xFF;
    }

    int number() {
      return udhi ? octets[5] & 0xFF : 1;
    }
  }

  /** Called with the status of the answer, which carries an id when that is 0. */
  interface LateAnswer {
    void send(int status);
  }

  /** A query_sm as it came. */
  record Asked(String id, String source) {}

  /**
   * The answer to a query_sm (SMPP 3.4 §4.8.2, §5.2.28).
   *
   * @param messageState 1 en route, 2 delivered, 5 undeliverable
   */
  record Said(int status, int messageState, int errorCode) {}

  private static final int BIND_TRANSCEIVER = 9;
  private static final int QUERY_SM = 3;
  private static final int SUBMIT_SM = 4;
  private static final int DELIVER_SM = 5;
  private static final int UNBIND = 6;
  private static final int ENQUIRE_LINK = 0x15;
  private static final byte[] NO_TLVS = {};
  private static final int RESPONSE = 0x8000_0000;

  final Queue<Taken> log = new ConcurrentLinkedQueue<>();

  /** Answers that are owed, in the order of their submits. */
  final Queue<LateAnswer> late = new ConcurrentLinkedQueue<>();

  final Queue<Asked> asked = new ConcurrentLinkedQueue<>();
  volatile Function<Asked, Said> oracle = query -> new Said(0, 1, 0);
  final AtomicInteger binds = new AtomicInteger();
  final AtomicInteger receiptsAnswered = new AtomicInteger();
  volatile Function<Taken, Answer> script = taken -> Answer.ACCEPT;
  volatile String state = "DELIVRD";
  volatile Function<Long, String> responseId = id -> "m" + id;
  volatile Function<Long, String> receiptId = id -> "m" + id;
  volatile int receiptCopies = 1;
  volatile int bindStatus;

  /** How long it thinks about a bind. */
  volatile Duration bindTakes = Duration.ZERO;

  private final ServerSocket server;
  private final List<Peer> peers = new CopyOnWriteArrayList<>();
  private final AtomicLong ids = new AtomicLong(1000);
  private volatile boolean closed;

  FakeCarrier() {
    this(0);
  }

  /** One that comes back at the port it had before. */
  FakeCarrier(int port) {
    try {
      server = new ServerSocket();
      server.setReuseAddress(true);
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 50);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofPlatform().daemon().name("fake-carrier").start(this::accept);
  }

  /** Texts of one segment, in the order they were taken. */
  List<String> texts() {
    return log.stream().map(Taken::text).toList();
  }

  List<String> textsTo(String number) {
    return log.stream()
        .filter(taken -> taken.destination().equals(number.replace("+", "")))
        .map(Taken::text)
        .toList();
  }

  int sessions() {
    return peers.size();
  }

  int port() {
    return server.getLocalPort();
  }

  private void accept() {
    while (!closed) {
      try {
        Peer peer = new Peer(server.accept());
        peers.add(peer);
        Thread.ofPlatform().daemon().name("fake-carrier-peer").start(peer::read);
      } catch (IOException e) {
        if (!closed) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  /** Drops every connection now. */
  void dropAll() {
    peers.forEach(Peer::drop);
    peers.clear();
  }

  /** Delivers a text or part from a phone; completes with the gateway's command status. */
  CompletableFuture<Integer> deliver(
      String source, String destination, int esmClass, int dataCoding, byte[] octets) {
    return deliver(source, destination, esmClass, dataCoding, octets, NO_TLVS);
  }

  /** With optional parameters (SMPP 3.4 §5.3), as they stand on the wire. */
  CompletableFuture<Integer> deliver(
      String source, String destination, int esmClass, int dataCoding, byte[] octets, byte[] tlvs) {
    return peers.getLast().deliver(source, destination, esmClass, dataCoding, octets, tlvs);
  }

  /** A receipt out of the blue. */
  CompletableFuture<Integer> receipt(String id, String stat) {
    return peers.getLast().deliver("15550001", "15550002", 4, 0, receiptText(id, stat), NO_TLVS);
  }

  private static byte[] receiptText(String id, String stat) {
    return ("id:"
            + id
            + " sub:001 dlvrd:001 submit date:2611210101 done date:2611210102 stat:"
            + stat
            + " err:000 text:")
        .getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() throws IOException {
    closed = true;
    dropAll();
    server.close();
  }

  private static void pause(Duration howLong) {
    try {
      Thread.sleep(howLong);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Peer {
    private final Socket socket;
    private final DataOutputStream out;
    private final Map<Integer, CompletableFuture<Integer>> pending = new ConcurrentHashMap<>();
    private final AtomicInteger sequence = new AtomicInteger();

    Peer(Socket socket) throws IOException {
      this.socket = socket;
      socket.setTcpNoDelay(true);
      this.out = new DataOutputStream(new java.io.BufferedOutputStream(socket.getOutputStream()));
    }

    void read() {
      try (DataInputStream in =
          new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()))) {
        while (true) {
          int length = in.readInt();
          int command = in.readInt();
          int status = in.readInt();
          int number = in.readInt();
          byte[] body = in.readNBytes(length - 16);
          handle(command, status, number, ByteBuffer.wrap(body));
        }
      } catch (IOException e) {
        pending.values().forEach(one -> one.complete(-1));
        peers.remove(this);
      }
    }

    private void handle(int command, int status, int number, ByteBuffer body) throws IOException {
      switch (command) {
        case BIND_TRANSCEIVER -> {
          pause(bindTakes);
          if (bindStatus == 0) {
            binds.incrementAndGet();
          }
          send(
              command | RESPONSE, bindStatus, number, "fake\0".getBytes(StandardCharsets.US_ASCII));
        }
        case ENQUIRE_LINK -> send(command | RESPONSE, 0, number, new byte[0]);
        case UNBIND -> {
          send(command | RESPONSE, 0, number, new byte[0]);
          drop();
        }
        case SUBMIT_SM -> submit(number, body);
        case QUERY_SM -> query(number, body);
        case DELIVER_SM | RESPONSE -> {
          CompletableFuture<Integer> waiting = pending.remove(number);
          if (waiting != null) {
            waiting.complete(status);
          }
        }
        default -> {}
      }
    }

    private void query(int number, ByteBuffer body) throws IOException {
      String id = string(body);
      body.getShort();
      Asked query = new Asked(id, string(body));
      asked.add(query);
      Said said = oracle.apply(query);
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      if (said.status() == 0) {
        answer.writeBytes((id + "\0\0").getBytes(StandardCharsets.US_ASCII));
        answer.write(said.messageState());
        answer.write(said.errorCode());
      }
      send(QUERY_SM | RESPONSE, said.status(), number, answer.toByteArray());
    }

    private void submit(int number, ByteBuffer body) throws IOException {
      string(body);
      body.getShort();
      String source = string(body);
      body.getShort();
      String destination = string(body);
      int esm = body.get();
      body.getShort();
      string(body);
      String validity = string(body);
      body.getShort();
      int dataCoding = body.get() & 0xFF;
      body.get();
      byte[] octets = new byte[body.get() & 0xFF];
      body.get(octets);
      Map<Integer, byte[]> tlvs = new HashMap<>();
      while (body.hasRemaining()) {
        int tag = body.getShort() & 0xFFFF;
        byte[] value = new byte[body.getShort() & 0xFFFF];
        body.get(value);
        tlvs.put(tag, value);
      }
      Taken taken =
          new Taken(source, destination, octets, dataCoding, (esm & 0x40) != 0, validity, tlvs);
      Answer answer = script.apply(taken);
      switch (answer) {
        case ACCEPT,
            NO_RECEIPT,
            RECEIPT_FIRST,
            TAKE_AND_DROP,
            TAKE_AND_STAY_SILENT,
            TAKE_AND_ANSWER_LATE ->
            log.add(taken);
        case DROP, THROTTLE, QUEUE_FULL, REFUSE_NUMBER, SYSTEM_ERROR -> {}
      }
      long id = ids.incrementAndGet();
      byte[] response = (responseId.apply(id) + "\0").getBytes(StandardCharsets.US_ASCII);
      switch (answer) {
        case ACCEPT -> {
          send(SUBMIT_SM | RESPONSE, 0, number, response);
          var _ = sendReceipts(taken, id);
        }
        case RECEIPT_FIRST -> {
          var _ =
              sendReceipts(taken, id)
                  .thenRun(
                      () -> {
                        try {
                          send(SUBMIT_SM | RESPONSE, 0, number, response);
                        } catch (IOException e) {
                          drop();
                        }
                      });
        }
        case NO_RECEIPT -> send(SUBMIT_SM | RESPONSE, 0, number, response);
        case TAKE_AND_DROP, DROP -> drop();
        case TAKE_AND_STAY_SILENT -> {}
        case TAKE_AND_ANSWER_LATE ->
            late.add(
                status -> {
                  try {
                    send(SUBMIT_SM | RESPONSE, status, number, status == 0 ? response : NO_TLVS);
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                });
        case THROTTLE -> send(SUBMIT_SM | RESPONSE, 0x58, number, new byte[0]);
        case QUEUE_FULL -> send(SUBMIT_SM | RESPONSE, 0x14, number, new byte[0]);
        case REFUSE_NUMBER -> send(SUBMIT_SM | RESPONSE, 0x0B, number, new byte[0]);
        case SYSTEM_ERROR -> send(SUBMIT_SM | RESPONSE, 0x08, number, new byte[0]);
      }
    }

    private CompletableFuture<Void> sendReceipts(Taken taken, long id) {
      CompletableFuture<?>[] all = new CompletableFuture<?>[receiptCopies];
      for (int i = 0; i < all.length; i++) {
        all[i] = sendReceipt(taken, id);
      }
      return CompletableFuture.allOf(all);
    }

    /** Like a real carrier: again until it is taken. */
    private CompletableFuture<Void> sendReceipt(Taken taken, long id) {
      return deliver(
              /* source= */ taken.destination(),
              /* destination= */ taken.source(),
              4,
              0,
              receiptText(receiptId.apply(id), state),
              NO_TLVS)
          .thenCompose(
              status -> {
                if (status == 0) {
                  receiptsAnswered.incrementAndGet();
                  return CompletableFuture.completedFuture(null);
                }
                return CompletableFuture.runAsync(
                        () -> {},
                        CompletableFuture.delayedExecutor(
                            200, java.util.concurrent.TimeUnit.MILLISECONDS))
                    .thenCompose(
                        again ->
                            peers.isEmpty()
                                ? sendReceipt(taken, id)
                                : peers.getLast().sendReceipt(taken, id));
              });
    }

    CompletableFuture<Integer> deliver(
        String source,
        String destination,
        int esmClass,
        int dataCoding,
        byte[] octets,
        byte[] tlvs) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream body = new DataOutputStream(bytes);
      int number = sequence.incrementAndGet();
      CompletableFuture<Integer> answered = new CompletableFuture<>();
      pending.put(number, answered);
      try {
        body.writeByte(0);
        body.writeShort(0x0101);
        body.write((source + "\0").getBytes(StandardCharsets.US_ASCII));
        body.writeShort(0x0101);
        body.write((destination + "\0").getBytes(StandardCharsets.US_ASCII));
        body.writeByte(esmClass);
        body.writeShort(0);
        body.writeShort(0);
        body.writeShort(0);
        body.writeByte(dataCoding);
        body.writeByte(0);
        body.writeByte(octets.length);
        body.write(octets);
        body.write(tlvs);
        send(DELIVER_SM, 0, number, bytes.toByteArray());
      } catch (IOException e) {
        answered.complete(-1);
      }
      return answered;
    }

    private synchronized void send(int command, int status, int number, byte[] body)
        throws IOException {
      out.writeInt(16 + body.length);
      out.writeInt(command);
      out.writeInt(status);
      out.writeInt(number);
      out.write(body);
      out.flush();
    }

    void drop() {
      peers.remove(this);
      try {
        socket.close();
      } catch (IOException e) {
        // Closed is what we want.
      }
      pending.values().forEach(one -> one.complete(-1));
    }

    private static String string(ByteBuffer body) {
      StringBuilder text = new StringBuilder();
      for (byte b = body.get(); b != 0; b = body.get()) {
        text.append((char) b);
      }
      return text.toString();
    }
  }
}
