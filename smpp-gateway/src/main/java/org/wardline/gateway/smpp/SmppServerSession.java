package org.wardline.gateway.smpp;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.jsmpp.InvalidResponseException;
import org.jsmpp.PDUException;
import org.jsmpp.SMPPConstant;
import org.jsmpp.bean.BindType;
import org.jsmpp.bean.ESMClass;
import org.jsmpp.bean.InterfaceVersion;
import org.jsmpp.bean.OptionalParameter;
import org.jsmpp.bean.RawDataCoding;
import org.jsmpp.bean.RegisteredDelivery;
import org.jsmpp.bean.SubmitSm;
import org.jsmpp.extra.NegativeResponseException;
import org.jsmpp.extra.ProcessRequestException;
import org.jsmpp.extra.ResponseTimeoutException;
import org.jsmpp.session.BindRequest;
import org.jsmpp.session.SubmitSmResult;
import org.jsmpp.util.MessageId;
import org.jspecify.annotations.Nullable;
import org.wardline.config.Secret;

/** The SMSC's side of one connection, from accept to close. */
public final class SmppServerSession {
  private static final int UDHI = 0x40;
  private static final int RECEIPT_MASK = 0x03;
  private static final OptionalParameter[] NO_TLVS = {};
  private static final byte[] NO_OCTETS = {};

  private final SmppServerHandler handler;
  private final JsmppServer jsmpp;
  private volatile BindAttempt.@Nullable Kind kind;

  /**
   * @param raw the TCP connection under {@code socket}, or the same
   */
  SmppServerSession(
      Socket socket,
      Socket raw,
      SmppServerHandler handler,
      Duration enquireLinkInterval,
      Duration responseTimeout,
      Runnable onClosed)
      throws IOException {
    this.handler = handler;
    PendingRequests pending = new PendingRequests();
    LinkConnection connection =
        new LinkConnection(
            socket,
            raw,
            () -> {
              pending.connectionClosed();
              onClosed.run();
            });
    // The capped reader is there from the first octet, before the bind (design §8, 5).
    this.jsmpp =
        new JsmppServer(
            connection,
            pending,
            new CappedPduReader(
                new EsmeOctets(pending, this::refuse), reason -> connection.close()),
            new SubmitListener(this::submitted));
    jsmpp.setTransactionTimer(responseTimeout.toMillis());
    jsmpp.setEnquireLinkTimer((int) enquireLinkInterval.toMillis());
  }

  /** Waits for the bind and answers it; false when there is no bound session. */
  boolean bind(Duration timeout) {
    try {
      BindRequest request = jsmpp.waitForBind(timeout.toMillis());
      String password = request.getPassword();
      if (password == null || password.isEmpty()) {
        // Allowed on the wire (SMPP 3.4 §5.2.2) and good for no account of ours.
        request.reject(CommandStatus.INVALID_PASSWORD);
        jsmpp.close();
        return false;
      }
      BindAttempt attempt =
          new BindAttempt(
              kindOf(request.getBindType()),
              String.valueOf(request.getSystemId()),
              Secret.of(password),
              String.valueOf(request.getSystemType()));
      return switch (handler.onBind(attempt)) {
        case BindDecision.Accept(String systemId) -> {
          kind = attempt.kind();
          request.accept(systemId, InterfaceVersion.IF_34);
          yield true;
        }
        case BindDecision.Refuse(int status) -> {
          request.reject(status);
          jsmpp.close();
          yield false;
        }
      };
    } catch (TimeoutException | IOException | PDUException | RuntimeException e) {
      jsmpp.close();
      return false;
    }
  }

  private static BindAttempt.Kind kindOf(BindType type) {
    return switch (type) {
      case BIND_TX -> BindAttempt.Kind.TRANSMITTER;
      case BIND_RX -> BindAttempt.Kind.RECEIVER;
      case BIND_TRX -> BindAttempt.Kind.TRANSCEIVER;
    };
  }

  private SubmitSmResult submitted(SubmitSm pdu) throws ProcessRequestException {
    SubmitDecision decision = handler.onSubmit(this, translate(pdu));
    try {
      return switch (decision) {
        case SubmitDecision.Accept(String id) -> new SubmitSmResult(new MessageId(id), NO_TLVS);
        case SubmitDecision.Refuse(int status) ->
            throw new ProcessRequestException("refused", status);
        case SubmitDecision.Silence _ -> held(pdu);
        case SubmitDecision.Later(var later) -> {
          SubmitSmResult held = held(pdu);
          int sequenceNumber = pdu.getSequenceNumber();
          var _ = later.thenAccept(d -> respond(sequenceNumber, d));
          yield held;
        }
      };
    } catch (org.jsmpp.PDUStringException e) {
      throw new ProcessRequestException(
          "a message id has at most 64 characters", CommandStatus.SYSTEM_ERROR, e);
    }
  }

  private SubmitSmResult held(SubmitSm pdu) throws org.jsmpp.PDUStringException {
    jsmpp.holdResponse(pdu.getSequenceNumber());
    return new SubmitSmResult(new MessageId(""), NO_TLVS);
  }

  private void respond(int sequenceNumber, SubmitDecision decision) {
    try {
      switch (decision) {
        case SubmitDecision.Accept(String id) -> jsmpp.acceptSubmit(sequenceNumber, id);
        case SubmitDecision.Refuse(int status) ->
            jsmpp.refuse(SMPPConstant.CID_SUBMIT_SM_RESP, status, sequenceNumber);
        case SubmitDecision.Silence _ -> {}
        case SubmitDecision.Later(var later) -> {
          var _ = later.thenAccept(d -> respond(sequenceNumber, d));
        }
      }
    } catch (IOException e) {
      drop();
    }
  }

  private void refuse(int commandId, int commandStatus, int sequenceNumber) throws IOException {
    jsmpp.refuse(commandId, commandStatus, sequenceNumber);
  }

  static SubmittedPdu translate(SubmitSm pdu) {
    byte[] octets = pdu.getShortMessage();
    List<Tlv> tlvs = InboundTranslator.tlvs(pdu.getOptionalParameters());
    if (octets == null || octets.length == 0) {
      octets =
          tlvs.stream()
              .filter(t -> t.tag() == Tlv.MESSAGE_PAYLOAD)
              .map(Tlv::value)
              .findFirst()
              .orElse(NO_OCTETS);
    }
    return new SubmittedPdu(
        Address.written(pdu.getSourceAddrTon(), InboundTranslator.orEmpty(pdu.getSourceAddr())),
        Address.written(pdu.getDestAddrTon(), InboundTranslator.orEmpty(pdu.getDestAddress())),
        pdu.getEsmClass() & 0xFF,
        pdu.getDataCoding() & 0xFF,
        octets,
        (pdu.getEsmClass() & UDHI) != 0,
        (pdu.getRegisteredDelivery() & RECEIPT_MASK) != 0,
        InboundTranslator.orEmpty(pdu.getValidityPeriod()));
  }

  /** Whether the ESME takes deliveries: bound as receiver or transceiver. */
  public boolean isReceiver() {
    return jsmpp.getSessionState().isReceivable();
  }

  public boolean isBound() {
    return jsmpp.getSessionState().isBound();
  }

  /** Sends a deliver_sm and waits for its response; blocks, so call it on a virtual thread. */
  public DeliverAnswer deliver(DeliverPdu pdu) {
    Address source = Address.of(pdu.source());
    Address destination = Address.of(pdu.destination());
    OptionalParameter[] tlvs = JsmppClient.parameters(pdu.tlvs());
    try {
      jsmpp.deliverShortMessage(
          "",
          source.ton(),
          source.npi(),
          source.value(),
          destination.ton(),
          destination.npi(),
          destination.value(),
          new ESMClass(pdu.esmClass()),
          (byte) 0,
          (byte) 0,
          new RegisteredDelivery(0),
          new RawDataCoding((byte) pdu.dataCoding()),
          pdu.shortMessage(),
          tlvs);
      return new DeliverAnswer.Accepted();
    } catch (NegativeResponseException e) {
      return new DeliverAnswer.Refused(e.getCommandStatus());
    } catch (ResponseTimeoutException e) {
      return new DeliverAnswer.TimedOut();
    } catch (PDUException | InvalidResponseException | IOException e) {
      return new DeliverAnswer.Lost();
    }
  }

  /** Unbinds first (SMPP 3.4 §4.2), then closes. */
  public void unbindAndClose() {
    jsmpp.unbindAndClose();
  }

  /** Cuts the TCP connection as a broken line does. */
  public void drop() {
    jsmpp.cut();
  }

  void close() {
    jsmpp.close();
  }

  @Override
  public String toString() {
    return "SmppServerSession[" + kind + "]";
  }
}
