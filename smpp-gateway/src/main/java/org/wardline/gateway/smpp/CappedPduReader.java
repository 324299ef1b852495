package org.wardline.gateway.smpp;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jsmpp.PDUReader;
import org.jsmpp.bean.Command;

/**
 * Reads PDUs of a size SMPP can have (SMPP 3.4 §5.1.1) and ends the connection on any other; for
 * both sides of a link, before the bind too. jSMPP's own reader allocates whatever length the peer
 * announces: sixteen octets cost 256 MB, and the OutOfMemoryError kills the reader thread while the
 * session still looks bound (design §8, 1 and 5).
 *
 * <p>It also finishes a PDU that arrives in pieces slower than the idle timer, where jSMPP would
 * lose its place in the stream, and hides interface versions jSMPP cannot take (design §8, 6).
 */
final class CappedPduReader implements PDUReader {
  static final int MIN_OCTETS = 16;
  static final int MAX_OCTETS = 64 * 1024;

  /** Idle periods a peer may pause inside one PDU. */
  private static final int MAX_STALLS = 2;

  private final Consumer<String> onEnd;
  private boolean watched;

  /**
   * @param onEnd called with the reason, in words, when the connection can not be read any further;
   *     must not block for long
   */
  CappedPduReader(Consumer<String> onEnd) {
    this.onEnd = onEnd;
  }

  @Override
  public Command readPDUHeader(DataInputStream in) throws IOException {
    watchThread();
    byte[] octets = new byte[MIN_OCTETS];
    try {
      int first = in.read();
      if (first < 0) {
        throw new EOFException("the peer closed the connection");
      }
      octets[0] = (byte) first;
      fill(in, octets, 1);
    } catch (SocketTimeoutException e) {
      // Idle: jSMPP sends enquire_link.
      throw e;
    } catch (IOException e) {
      throw ended(e);
    }
    ByteBuffer header = ByteBuffer.wrap(octets);
    Command command = new Command();
    command.setCommandLength(header.getInt());
    command.setCommandId(header.getInt());
    command.setCommandStatus(header.getInt());
    command.setSequenceNumber(header.getInt());
    int length = command.getCommandLength();
    if (length < MIN_OCTETS || length > MAX_OCTETS) {
      // A plain IOException: for jSMPP's own kind it would unbind, and wait for an answer on the
      // very thread that should read it.
      throw ended(new IOException("the peer announced a PDU of " + length + " octets"));
    }
    return command;
  }

  @Override
  public byte[] readPDU(DataInputStream in, Command header) throws IOException {
    return readPDU(
        in,
        header.getCommandLength(),
        header.getCommandId(),
        header.getCommandStatus(),
        header.getSequenceNumber());
  }

  @Override
  public byte[] readPDU(
      DataInputStream in, int length, int commandId, int commandStatus, int sequenceNumber)
      throws IOException {
    byte[] pdu = new byte[length];
    ByteBuffer.wrap(pdu)
        .putInt(length)
        .putInt(commandId)
        .putInt(commandStatus)
        .putInt(sequenceNumber);
    try {
      fill(in, pdu, MIN_OCTETS);
    } catch (IOException e) {
      throw ended(e);
    }
    return InterfaceVersions.tame(pdu, commandId, commandStatus);
  }

  private static void fill(DataInputStream in, byte[] octets, int from) throws IOException {
    int at = from;
    int stalls = 0;
    while (at < octets.length) {
      try {
        int count = in.read(octets, at, octets.length - at);
        if (count < 0) {
          throw new EOFException("the peer closed the connection inside a PDU");
        }
        at += count;
      } catch (SocketTimeoutException e) {
        stalls++;
        if (stalls >= MAX_STALLS) {
          throw new IOException("the peer stopped inside a PDU", e);
        }
      }
    }
  }

  private IOException ended(IOException e) {
    String message = e.getMessage();
    onEnd.accept(message == null ? e.getClass().getSimpleName() : message);
    return e;
  }

  /**
   * Whatever else kills jSMPP's reader thread, an Error included, must not leave a deaf session.
   */
  private void watchThread() {
    if (!watched) {
      watched = true;
      Thread.currentThread()
          .setUncaughtExceptionHandler(
              (thread, e) -> onEnd.accept("the reader failed: " + e.getClass().getSimpleName()));
    }
  }
}
