package org.wardline.gateway.smpp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.wardline.config.Secret;

/**
 * An SMSC in octets on a plain socket: it shares no code with our SMPP library, and it can be as
 * wrong as a test wants. It answers what {@link #answers} names and keeps every PDU that came.
 */
final class RawSmsc implements AutoCloseable {
  static final int SUBMIT_SM = 4;
  static final int QUERY_SM = 3;
  static final int DELIVER_SM = 5;
  static final int UNBIND = 6;
  static final int BIND_RECEIVER = 1;
  static final int BIND_TRANSMITTER = 2;
  static final int BIND_TRANSCEIVER = 9;
  static final int OUTBIND = 0x0B;
  static final int ENQUIRE_LINK = 0x15;
  static final int ALERT_NOTIFICATION = 0x102;
  static final int DATA_SM = 0x103;
  static final int RESPONSE = 0x8000_0000;
  static final int GENERIC_NACK = 0x8000_0000;
  static final byte[] NOTHING = {};

  record Pdu(int commandId, int status, int sequence, byte[] body) {
    byte[] octets() {
      return ByteBuffer.allocate(16 + body.length)
          .putInt(16 + body.length)
          .putInt(commandId)
          .putInt(status)
          .putInt(sequence)
          .put(body)
          .array();
    }
  }

  /** One connection. */
  final class Peer {
    final Socket socket;
    final BlockingQueue<Pdu> received = new LinkedBlockingQueue<>();
    final AtomicInteger submits = new AtomicInteger();

    Peer(Socket socket) {
      this.socket = socket;
    }

    void send(int commandId, int status, int sequence, byte[] body) throws IOException {
      write(new Pdu(commandId, status, sequence, body).octets());
    }

    void write(byte[] octets) throws IOException {
      synchronized (socket) {
        socket.getOutputStream().write(octets);
        socket.getOutputStream().flush();
      }
    }

    /** The next PDU of that kind; others are dropped. */
    Pdu next(int commandId) throws InterruptedException {
      while (true) {
        Pdu pdu = received.poll(10, TimeUnit.SECONDS);
        if (pdu == null) {
          throw new AssertionError("no PDU %08X came within 10 s".formatted(commandId));
        }
        if (pdu.commandId() == commandId) {
          return pdu;
        }
      }
    }

    private void read() {
      try {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        while (true) {
          int length = in.readInt();
          Pdu pdu = new Pdu(in.readInt(), in.readInt(), in.readInt(), in.readNBytes(length - 16));
          if (pdu.commandId() == SUBMIT_SM) {
            submits.incrementAndGet();
          }
          // Answered first: a test that has seen a request may count on its answer being out.
          answer(this, pdu);
          received.add(pdu);
        }
      } catch (IOException e) {
        // The end of the connection.
      } finally {
        gone.add(this);
      }
    }
  }

  final BlockingQueue<Peer> peers = new LinkedBlockingQueue<>();
  final BlockingQueue<Peer> gone = new LinkedBlockingQueue<>();
  final Set<Integer> answers =
      new CopyOnWriteArraySet<>(
          Set.of(
              BIND_TRANSCEIVER, BIND_TRANSMITTER, BIND_RECEIVER, SUBMIT_SM, ENQUIRE_LINK, UNBIND));

  /** What follows system_id in the answer to a bind. */
  volatile byte[] bindTlvs = NOTHING;

  private final ServerSocket listener;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();

  RawSmsc() throws IOException {
    this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
  }

  RawSmsc(ServerSocket listener) {
    this.listener = listener;
    Thread.ofVirtual().start(this::accept);
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        sockets.add(socket);
        Peer peer = new Peer(socket);
        peers.add(peer);
        Thread.ofVirtual().start(peer::read);
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void answer(Peer peer, Pdu pdu) throws IOException {
    if (!answers.contains(pdu.commandId())) {
      return;
    }
    byte[] body =
        switch (pdu.commandId()) {
          case BIND_TRANSCEIVER, BIND_TRANSMITTER, BIND_RECEIVER -> concat(text("smsc"), bindTlvs);
          case SUBMIT_SM -> text("id-" + pdu.sequence());
          default -> NOTHING;
        };
    peer.send(pdu.commandId() | RESPONSE, 0, pdu.sequence(), body);
  }

  int port() {
    return listener.getLocalPort();
  }

  SmppBind bind() {
    return SmppBind.of("127.0.0.1", port(), "me", Secret.of("secret"))
        .withTimeouts(Duration.ofSeconds(30), Duration.ofSeconds(20), Duration.ofSeconds(10));
  }

  Peer peer() throws InterruptedException {
    Peer peer = peers.poll(10, TimeUnit.SECONDS);
    if (peer == null) {
      throw new AssertionError("nobody connected within 10 s");
    }
    return peer;
  }

  /** C-octet strings. */
  static byte[] text(String... strings) {
    return (String.join("\0", strings) + "\0").getBytes(ISO_8859_1);
  }

  static byte[] octets(int... values) {
    byte[] octets = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      octets[i] = (byte) values[i];
    }
    return octets;
  }

  static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /** A deliver_sm from +4915112345 to 72345. */
  static byte[] deliver(String scheduled, byte[] message, byte[]... tlvs) {
    return concat(
        text(""),
        octets(1, 1),
        text("4915112345"),
        octets(3, 0),
        text("72345"),
        octets(0, 0, 0),
        text(scheduled),
        text(""),
        octets(0, 0, 0, 0, message.length),
        message,
        concat(tlvs));
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
