package org.wardline.gateway.smpp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jsmpp.GenericNackResponseException;
import org.jsmpp.InvalidResponseException;
import org.jsmpp.PDUException;
import org.jsmpp.SMPPConstant;
import org.jsmpp.bean.Command;
import org.jsmpp.bean.MessageState;
import org.jsmpp.bean.QuerySmResp;
import org.jsmpp.bean.SubmitSmResp;
import org.jsmpp.extra.NegativeResponseException;
import org.jsmpp.extra.PendingResponse;
import org.jsmpp.extra.ResponseTimeoutException;
import org.jsmpp.session.SendCommandTask;
import org.jspecify.annotations.Nullable;

/**
 * Requests of one connection that wait for their response; stands in for jSMPP's own table on both
 * sides of a link because that table (design §8)
 *
 * <ul>
 *   <li>2: leaves requests waiting for their time-out when the connection is lost. Here {@link
 *       #connectionClosed} fails them at once.
 *   <li>7: takes a spurious wake-up or an interrupt for a time-out. Here the wait is a future with
 *       a deadline, and an interrupt is kept for the caller.
 * </ul>
 */
final class PendingRequests {
  /** Its sender is interrupted by jSMPP's close(), which then waits for it to end. */
  private static final String ENQUIRE_LINK = "enquire_link";

  /** SMPP 3.4 §5.2.28; 9 (skipped) is 5.0's. */
  private static final byte UNKNOWN_STATE = 7;

  private static final byte MAX_STATE = 9;

  private static final String SUBMIT = "submit_sm";

  /**
   * Submits of one connection whose answer may still come late; the oldest is given up for more.
   */
  static final int MAX_LATE = 1_000;

  private final ConcurrentHashMap<Integer, Pending> pending = new ConcurrentHashMap<>();

  /** By sequence number, in the order of their time-outs. Guarded by itself. */
  private final LinkedHashMap<Integer, Pending> late = new LinkedHashMap<>();

  private volatile boolean closed;

  /** jSMPP hands the response to this object. */
  private static final class Pending extends PendingResponse<Command> {
    final CompletableFuture<Command> response = new CompletableFuture<>();

    Pending() {
      super(0);
    }

    @Override
    public void done(Command command) {
      response.complete(command);
    }

    @Override
    public void doneWithInvalidResponse(InvalidResponseException e) {
      response.completeExceptionally(e);
    }

    /** It was written, and no response can come any more. */
    void linkLost() {
      response.completeExceptionally(new LinkLostException(true, null));
    }
  }

  /**
   * Takes a response straight from the reader thread. In jSMPP's hands it would wait behind inbound
   * PDUs that wait for commits, and would be forgotten when the connection closes meanwhile: a text
   * the SMSC had accepted would look as if it were perhaps sent.
   *
   * @return false when jSMPP has to see the PDU
   */
  boolean respond(int commandId, int commandStatus, int sequenceNumber, byte[] pdu) {
    Command response =
        switch (commandId) {
          case SMPPConstant.CID_SUBMIT_SM_RESP -> submitResponse(pdu);
          case SMPPConstant.CID_QUERY_SM_RESP -> queryResponse(pdu);
          case SMPPConstant.CID_DELIVER_SM_RESP,
              SMPPConstant.CID_ENQUIRE_LINK_RESP,
              SMPPConstant.CID_UNBIND_RESP ->
              new Command();
          case SMPPConstant.CID_BIND_RECEIVER_RESP,
              SMPPConstant.CID_BIND_TRANSMITTER_RESP,
              SMPPConstant.CID_BIND_TRANSCEIVER_RESP ->
              // A success changes jSMPP's state, so it goes the long way.
              commandStatus == CommandStatus.OK ? null : new Command();
          case SMPPConstant.CID_GENERIC_NACK -> new Command();
          default -> null;
        };
    Pending waiting = response == null ? null : pending.remove(sequenceNumber);
    if (response != null && waiting == null) {
      waiting = takeLate(commandId, sequenceNumber);
    }
    if (response == null || waiting == null) {
      return false;
    }
    if (commandId == SMPPConstant.CID_GENERIC_NACK) {
      waiting.doneWithInvalidResponse(
          new GenericNackResponseException("generic_nack", commandStatus));
    } else {
      response.setCommandId(commandId);
      response.setCommandStatus(commandStatus);
      response.setSequenceNumber(sequenceNumber);
      waiting.done(response);
    }
    return true;
  }

  private @Nullable Pending takeLate(int commandId, int sequenceNumber) {
    if (commandId != SMPPConstant.CID_SUBMIT_SM_RESP
        && commandId != SMPPConstant.CID_GENERIC_NACK) {
      return null;
    }
    synchronized (late) {
      return late.remove(sequenceNumber);
    }
  }

  /** SMPP 3.4 §4.4.2; a refusal may come without a body. */
  private static SubmitSmResp submitResponse(byte[] pdu) {
    int start = CappedPduReader.MIN_OCTETS;
    int end = start;
    while (end < pdu.length && pdu[end] != 0) {
      end++;
    }
    SubmitSmResp response = new SubmitSmResp();
    response.setMessageId(new String(pdu, start, end - start, ISO_8859_1));
    return response;
  }

  /** SMPP 3.4 §4.8.2; a refusal may come without a body, and some send only half of one. */
  private static QuerySmResp queryResponse(byte[] pdu) {
    QuerySmResp response = new QuerySmResp();
    String[] strings = {"", ""};
    int at = CappedPduReader.MIN_OCTETS;
    for (int i = 0; i < strings.length; i++) {
      int start = at;
      while (at < pdu.length && pdu[at] != 0) {
        at++;
      }
      strings[i] = start < at ? new String(pdu, start, at - start, ISO_8859_1) : "";
      at++;
    }
    response.setMessageId(strings[0]);
    response.setFinalDate(strings[1]);
    byte state = at < pdu.length ? pdu[at] : UNKNOWN_STATE;
    response.setMessageState(
        state >= 0 && state <= MAX_STATE ? MessageState.valueOf(state) : MessageState.UNKNOWN);
    response.setErrorCode(at + 1 < pdu.length ? pdu[at + 1] : 0);
    return response;
  }

  boolean isPending(int sequenceNumber) {
    return pending.containsKey(sequenceNumber);
  }

  @Nullable PendingResponse<Command> take(int sequenceNumber) {
    return pending.remove(sequenceNumber);
  }

  /** From now on nothing is written and whatever waits fails. */
  void connectionClosed() {
    closed = true;
    for (Integer sequenceNumber : pending.keySet()) {
      Pending waiting = pending.remove(sequenceNumber);
      if (waiting != null) {
        waiting.linkLost();
      }
    }
    giveUpLate();
  }

  private void keepForLate(int sequenceNumber, Pending waiting) {
    Map.Entry<Integer, Pending> oldest = null;
    synchronized (late) {
      late.put(sequenceNumber, waiting);
      if (late.size() > MAX_LATE) {
        oldest = late.pollFirstEntry();
      }
    }
    if (oldest != null) {
      oldest.getValue().linkLost();
    }
    if (closed) {
      giveUpLate();
    }
  }

  /** A sequence number means nothing on another connection, so no answer can come any more. */
  private void giveUpLate() {
    List<Pending> all;
    synchronized (late) {
      all = List.copyOf(late.values());
      late.clear();
    }
    for (Pending one : all) {
      one.linkLost();
    }
  }

  /**
   * Writes the request and waits for its response.
   *
   * @throws LinkLostException when the connection is or gets closed
   * @throws UnansweredSubmitException when a submit_sm is not answered in time; its answer is still
   *     listened for
   */
  Command execute(SendCommandTask task, int sequenceNumber, OutputStream out, long timeoutMillis)
      throws PDUException,
          ResponseTimeoutException,
          InvalidResponseException,
          NegativeResponseException,
          IOException {
    Pending waiting = new Pending();
    pending.put(sequenceNumber, waiting);
    try {
      if (closed) {
        throw new LinkLostException(false, null);
      }
      write(task, sequenceNumber, out);
      Command response = await(task, waiting, timeoutMillis);
      if (response.getCommandStatus() != CommandStatus.OK) {
        throw new NegativeResponseException(response.getCommandStatus());
      }
      return response;
    } catch (ResponseTimeoutException e) {
      if (!SUBMIT.equals(task.getCommandName())) {
        throw e;
      }
      // Before it leaves the other table: an answer that comes between the two is not missed.
      keepForLate(sequenceNumber, waiting);
      throw new UnansweredSubmitException(e, waiting.response);
    } finally {
      pending.remove(sequenceNumber);
    }
  }

  private static void write(SendCommandTask task, int sequenceNumber, OutputStream out)
      throws PDUException, IOException {
    try {
      task.executeTask(out, sequenceNumber);
    } catch (LinkLostException e) {
      throw e;
    } catch (IOException e) {
      // Some octets may have left before the write failed.
      throw new LinkLostException(true, e);
    }
  }

  private static Command await(SendCommandTask task, Pending waiting, long timeoutMillis)
      throws ResponseTimeoutException, InvalidResponseException, LinkLostException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return waiting.response.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
          if (ENQUIRE_LINK.equals(task.getCommandName())) {
            throw new ResponseTimeoutException("interrupted", e);
          }
        }
      }
    } catch (TimeoutException e) {
      throw new ResponseTimeoutException("no response within " + timeoutMillis + " ms", e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case LinkLostException lost -> throw lost;
        case InvalidResponseException invalid -> throw invalid;
        case null, default -> throw new LinkLostException(true, e);
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
