package org.wardline.gateway.smpp;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jsmpp.DefaultPDUSender;
import org.jsmpp.InvalidResponseException;
import org.jsmpp.PDUException;
import org.jsmpp.SynchronizedPDUSender;
import org.jsmpp.bean.Command;
import org.jsmpp.bean.ESMClass;
import org.jsmpp.bean.RawDataCoding;
import org.jsmpp.bean.RegisteredDelivery;
import org.jsmpp.bean.SubmitSmResp;
import org.jsmpp.extra.NegativeResponseException;
import org.jsmpp.extra.PendingResponse;
import org.jsmpp.extra.ResponseTimeoutException;
import org.jsmpp.session.SMPPSession;
import org.jsmpp.session.SendCommandTask;
import org.jsmpp.session.SubmitSmCommandTask;
import org.jspecify.annotations.Nullable;

/** jSMPP's ESME session with our table of pending requests, reader and sockets. */
final class JsmppClient extends SMPPSession {
  /** A polite unbind is not worth a longer wait (SMPP 3.4 §4.2). */
  private static final long UNBIND_TIMEOUT_MILLIS = 2_000;

  private static final String UNBIND = "unbind";

  private static final String DEFAULT_SERVICE_TYPE = "";
  private static final int UDHI = 0x40;
  private static final byte PROTOCOL_ID = 0;
  private static final byte PRIORITY = 0;
  private static final @Nullable String SEND_NOW = null;
  private static final int NO_RECEIPT = 0;
  private static final int RECEIPT_ON_FINAL_STATE = 1;
  private static final byte KEEP_EARLIER = 0;
  private static final byte NO_CANNED_MESSAGE = 0;

  /** Days are the largest unit every SMSC reads the same way. */
  private static final Duration MAX_VALIDITY = Duration.ofDays(30);

  private final PendingRequests pending;

  JsmppClient(SmppBind bind, Runnable onConnectionClosed, Consumer<String> onReadEnd) {
    PendingRequests requests = new PendingRequests();
    this.pending = requests;
    super(
        new SynchronizedPDUSender(new DefaultPDUSender()),
        new CappedPduReader(requests, onReadEnd),
        // Our own sockets (design §8, 5): jSMPP's connect without a time-out and leave Nagle on.
        (host, port) -> connect(bind, requests, onConnectionClosed));
  }

  private static LinkConnection connect(
      SmppBind bind, PendingRequests requests, Runnable onConnectionClosed) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setKeepAlive(true);
      socket.connect(
          new InetSocketAddress(bind.host(), bind.port()), (int) bind.connectTimeout().toMillis());
      return new LinkConnection(
          socket,
          () -> {
            requests.connectionClosed();
            onConnectionClosed.run();
          });
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  /** The one call with eighteen arguments. */
  SubmitSmResp submit(SubmitPdu pdu, long timeoutMillis)
      throws PDUException,
          ResponseTimeoutException,
          InvalidResponseException,
          NegativeResponseException,
          IOException {
    if (!getSessionState().isTransmittable()) {
      throw new LinkLostException(false, null);
    }
    Address source = Address.of(pdu.source());
    Address destination = Address.of(pdu.destination());
    byte[] message = Arrays.copyOf(pdu.udh(), pdu.udh().length + pdu.body().length);
    System.arraycopy(pdu.body(), 0, message, pdu.udh().length, pdu.body().length);
    SubmitSmCommandTask task =
        new SubmitSmCommandTask(
            pduSender(),
            DEFAULT_SERVICE_TYPE,
            source.ton(),
            source.npi(),
            source.value(),
            destination.ton(),
            destination.npi(),
            destination.value(),
            new ESMClass(pdu.udh().length == 0 ? 0 : UDHI),
            PROTOCOL_ID,
            PRIORITY,
            SEND_NOW,
            validityPeriod(pdu.validity()),
            new RegisteredDelivery(pdu.requestReceipt() ? RECEIPT_ON_FINAL_STATE : NO_RECEIPT),
            KEEP_EARLIER,
            new RawDataCoding((byte) pdu.dataCoding()),
            NO_CANNED_MESSAGE,
            message);
    return (SubmitSmResp) executeSendCommand(task, timeoutMillis);
  }

  /** Relative, YYMMDDhhmmss000R (SMPP 3.4 §7.1.1.2). */
  static @Nullable String validityPeriod(@Nullable Duration validity) {
    if (validity == null) {
      return null;
    }
    Duration kept = validity.compareTo(MAX_VALIDITY) > 0 ? MAX_VALIDITY : validity;
    return "0000%02d%02d%02d%02d000R"
        .formatted(kept.toDays(), kept.toHoursPart(), kept.toMinutesPart(), kept.toSecondsPart());
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
