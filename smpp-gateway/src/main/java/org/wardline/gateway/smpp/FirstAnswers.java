package org.wardline.gateway.smpp;

import java.io.IOException;
import java.util.OptionalInt;
import org.jsmpp.SMPPConstant;
import org.jspecify.annotations.Nullable;

/**
 * What the reader does with a PDU by itself, so that jSMPP sees only binds and deliveries. In
 * jSMPP's hands (3.0.2)
 *
 * <ul>
 *   <li>an enquire_link waits behind inbound texts that wait for commits, and the carrier hangs up;
 *   <li>a response that nobody waits for is answered, and before the bind it ends the bind;
 *   <li>an unknown request before the bind is answered as if it were known;
 *   <li>an unbind is answered while submits and deliveries are still under way.
 * </ul>
 *
 * <p>The reader can block in an answer when the peer takes nothing; {@link LinkWatch} ends that.
 */
final class FirstAnswers implements CappedPduReader.Incoming {
  private static final int RESPONSE = 0x8000_0000;

  /** What happens on one connection, for those who look after it. */
  interface Connection {
    /** A whole PDU came: the peer lives. */
    void heard();

    /** A submit was answered, perhaps after its time-out. */
    void submitAnswered();

    /** What the accepted bind said about the peer's version. */
    void announced(OptionalInt version);

    /** A deliver_sm or data_sm goes to jSMPP. */
    void delivering(int sequenceNumber);

    /** Must answer it, and must not block. */
    void unbindAsked(int sequenceNumber);

    void answerEnquireLink(int sequenceNumber) throws IOException;

    void nack(int commandStatus, int sequenceNumber) throws IOException;

    /** A response without a body. */
    void refuse(int commandId, int commandStatus, int sequenceNumber) throws IOException;
  }

  private final PendingRequests pending;
  private final Connection connection;

  FirstAnswers(PendingRequests pending, Connection connection) {
    this.pending = pending;
    this.connection = connection;
  }

  @Override
  public byte @Nullable [] take(int commandId, int commandStatus, int sequenceNumber, byte[] pdu)
      throws IOException {
    connection.heard();
    if ((commandId & RESPONSE) != 0) {
      return response(commandId, commandStatus, sequenceNumber, pdu);
    }
    switch (commandId) {
      case SMPPConstant.CID_DELIVER_SM, SMPPConstant.CID_DATA_SM -> {
        return delivery(commandId, sequenceNumber, pdu);
      }
      case SMPPConstant.CID_ENQUIRE_LINK -> connection.answerEnquireLink(sequenceNumber);
      case SMPPConstant.CID_UNBIND -> connection.unbindAsked(sequenceNumber);
      case SMPPConstant.CID_ALERT_NOTIFICATION -> {
        // SMPP 3.4 §4.12: has no response, and we never ask for it.
      }
      // Outbind too: it opens a connection (§2.2.2), and this one was opened by us.
      default -> connection.nack(CommandStatus.INVALID_COMMAND_ID, sequenceNumber);
    }
    return null;
  }

  private byte @Nullable [] response(
      int commandId, int commandStatus, int sequenceNumber, byte[] pdu) {
    if (commandId == SMPPConstant.CID_SUBMIT_SM_RESP) {
      connection.submitAnswered();
    }
    if (pending.respond(commandId, commandStatus, sequenceNumber, pdu)) {
      return null;
    }
    boolean bindAccepted =
        switch (commandId) {
          case SMPPConstant.CID_BIND_RECEIVER_RESP,
              SMPPConstant.CID_BIND_TRANSMITTER_RESP,
              SMPPConstant.CID_BIND_TRANSCEIVER_RESP ->
              commandStatus == CommandStatus.OK && pending.isPending(sequenceNumber);
          default -> false;
        };
    if (bindAccepted) {
      connection.announced(InterfaceVersions.announced(pdu));
      return pdu;
    }
    // Late, doubled, or made up. A response is never answered (SMPP 3.4 §2.4).
    return null;
  }

  private byte @Nullable [] delivery(int commandId, int sequenceNumber, byte[] pdu)
      throws IOException {
    try {
      byte[] readable = DeliverOctets.readable(pdu, commandId);
      connection.delivering(sequenceNumber);
      return readable;
    } catch (DeliverOctets.MalformedException e) {
      connection.refuse(commandId | RESPONSE, CommandStatus.INVALID_LENGTH, sequenceNumber);
      return null;
    }
  }
}
