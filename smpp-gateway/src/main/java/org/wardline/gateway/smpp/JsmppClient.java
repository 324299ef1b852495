package org.wardline.gateway.smpp;

import java.io.IOException;
import java.util.List;
import org.jsmpp.InvalidResponseException;
import org.jsmpp.PDUException;
import org.jsmpp.PDUReader;
import org.jsmpp.PDUSender;
import org.jsmpp.bean.Command;
import org.jsmpp.bean.ESMClass;
import org.jsmpp.bean.OptionalParameter;
import org.jsmpp.bean.QuerySmResp;
import org.jsmpp.bean.RawDataCoding;
import org.jsmpp.bean.RegisteredDelivery;
import org.jsmpp.bean.SubmitSmResp;
import org.jsmpp.extra.NegativeResponseException;
import org.jsmpp.extra.PendingResponse;
import org.jsmpp.extra.ResponseTimeoutException;
import org.jsmpp.session.QuerySmCommandTask;
import org.jsmpp.session.SMPPSession;
import org.jsmpp.session.SendCommandTask;
import org.jsmpp.session.SubmitSmCommandTask;
import org.jspecify.annotations.Nullable;

/** jSMPP's ESME session with our table of pending requests, reader and connection. */
final class JsmppClient extends SMPPSession {
  /** A polite unbind is not worth a longer wait (SMPP 3.4 §4.2). */
  private static final long UNBIND_TIMEOUT_MILLIS = 2_000;

  private static final String UNBIND = "unbind";

  private static final int UDHI = 0x40;
  private static final byte PROTOCOL_ID = 0;
  private static final byte PRIORITY = 0;
  private static final @Nullable String SEND_NOW = null;
  private static final byte KEEP_EARLIER = 0;
  private static final byte NO_CANNED_MESSAGE = 0;

  private final PendingRequests pending;

  /**
   * @param connected jSMPP makes none of its own (design §8, 5)
   */
  JsmppClient(
      LinkConnection connected, PendingRequests pending, PDUSender sender, PDUReader reader) {
    this.pending = pending;
    super(sender, reader, (host, port) -> connected);
  }

  /** The one call with nineteen arguments. */
  SubmitSmResp submit(SubmitPdu pdu, SmppBind.Addressing marks, long timeoutMillis)
      throws PDUException,
          ResponseTimeoutException,
          InvalidResponseException,
          NegativeResponseException,
          IOException {
    requireTransmittable();
    Address source = Address.of(pdu.source(), marks.source());
    Address destination = Address.of(pdu.destination(), marks.destination());
    SubmitPdu.Content content = pdu.content();
    SubmitSmCommandTask task =
        new SubmitSmCommandTask(
            pduSender(),
            marks.serviceType(),
            source.ton(),
            source.npi(),
            source.value(),
            destination.ton(),
            destination.npi(),
            destination.value(),
            new ESMClass(content.hasHeader() ? UDHI : 0),
            PROTOCOL_ID,
            PRIORITY,
            SEND_NOW,
            pdu.validity().field(),
            new RegisteredDelivery(pdu.receipt().onTheWire()),
            KEEP_EARLIER,
            new RawDataCoding((byte) content.dataCoding()),
            NO_CANNED_MESSAGE,
            content.shortMessage(),
            parameters(pdu.tlvs()));
    return answered(SubmitSmResp.class, executeSendCommand(task, timeoutMillis));
  }

  static OptionalParameter[] parameters(List<Tlv> tlvs) {
    return tlvs.stream()
        .map(t -> new OptionalParameter.OctetString((short) t.tag(), t.value()))
        .toArray(OptionalParameter[]::new);
  }

  QuerySmResp query(String messageId, Address source, long timeoutMillis)
      throws PDUException,
          ResponseTimeoutException,
          InvalidResponseException,
          NegativeResponseException,
          IOException {
    requireTransmittable();
    QuerySmCommandTask task =
        new QuerySmCommandTask(pduSender(), messageId, source.ton(), source.npi(), source.value());
    return answered(QuerySmResp.class, executeSendCommand(task, timeoutMillis));
  }

  private void requireTransmittable() throws LinkLostException {
    if (!getSessionState().isTransmittable()) {
      throw new LinkLostException(false, null);
    }
  }

  /** A peer may answer with a response to something else. */
  private static <R extends Command> R answered(Class<R> expected, Command response)
      throws InvalidResponseException {
    if (!expected.isInstance(response)) {
      throw new InvalidResponseException("the response belongs to another request");
    }
    return expected.cast(response);
  }

  void answerEnquireLink(int sequenceNumber) throws IOException {
    var _ = pduSender().sendEnquireLinkResp(connection().getOutputStream(), sequenceNumber);
  }

  void nack(int commandStatus, int sequenceNumber) throws IOException {
    var _ =
        pduSender().sendGenericNack(connection().getOutputStream(), commandStatus, sequenceNumber);
  }

  void refuse(int commandId, int commandStatus, int sequenceNumber) throws IOException {
    var _ =
        pduSender()
            .sendHeader(connection().getOutputStream(), commandId, commandStatus, sequenceNumber);
  }

  void answerUnbind(int sequenceNumber) throws IOException {
    var _ =
        pduSender()
            .sendUnbindResp(connection().getOutputStream(), CommandStatus.OK, sequenceNumber);
  }

  /** Nobody waits for the answer: {@link LinkWatch} looks whether the peer says anything at all. */
  void enquireLink() throws IOException {
    var _ = pduSender().sendEnquireLink(connection().getOutputStream(), sequence().nextValue());
  }

  @Override
  protected Command executeSendCommand(SendCommandTask task, long timeoutMillis)
      throws PDUException,
          ResponseTimeoutException,
          InvalidResponseException,
          NegativeResponseException,
          IOException {
    long timeout =
        UNBIND.equals(task.getCommandName())
            ? Math.min(timeoutMillis, UNBIND_TIMEOUT_MILLIS)
            : timeoutMillis;
    try {
      return pending.execute(task, sequence().nextValue(), connection().getOutputStream(), timeout);
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
