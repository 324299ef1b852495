package org.wardline.appliance.carrier;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/** One connection of a gateway to {@link PlainCarrier}. */
final class Peer {
  private static final int UDHI = 0x40;
  private static final int RECEIPT_MASK = 0x03;
  private static final int MAX_PDU_OCTETS = 100_000;
  private static final byte[] NOTHING = {};

  /** A carrier waits so long for deliver_sm_resp before it sends again. */
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(20);

  private final PlainCarrier carrier;
  private final Socket socket;
  private final OutputStream out;
  private final ReentrantLock writing = new ReentrantLock();
  private final Map<Integer, CompletableFuture<Integer>> pending = new ConcurrentHashMap<>();
  private final AtomicInteger sequence = new AtomicInteger();
  private volatile boolean bound;

  Peer(PlainCarrier carrier, Socket socket) throws IOException {
    this.carrier = carrier;
    this.socket = socket;
    socket.setTcpNoDelay(true);
    this.out = new BufferedOutputStream(socket.getOutputStream());
  }

  boolean isBound() {
    return bound;
  }

  void read() {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(socket.getInputStream()))) {
      while (true) {
        int length = in.readInt();
        if (length < Pdu.HEADER_OCTETS || length > MAX_PDU_OCTETS) {
          throw new IOException("no PDU has this length");
        }
        int command = in.readInt();
        int status = in.readInt();
        int number = in.readInt();
        byte[] body = in.readNBytes(length - Pdu.HEADER_OCTETS);
        carrier.awaitThaw();
        handle(command, status, number, ByteBuffer.wrap(body));
      }
    } catch (IOException | RuntimeException e) {
      // The end of the connection, or of what can be understood.
    } finally {
      drop(false);
    }
  }

  private void handle(int command, int status, int number, ByteBuffer body) {
    switch (command) {
      case Pdu.BIND_TRANSCEIVER -> bind(number);
      case Pdu.ENQUIRE_LINK -> respond(command, 0, number, NOTHING);
      case Pdu.UNBIND -> {
        respond(command, 0, number, NOTHING);
        drop(false);
      }
      case Pdu.SUBMIT_SM -> submit(number, body);
      case Pdu.DELIVER_SM | Pdu.RESPONSE -> {
        CompletableFuture<Integer> waiting = pending.remove(number);
        if (waiting != null) {
          waiting.complete(status);
        }
      }
      default -> {} // answers to nonsense
    }
  }

  private void bind(int number) {
    byte[] odd = carrier.takeBindAnswer();
    if (odd != null) {
      write(ByteBuffer.wrap(odd).putInt(12, number).array());
      // A gateway may read that as a bind; for this carrier there is none.
      carrier.respond(() -> drop(false));
      return;
    }
    if (carrier.refusesBinds) {
      respond(Pdu.BIND_TRANSCEIVER, PlainCarrier.BIND_FAILED, number, NOTHING);
      return;
    }
    respond(Pdu.BIND_TRANSCEIVER, 0, number, Pdu.string("plain"));
    bound = true;
    carrier.countBind();
  }

  /** SMPP 3.4 §4.4.1. */
  private void submit(int number, ByteBuffer body) {
    skipString(body);
    body.getShort();
    skipString(body);
    body.getShort();
    String destination = "+" + string(body);
    boolean udhi = (body.get() & UDHI) != 0;
    body.getShort();
    skipString(body);
    skipString(body);
    boolean receipt = (body.get() & RECEIPT_MASK) != 0;
    body.get();
    body.getShort();
    byte[] octets = new byte[body.get() & 0xFF];
    body.get(octets);
    int header = udhi ? (octets[0] & 0xFF) + 1 : 0;
    // 8-bit concatenation: 05 00 03 reference total number (3GPP TS 23.040 §9.2.3.24.1)
    boolean partial = udhi && header >= 6 && octets[1] == 0;
    Taken taken =
        new Taken(
            destination,
            new String(octets, header, octets.length - header, StandardCharsets.ISO_8859_1),
            partial ? octets[5] & 0xFF : 1,
            partial ? octets[4] & 0xFF : 1,
            System.nanoTime());
    String id = carrier.nextId();
    carrier.witness.taken(taken);
    if (receipt) {
      carrier.receiptLater(taken, id);
    }
    carrier.respond(() -> respond(Pdu.SUBMIT_SM, 0, number, Pdu.string(id)));
  }

  private void respond(int command, int status, int number, byte[] body) {
    write(Pdu.of(command | Pdu.RESPONSE, status, number, body));
  }

  CompletableFuture<Integer> request(int command, byte[] body) {
    int number = sequence.incrementAndGet();
    CompletableFuture<Integer> answered = new CompletableFuture<>();
    pending.put(number, answered);
    if (!write(Pdu.of(command, 0, number, body)) || !bound) {
      pending.remove(number);
      return CompletableFuture.completedFuture(-1);
    }
    return answered.completeOnTimeout(-1, ANSWER_LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  boolean write(byte[] octets) {
    carrier.awaitThaw();
    writing.lock();
    try {
      out.write(octets);
      out.flush();
      return true;
    } catch (IOException e) {
      drop(false);
      return false;
    } finally {
      writing.unlock();
    }
  }

  void drop(boolean hard) {
    boolean wasBound;
    synchronized (this) {
      wasBound = bound;
      bound = false;
    }
    carrier.gone(this, wasBound);
    try {
      if (hard) {
        socket.setSoLinger(true, 0);
      }
      socket.close();
    } catch (IOException e) {
      // closed is what we want
    }
    pending.values().forEach(one -> one.complete(-1));
  }

  private static void skipString(ByteBuffer body) {
    while (body.get() != 0) {}
  }

  private static String string(ByteBuffer body) {
    StringBuilder text = new StringBuilder();
    for (byte b = body.get(); b != 0; b = body.get()) {
      text.append((char) b);
    }
    return text.toString();
  }
}
