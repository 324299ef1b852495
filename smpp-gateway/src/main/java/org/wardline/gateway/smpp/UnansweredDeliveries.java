package org.wardline.gateway.smpp;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jsmpp.DefaultPDUSender;
import org.jsmpp.PDUStringException;
import org.jsmpp.SynchronizedPDUSender;
import org.jsmpp.bean.OptionalParameter;
import org.jspecify.annotations.Nullable;

/**
 * What came in and waits for its commit. A connection closed over it would bring each of these
 * texts a second time, so a polite end waits for their answers.
 */
final class UnansweredDeliveries {
  private final Set<Integer> open = new HashSet<>();
  private boolean closed;

  synchronized void came(int sequenceNumber) {
    open.add(sequenceNumber);
  }

  private synchronized void answered(int sequenceNumber) {
    if (open.remove(sequenceNumber) && open.isEmpty()) {
      notifyAll();
    }
  }

  /** Nothing can be answered any more. */
  synchronized void connectionClosed() {
    closed = true;
    notifyAll();
  }

  /** Until all are answered, or it takes too long. */
  synchronized void awaitNone(Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    try {
      while (!closed && !open.isEmpty()) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left < 1) {
          return;
        }
        wait(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** jSMPP's sender, which tells when it has answered one: in one of these ways. */
  SynchronizedPDUSender sender() {
    return new Sender();
  }

  private final class Sender extends SynchronizedPDUSender {
    Sender() {
      super(new DefaultPDUSender());
    }

    @Override
    public byte[] sendDeliverSmResp(
        OutputStream out, int commandStatus, int sequenceNumber, @Nullable String messageId)
        throws IOException {
      try {
        return super.sendDeliverSmResp(out, commandStatus, sequenceNumber, messageId);
      } finally {
        answered(sequenceNumber);
      }
    }

    @Override
    public byte[] sendDataSmResp(
        OutputStream out,
        int commandStatus,
        int sequenceNumber,
        String messageId,
        OptionalParameter... parameters)
        throws PDUStringException, IOException {
      try {
        return super.sendDataSmResp(out, commandStatus, sequenceNumber, messageId, parameters);
      } finally {
        answered(sequenceNumber);
      }
    }

    @Override
    public byte[] sendHeader(OutputStream out, int commandId, int commandStatus, int sequenceNumber)
        throws IOException {
      try {
        return super.sendHeader(out, commandId, commandStatus, sequenceNumber);
      } finally {
        answered(sequenceNumber);
      }
    }

    @Override
    public byte[] sendGenericNack(OutputStream out, int commandStatus, int sequenceNumber)
        throws IOException {
      try {
        return super.sendGenericNack(out, commandStatus, sequenceNumber);
      } finally {
        answered(sequenceNumber);
      }
    }
  }
}
