package org.wardline.gateway.smpp;

import java.io.IOException;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLException;
import org.jsmpp.GenericNackResponseException;
import org.jsmpp.InvalidResponseException;
import org.jsmpp.PDUException;
import org.jsmpp.bean.BindType;
import org.jsmpp.bean.NumberingPlanIndicator;
import org.jsmpp.bean.TypeOfNumber;
import org.jsmpp.extra.NegativeResponseException;
import org.jsmpp.extra.ResponseTimeoutException;
import org.jsmpp.session.BindParameter;
import org.jspecify.annotations.Nullable;

/** One bound connection of a session: its only one, its transmitter, or its receiver. */
final class Leg implements FirstAnswers.Connection {
  /**
   * PDUs received and not yet processed. Above any carrier's window and our own: with jSMPP's 100
   * it answers "throttled" to a busy carrier thousands of times (design §8, 3).
   */
  private static final int RECEIVE_QUEUE_CAPACITY = 2 * SmppBind.MAX_WINDOW;

  /** How long texts that have come in may still be committed and answered. */
  private static final Duration DELIVERIES_DRAIN = Duration.ofSeconds(1);

  private static final int NO_SENDER_OF_ITS_OWN = 0;
  private static final String UNKNOWN_COMMAND_ADVICE =
      " It may be an old device (SMPP 3.3) that knows no transceiver: set the link to a transmitter"
          + " and a receiver.";

  /** The session this is part of. Called on threads that must go on: nothing here may block. */
  interface Owner {
    /** Once, whatever the reason; pending requests have failed already. */
    void closed(Leg leg, String reason);

    /** Must have it answered with {@link Leg#answerUnbind}. */
    void unbindAsked(Leg leg, int sequenceNumber);

    void submitAnswered();
  }

  private final SmppBind bind;
  private final BindType type;
  private final Owner owner;
  private final @Nullable TlsPeer tls;
  private final PendingRequests pending = new PendingRequests();
  private final UnansweredDeliveries deliveries = new UnansweredDeliveries();
  private final LinkConnection connection;
  private final LinkWatch watch;
  private final JsmppClient jsmpp;

  /** The first reason wins: what follows is only its consequence. */
  private final AtomicReference<String> closeReason = new AtomicReference<>("");

  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicBoolean unbindAsked = new AtomicBoolean();
  private volatile @Nullable SSLException tlsFailure;
  private volatile OptionalInt peerVersion = OptionalInt.empty();

  /** Connects; {@link #bind} has to follow. */
  private Leg(SmppBind bind, BindType type, SmppInbound inbound, Owner owner) {
    this.bind = bind;
    this.type = type;
    this.owner = owner;
    Dialer.Dialed dialed =
        new Dialer(bind.transport(), bind.timeouts().connect()).dial(this::connectionClosed);
    this.tls = dialed.tls();
    this.connection = dialed.connection();
    this.jsmpp =
        new JsmppClient(
            connection,
            pending,
            deliveries.sender(),
            new CappedPduReader(new FirstAnswers(pending, this), this::readEnded));
    this.watch =
        new LinkWatch(
            bind.timeouts(),
            connection::writeStuckFor,
            this::enquireLink,
            this::end,
            System::nanoTime);
    // All before connecting: jSMPP reads these once (design §8, 4).
    jsmpp.setPduProcessorDegree(type == BindType.BIND_TX ? 1 : SmppSession.PDU_PROCESSORS);
    jsmpp.setQueueCapacity(RECEIVE_QUEUE_CAPACITY);
    jsmpp.setEnquireLinkTimer(NO_SENDER_OF_ITS_OWN);
    jsmpp.setTransactionTimer(bind.timeouts().response().toMillis());
    jsmpp.setMessageReceiverListener(new InboundTranslator(inbound, this::isBound));
  }

  /**
   * Connects and binds; blocks for at most the connect and bind time-outs.
   *
   * @param connected called between the two
   * @throws SmppException when there is no bound connection; nothing is left open
   */
  static Leg open(
      SmppBind bind, BindType type, SmppInbound inbound, Owner owner, Runnable connected) {
    Leg leg = new Leg(bind, type, inbound, owner);
    boolean bound = false;
    try {
      connected.run();
      leg.bind();
      bound = true;
      return leg;
    } finally {
      if (!bound) {
        // jSMPP's own close knows nothing of the connection before it has asked for it.
        leg.connection.close();
        leg.jsmpp.close();
      }
    }
  }

  private void bind() {
    SmppBind.Account account = bind.account();
    SmppBind.Addressing marks = bind.addressing();
    TypeOfNumber rangeTon = TypeOfNumber.UNKNOWN;
    NumberingPlanIndicator rangeNpi = NumberingPlanIndicator.UNKNOWN;
    if (marks.rangeType() instanceof AddressType.Fixed(int ton, int npi)) {
      rangeTon = TypeOfNumber.valueOf((byte) ton);
      rangeNpi = NumberingPlanIndicator.valueOf((byte) npi);
    }
    BindParameter parameter =
        new BindParameter(
            type,
            account.systemId(),
            account.password().reveal(),
            account.systemType(),
            rangeTon,
            rangeNpi,
            marks.addressRange(),
            // Said outright: jSMPP claims 5.0 by default (design §8, 6).
            bind.version().onTheWire());
    try {
      jsmpp.connectAndBind(bind.host(), bind.port(), parameter, bind.timeouts().bind().toMillis());
    } catch (IOException e) {
      throw failure(e);
    } catch (RuntimeException e) {
      throw broken("What " + where() + " answered to the bind is not SMPP.", e);
    }
    if (closed.get()) {
      // jSMPP marks a session bound although it died just before (design §8, 2).
      throw broken("The connection broke right after the bind.", null);
    }
    watch.start();
    if (closed.get()) {
      watch.stop();
    }
  }

  private String where() {
    return bind.transport().toString();
  }

  private static SmppException broken(String words, @Nullable Throwable cause) {
    return new SmppException(SmppException.Reason.BROKEN, 0, words, cause);
  }

  private SmppException failure(IOException e) {
    SSLException refused = tlsFailure;
    if (tls != null && refused != null) {
      return tls.failure(refused);
    }
    return switch (e.getCause()) {
      case NegativeResponseException negative -> refused(negative.getCommandStatus(), e);
      case GenericNackResponseException nack -> refused(nack.getCommandStatus(), e);
      case ResponseTimeoutException timeout ->
          new SmppException(
              SmppException.Reason.TIMED_OUT,
              0,
              where() + " did not answer the bind within " + bind.timeouts().bind() + ".",
              timeout);
      case InvalidResponseException invalid ->
          broken(where() + " answered the bind wrongly.", invalid);
      case PDUException invalid ->
          new SmppException(
              SmppException.Reason.REFUSED,
              0,
              "The system id has at most 15 characters, the password 8, the system type 12.",
              invalid);
      case null, default -> broken(where() + " closed the connection during the bind.", e);
    };
  }

  private SmppException refused(int commandStatus, IOException e) {
    boolean unknown =
        commandStatus == CommandStatus.INVALID_COMMAND_ID && type == BindType.BIND_TRX;
    return new SmppException(
        SmppException.Reason.REFUSED,
        commandStatus,
        CommandStatus.meaning(commandStatus)
            + " ("
            + CommandStatus.hex(commandStatus)
            + ")."
            + (unknown ? UNKNOWN_COMMAND_ADVICE : ""),
        e);
  }

  JsmppClient jsmpp() {
    return jsmpp;
  }

  boolean sends() {
    return type != BindType.BIND_RX;
  }

  boolean isBound() {
    return !closed.get() && jsmpp.getSessionState().isBound();
  }

  /** The interface version in the peer's answer to the bind, for example 0x34. */
  OptionalInt peerVersion() {
    return peerVersion;
  }

  /** Unbinds when there is somebody to tell, and closes. */
  void unbindAndClose() {
    closeReason.compareAndSet("", "closed by us");
    if (isBound()) {
      try {
        jsmpp.unbind();
      } catch (IOException e) {
        // It is over either way.
      }
      // After the unbind: nothing new comes, and what has come may still be answered.
      deliveries.awaitNone(DELIVERIES_DRAIN);
    }
    jsmpp.close();
  }

  /** Off the thread that asks: jSMPP's close() waits for some of its threads. */
  void end(String reason) {
    closeReason.compareAndSet("", reason);
    Thread.ofVirtual().name("smpp-close").start(jsmpp::close);
  }

  void answerUnbind(int sequenceNumber) {
    deliveries.awaitNone(DELIVERIES_DRAIN);
    try {
      jsmpp.answerUnbind(sequenceNumber);
    } catch (IOException e) {
      // It did not wait for the answer.
    }
  }

  private void enquireLink() {
    try {
      jsmpp.enquireLink();
    } catch (IOException e) {
      // The reader notices the same, or the watch does.
    }
  }

  private void readEnded(IOException e) {
    if (e instanceof SSLException broken) {
      tlsFailure = broken;
    }
    String message = e.getMessage();
    end(
        e instanceof SSLException
            ? "the encrypted connection broke"
            : message == null ? e.getClass().getSimpleName() : message);
  }

  /** From {@link LinkConnection}, on every way a connection can end. */
  private void connectionClosed() {
    pending.connectionClosed();
    deliveries.connectionClosed();
    if (closed.compareAndSet(false, true)) {
      watch.stop();
      closeReason.compareAndSet("", "the SMSC stopped answering");
      owner.closed(this, String.valueOf(closeReason.get()));
    }
  }

  @Override
  public void heard() {
    watch.heard();
  }

  @Override
  public void submitAnswered() {
    owner.submitAnswered();
  }

  @Override
  public void announced(OptionalInt version) {
    peerVersion = version;
  }

  @Override
  public void delivering(int sequenceNumber) {
    deliveries.came(sequenceNumber);
  }

  @Override
  public void unbindAsked(int sequenceNumber) {
    if (unbindAsked.compareAndSet(false, true)) {
      owner.unbindAsked(this, sequenceNumber);
    }
  }

  @Override
  public void answerEnquireLink(int sequenceNumber) throws IOException {
    jsmpp.answerEnquireLink(sequenceNumber);
  }

  @Override
  public void nack(int commandStatus, int sequenceNumber) throws IOException {
    jsmpp.nack(commandStatus, sequenceNumber);
  }

  @Override
  public void refuse(int commandId, int commandStatus, int sequenceNumber) throws IOException {
    jsmpp.refuse(commandId, commandStatus, sequenceNumber);
  }
}
