package org.wardline.gateway.smpp;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jsmpp.DefaultPDUSender;
import org.jsmpp.InvalidResponseException;
import org.jsmpp.PDUException;
import org.jsmpp.PDUReader;
import org.jsmpp.PDUStringException;
import org.jsmpp.SynchronizedPDUSender;
import org.jsmpp.bean.Command;
import org.jsmpp.bean.OptionalParameter;
import org.jsmpp.extra.NegativeResponseException;
import org.jsmpp.extra.PendingResponse;
import org.jsmpp.extra.ResponseTimeoutException;
import org.jsmpp.session.SMPPServerSession;
import org.jsmpp.session.SendCommandTask;
import org.jsmpp.session.ServerMessageReceiverListener;
import org.jspecify.annotations.Nullable;

/** jSMPP's SMSC session with our table of pending requests, and answers that may come later. */
final class JsmppServer extends SMPPServerSession {
  /** One: submits are handled in the order in which they arrived. Handlers do not block. */
  private static final int PDU_PROCESSORS = 1;

  private static final int RECEIVE_QUEUE_CAPACITY = 20_000;

  private final PendingRequests pending;
  private final LinkConnection connection;
  private final HeldResponses responses;

  JsmppServer(
      LinkConnection connection,
      PendingRequests pending,
      PDUReader reader,
      ServerMessageReceiverListener listener) {
    HeldResponses sender = new HeldResponses();
    this.pending = pending;
    this.connection = connection;
    this.responses = sender;
    super(
        connection,
        (newState, oldState, source) -> {},
        listener,
        null,
        PDU_PROCESSORS,
        RECEIVE_QUEUE_CAPACITY,
        sender,
        reader);
  }

  /**
   * jSMPP answers a submit when its listener returns. A response held here is swallowed, and sent
   * when its decision is there, or never.
   */
  private static final class HeldResponses extends SynchronizedPDUSender {
    private static final byte[] NOTHING_SENT = {};
    private final Set<Integer> held = ConcurrentHashMap.newKeySet();

    HeldResponses() {
      super(new DefaultPDUSender());
    }

    @Override
    public byte[] sendSubmitSmResp(
        OutputStream out, int sequenceNumber, String messageId, OptionalParameter... parameters)
        throws PDUStringException, IOException {
      return held.remove(sequenceNumber)
          ? NOTHING_SENT
          : super.sendSubmitSmResp(out, sequenceNumber, messageId, parameters);
    }

    /** May come before the swallowed one, so it must not be taken for it. */
    void sendDecided(OutputStream out, int sequenceNumber, String messageId)
        throws PDUStringException, IOException {
      var _ = super.sendSubmitSmResp(out, sequenceNumber, messageId);
    }
  }

  /** The listener's own return value for this submit is not sent. */
  void holdResponse(int sequenceNumber) {
    responses.held.add(sequenceNumber);
  }

  void acceptSubmit(int sequenceNumber, String messageId) throws IOException {
    try {
      responses.sendDecided(connection.getOutputStream(), sequenceNumber, messageId);
    } catch (PDUStringException e) {
      throw new IOException("a message id has at most 64 characters", e);
    }
  }

  void refuse(int commandId, int commandStatus, int sequenceNumber) throws IOException {
    responses.sendHeader(connection.getOutputStream(), commandId, commandStatus, sequenceNumber);
  }

  /** Cuts the TCP connection without a word. */
  void cut() {
    connection.close();
  }

  @Override
  protected Command executeSendCommand(SendCommandTask task, long timeoutMillis)
      throws PDUException,
          ResponseTimeoutException,
          InvalidResponseException,
          NegativeResponseException,
          IOException {
    try {
      return pending.execute(
          task, sequence().nextValue(), connection.getOutputStream(), timeoutMillis);
    } catch (LinkLostException e) {
      close();
      throw e;
    }
  }

  @Override
  protected @Nullable PendingResponse<Command> removePendingResponse(int sequenceNumber) {
    return pending.take(sequenceNumber);
  }
}
