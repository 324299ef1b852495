package org.wardline.gateway.smpp;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jsmpp.GenericNackResponseException;
import org.jsmpp.InvalidResponseException;
import org.jsmpp.PDUException;
import org.jsmpp.bean.BindType;
import org.jsmpp.bean.InterfaceVersion;
import org.jsmpp.bean.NumberingPlanIndicator;
import org.jsmpp.bean.SubmitSmResp;
import org.jsmpp.bean.TypeOfNumber;
import org.jsmpp.extra.NegativeResponseException;
import org.jsmpp.extra.ResponseTimeoutException;
import org.jsmpp.extra.SessionState;
import org.jsmpp.session.BindParameter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardline.gateway.smpp.SubmitResult.Accepted;
import org.wardline.gateway.smpp.SubmitResult.ConnectionLost;
import org.wardline.gateway.smpp.SubmitResult.Refused;
import org.wardline.gateway.smpp.SubmitResult.TimedOut;

/**
 * One bound transceiver session with an SMSC (SMPP 3.4 §4.1.5). It does not reconnect: when it is
 * gone it stays gone and {@link #onClosed} says why.
 */
public final class SmppSession implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SmppSession.class);

  /**
   * Threads that run {@link SmppInbound}: inbound texts a second = this ÷ commit time (design §8,
   * 4).
   */
  public static final int PDU_PROCESSORS = 32;

  /**
   * PDUs received and not yet processed. Above any carrier's window and our own: with jSMPP's 100
   * it answers "throttled" to a busy carrier thousands of times (design §8, 3).
   */
  static final int RECEIVE_QUEUE_CAPACITY = 2 * SmppBind.MAX_WINDOW;

  /** How long {@link #close} lets unanswered submits finish. */
  private static final Duration CLOSE_DRAIN = Duration.ofSeconds(2);

  private final SmppBind bind;
  private final JsmppClient jsmpp;

  /** jSMPP has no send window (design §8, 7). */
  private final Semaphore window;

  private final CompletableFuture<String> closed = new CompletableFuture<>();

  /** The first reason wins: what follows is only its consequence. */
  private final AtomicReference<String> closeReason = new AtomicReference<>("");

  private volatile boolean closing;

  private SmppSession(SmppBind bind, SmppInbound inbound) {
    JsmppLogs.silence();
    this.bind = bind;
    this.window = new Semaphore(bind.windowSize(), true);
    this.jsmpp = new JsmppClient(bind, this::connectionClosed, this::readEnded);
    // All before connecting: jSMPP reads these once (design §8, 4).
    jsmpp.setPduProcessorDegree(PDU_PROCESSORS);
    jsmpp.setQueueCapacity(RECEIVE_QUEUE_CAPACITY);
    jsmpp.setEnquireLinkTimer((int) bind.enquireLinkInterval().toMillis());
    jsmpp.setTransactionTimer(bind.responseTimeout().toMillis());
    jsmpp.setMessageReceiverListener(new InboundTranslator(inbound, this::isBound));
    jsmpp.addSessionStateListener(
        (newState, oldState, source) -> {
          if (newState == SessionState.UNBOUND) {
            // The SMSC unbound and was answered; it need not close the connection, we do.
            end("the SMSC unbound");
          }
        });
  }

  /**
   * Connects and binds; blocks for at most the connect and bind time-outs.
   *
   * @param inbound may be called before this returns
   * @throws SmppException when there is no bound session; nothing is left open
   */
  public static SmppSession bindTransceiver(SmppBind bind, SmppInbound inbound) {
    return bind(bind, inbound, BindType.BIND_TRX);
  }

  static SmppSession bind(SmppBind bind, SmppInbound inbound, BindType type) {
    SmppSession session = new SmppSession(bind, inbound);
    boolean bound = false;
    try {
      session.connectAndBind(type);
      bound = true;
      return session;
    } finally {
      if (!bound) {
        session.jsmpp.close();
      }
    }
  }

  private void connectAndBind(BindType type) {
    BindParameter parameter =
        new BindParameter(
            type,
            bind.systemId(),
            bind.password().reveal(),
            bind.systemType(),
            TypeOfNumber.UNKNOWN,
            NumberingPlanIndicator.UNKNOWN,
            null,
            // Said outright: jSMPP claims 5.0 by default (design §8, 6).
            InterfaceVersion.IF_34);
    try {
      jsmpp.connectAndBind(bind.host(), bind.port(), parameter, bind.bindTimeout().toMillis());
    } catch (IOException e) {
      throw failure(e);
    } catch (RuntimeException e) {
      throw new SmppException(
          SmppException.Reason.BROKEN, 0, "What the SMSC answered to the bind is not SMPP.", e);
    }
    if (closed.isDone()) {
      // jSMPP marks a session bound although it died just before (design §8, 2).
      throw new SmppException(
          SmppException.Reason.BROKEN, 0, "The connection broke right after the bind.", null);
    }
  }

  private SmppException failure(IOException e) {
    String where = bind.host() + ":" + bind.port();
    return switch (e.getCause()) {
      case NegativeResponseException negative ->
          new SmppException(
              SmppException.Reason.REFUSED,
              negative.getCommandStatus(),
              CommandStatus.meaning(negative.getCommandStatus())
                  + " ("
                  + CommandStatus.hex(negative.getCommandStatus())
                  + ").",
              e);
      case ResponseTimeoutException timeout ->
          new SmppException(
              SmppException.Reason.TIMED_OUT,
              0,
              where + " did not answer the bind within " + bind.bindTimeout() + ".",
              timeout);
      case InvalidResponseException invalid ->
          new SmppException(
              SmppException.Reason.BROKEN, 0, where + " answered the bind wrongly.", invalid);
      case PDUException invalid ->
          new SmppException(
              SmppException.Reason.REFUSED,
              0,
              "The system id has at most 15 characters, the password 8, the system type 12.",
              invalid);
      case null, default ->
          e instanceof LinkLostException
              ? new SmppException(
                  SmppException.Reason.BROKEN,
                  0,
                  where + " closed the connection during the bind.",
                  e)
              : new SmppException(
                  SmppException.Reason.UNREACHABLE, 0, where + " cannot be reached.", e);
    };
  }

  /**
   * Sends one segment and waits for its response; safe from any number of virtual threads. Waits
   * for a free place in the window and for the response together no longer than the response
   * time-out, and at most half of that for the window: a text written with no time left for its
   * answer would be "perhaps sent" for nothing.
   *
   * <p>Do not interrupt the calling thread: the JDK closes the socket under a virtual thread that
   * is interrupted while it writes.
   */
  public SubmitResult submit(SubmitPdu pdu) {
    long start = System.nanoTime();
    long timeout = bind.responseTimeout().toNanos();
    long deadline = start + timeout;
    if (!enterWindow(start + timeout / 2)) {
      return isBound() ? Refused.windowStayedFull() : new ConnectionLost(false);
    }
    try {
      return isBound() ? write(pdu, deadline) : new ConnectionLost(false);
    } finally {
      window.release();
    }
  }

  private boolean enterWindow(long deadline) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return window.tryAcquire(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          // Nothing is written yet, but an early return would look like an answer.
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private SubmitResult write(SubmitPdu pdu, long deadline) {
    long start = System.nanoTime();
    try {
      SubmitSmResp response =
          jsmpp.submit(pdu, Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - start)));
      return new Accepted(
          String.valueOf(response.getMessageId()), Duration.ofNanos(System.nanoTime() - start));
    } catch (NegativeResponseException e) {
      return Refused.of(e.getCommandStatus());
    } catch (GenericNackResponseException e) {
      return Refused.of(e.getCommandStatus());
    } catch (ResponseTimeoutException e) {
      return new TimedOut();
    } catch (LinkLostException e) {
      return new ConnectionLost(e.written());
    } catch (InvalidResponseException e) {
      // A response came that is no submit_sm_resp: the SMSC may have taken the text.
      return new TimedOut();
    } catch (PDUException e) {
      // jSMPP checks lengths before it writes; its message would quote the address.
      return new Refused(
          CommandStatus.SYSTEM_ERROR, false, true, "A field of the message is too long for SMPP");
    } catch (IOException e) {
      return new ConnectionLost(true);
    }
  }

  /** True from the bind until the first sign that the session is over. */
  public boolean isBound() {
    return !closing && !closed.isDone() && jsmpp.getSessionState().isBound();
  }

  /** Free places in the window at this moment, for metrics. */
  public int windowFree() {
    return window.availablePermits();
  }

  /** Completes with the reason, in words, when the session is over; never exceptionally. */
  public CompletionStage<String> closed() {
    return closed.copy();
  }

  /** Runs the listener once, on its own virtual thread, when the session is over or if it was. */
  public void onClosed(Consumer<String> listener) {
    var _ =
        closed.thenAccept(
            reason -> Thread.ofVirtual().name("smpp-closed").start(() -> listener.accept(reason)));
  }

  /** Lets submits under way finish, unbinds, and closes; takes a few seconds at most. */
  @Override
  public void close() {
    if (!closing) {
      boolean wasBound = isBound();
      closing = true;
      closeReason.compareAndSet("", "closed by us");
      if (wasBound) {
        drain();
        jsmpp.unbindAndClose();
      }
    }
    jsmpp.close();
  }

  private void drain() {
    try {
      if (window.tryAcquire(bind.windowSize(), CLOSE_DRAIN.toMillis(), TimeUnit.MILLISECONDS)) {
        window.release(bind.windowSize());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void readEnded(String reason) {
    end(reason);
  }

  /** Off jSMPP's own threads: its close() waits for some of them. */
  private void end(String reason) {
    closeReason.compareAndSet("", reason);
    Thread.ofVirtual().name("smpp-close").start(jsmpp::close);
  }

  /** From {@link LinkConnection}: pending submits have failed already. */
  private void connectionClosed() {
    closeReason.compareAndSet("", "the SMSC stopped answering");
    String reason = String.valueOf(closeReason.get());
    if (closed.complete(reason)) {
      log.info("SMPP session with {}:{} ended: {}", bind.host(), bind.port(), reason);
    }
  }
}
