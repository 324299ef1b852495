package org.wardline.gateway.smpp;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jsmpp.PDUReader;
import org.jsmpp.bean.Command;
import org.jspecify.annotations.Nullable;

/**
 * Reads PDUs of a size SMPP can have (SMPP 3.4 §5.1.1) and ends the connection on any other; for
 * both sides of a link, before the bind too. jSMPP's own reader allocates whatever length the peer
 * announces: sixteen octets cost 256 MB, and the OutOfMemoryError kills the reader thread while the
 * session still looks bound (design §8, 1 and 5).
 *
 * <p>It also finishes a PDU that arrives in pieces slower than the idle timer, where jSMPP would
 * lose its place in the stream, and hides interface versions jSMPP cannot take (design §8, 6). What
 * is not for jSMPP at all ends with {@link Incoming}.
 */
final class CappedPduReader implements PDUReader {
  static final int MIN_OCTETS = 16;
  static final int MAX_OCTETS = 64 * 1024;

  /** Idle periods a peer may pause inside one PDU. */
  private static final int MAX_STALLS = 2;

  private static final byte[] NO_OCTETS = {};

  /** Looks at every whole PDU before jSMPP does, on the reader thread. */
  interface Incoming {
    /**
     * @return what jSMPP shall see, or null when that is nothing
     */
    byte @Nullable [] take(int commandId, int commandStatus, int sequenceNumber, byte[] pdu)
        throws IOException;
  }

  private final Consumer<IOException> onEnd;
  private final Incoming incoming;
  private boolean watched;

  /** Read together with its header and waiting for jSMPP to ask; only its reader thread comes. */
  private byte[] pdu = NO_OCTETS;

  /**
   * @param onEnd called with the reason, in words, when the connection can not be read any further;
   *     must not block for long
   */
  CappedPduReader(Incoming incoming, Consumer<IOException> onEnd) {
    this.incoming = incoming;
    this.onEnd = onEnd;
  }

  /** The next PDU that jSMPP has to see. */
  @Override
  public Command readPDUHeader(DataInputStream in) throws IOException {
    watchThread();
    Command command = new Command();
    byte[] forJsmpp;
    do {
      readWhole(in);
      ByteBuffer header = ByteBuffer.wrap(pdu);
      command.setCommandLength(header.getInt());
      command.setCommandId(header.getInt());
      command.setCommandStatus(header.getInt());
      command.setSequenceNumber(header.getInt());
      try {
        forJsmpp =
            incoming.take(
                command.getCommandId(),
                command.getCommandStatus(),
                command.getSequenceNumber(),
                pdu);
      } catch (IOException e) {
        throw ended(e);
      }
    } while (forJsmpp == null);
    pdu = InterfaceVersions.tame(forJsmpp, command.getCommandId(), command.getCommandStatus());
    command.setCommandLength(pdu.length);
    return command;
  }

  private void readWhole(DataInputStream in) throws IOException {
    byte[] header = new byte[MIN_OCTETS];
    // A time-out here means idle, and jSMPP sends enquire_link.
    int first = readFirst(in);
    try {
      header[0] = (byte) first;
      fill(in, header, 1);
      int length = ByteBuffer.wrap(header).getInt();
      if (length < MIN_OCTETS || length > MAX_OCTETS) {
        // A plain IOException: for jSMPP's own kind it would unbind, and wait for an answer on the
        // very thread that should read it.
        throw new IOException("the peer announced a PDU of " + length + " octets");
      }
      pdu = Arrays.copyOf(header, length);
      fill(in, pdu, MIN_OCTETS);
    } catch (IOException e) {
      throw ended(e);
    }
  }

  private int readFirst(DataInputStream in) throws IOException {
    try {
      int first = in.read();
      if (first < 0) {
        throw new EOFException("the peer closed the connection");
      }
      return first;
    } catch (SocketTimeoutException idle) {
      throw idle;
    } catch (IOException e) {
      throw ended(e);
    }
  }

  @Override
  public byte[] readPDU(DataInputStream in, Command header) {
    return pdu;
  }

  @Override
  public byte[] readPDU(
      DataInputStream in, int length, int commandId, int commandStatus, int sequenceNumber) {
    return pdu;
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
    onEnd.accept(e);
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
              (thread, e) ->
                  onEnd.accept(
                      new IOException("the reader failed: " + e.getClass().getSimpleName())));
    }
  }
}
