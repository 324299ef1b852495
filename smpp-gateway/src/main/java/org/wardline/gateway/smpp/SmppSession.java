package org.wardline.gateway.smpp;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jsmpp.GenericNackResponseException;
import org.jsmpp.InvalidResponseException;
import org.jsmpp.PDUException;
import org.jsmpp.bean.BindType;
import org.jsmpp.bean.Command;
import org.jsmpp.bean.QuerySmResp;
import org.jsmpp.bean.SubmitSmResp;
import org.jsmpp.extra.NegativeResponseException;
import org.jsmpp.extra.ResponseTimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardline.gateway.smpp.SubmitResult.Accepted;
import org.wardline.gateway.smpp.SubmitResult.ConnectionLost;
import org.wardline.gateway.smpp.SubmitResult.Refused;
import org.wardline.gateway.smpp.SubmitResult.TimedOut;

/**
 * One bound session with an SMSC (SMPP 3.4 §4.1): one connection, or a transmitter and a receiver
 * that live and die together. It does not reconnect: when it is gone it stays gone and {@link
 * #onClosed} says why.
 */
public final class SmppSession implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SmppSession.class);

  /**
   * Threads that run {@link SmppInbound}: inbound texts a second = this ÷ commit time (design §8,
   * 4).
   */
  public static final int PDU_PROCESSORS = 32;

  /** How long submits under way may still be answered before an unbind. */
  private static final Duration CLOSE_DRAIN = Duration.ofSeconds(2);

  private final SmppBind bind;
  private final BindProgress progress;
  private final Clock clock;

  /** jSMPP has no send window (design §8, 7). */
  private final Semaphore window;

  private final AnswerWatch answers;
  private final List<Leg> legs = new CopyOnWriteArrayList<>();
  private final Owner owner = new Owner();
  private final CompletableFuture<String> closed = new CompletableFuture<>();
  private final Object shuttingDown = new Object();
  private volatile @Nullable Leg sender;
  private volatile boolean closing;

  private SmppSession(SmppBind bind, Consumer<BindState> observer) {
    JsmppLogs.silence();
    this.bind = bind;
    this.progress = new BindProgress(observer);
    this.clock = Clock.systemUTC();
    this.window = new Semaphore(bind.windowSize(), true);
    this.answers = new AnswerWatch(bind.windowSize(), bind.timeouts().response(), System::nanoTime);
  }

  /**
   * Connects and binds as the settings say; blocks for at most the connect time-out, the same for
   * TLS, and the bind time-out, for each connection.
   *
   * @param inbound may be called before this returns
   * @throws SmppException when there is no bound session; nothing is left open
   */
  public static SmppSession bind(SmppBind bind, SmppInbound inbound) {
    return bind(bind, inbound, state -> {});
  }

  /**
   * @param observer is told every state the session comes to, in order, on whatever thread; must
   *     not block
   */
  public static SmppSession bind(SmppBind bind, SmppInbound inbound, Consumer<BindState> observer) {
    SmppSession session = new SmppSession(bind, observer);
    boolean bound = false;
    try {
      session.open(inbound);
      bound = true;
      return session;
    } finally {
      if (!bound) {
        session.shutDown();
      }
    }
  }

  private void open(SmppInbound inbound) {
    progress.become(new BindState.Connecting());
    try {
      for (BindType type : types(bind.mode())) {
        Leg leg =
            Leg.open(bind, type, inbound, owner, () -> progress.become(new BindState.Binding()));
        legs.add(leg);
        if (leg.sends()) {
          sender = leg;
        }
      }
    } catch (SmppException e) {
      progress.become(new BindState.Lost(String.valueOf(e.getMessage()), clock.instant()));
      throw e;
    }
    progress.become(new BindState.Bound(clock.instant()));
    if (!isBound()) {
      // Up to here the end of a connection was nobody's but ours to see.
      String words = "The connection broke right after the bind.";
      progress.become(new BindState.Lost(words, clock.instant()));
      throw new SmppException(SmppException.Reason.BROKEN, 0, words, null);
    }
  }

  /** The receiver first: a receipt can follow the first submit at once. */
  private static List<BindType> types(SmppBind.Mode mode) {
    return switch (mode) {
      case TRANSCEIVER -> List.of(BindType.BIND_TRX);
      case TRANSMITTER_AND_RECEIVER -> List.of(BindType.BIND_RX, BindType.BIND_TX);
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
    if (!isBound()) {
      // Not behind the drain, which waits for the whole window.
      return new ConnectionLost(false);
    }
    long start = System.nanoTime();
    long timeout = bind.timeouts().response().toNanos();
    long deadline = start + timeout;
    if (!enterWindow(start + timeout / 2)) {
      return isBound() ? Refused.windowStayedFull() : new ConnectionLost(false);
    }
    try {
      Leg leg = sender;
      return isBound() && leg != null ? write(leg, pdu, deadline) : new ConnectionLost(false);
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

  private SubmitResult write(Leg leg, SubmitPdu pdu, long deadline) {
    long start = System.nanoTime();
    try {
      SubmitSmResp response =
          leg.jsmpp()
              .submit(
                  pdu,
                  bind.addressing(),
                  Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - start)));
      return new Accepted(
          String.valueOf(response.getMessageId()), Duration.ofNanos(System.nanoTime() - start));
    } catch (NegativeResponseException e) {
      return Refused.of(e.getCommandStatus());
    } catch (GenericNackResponseException e) {
      answers.answered();
      return Refused.of(e.getCommandStatus());
    } catch (ResponseTimeoutException e) {
      if (answers.timedOut()) {
        leg.end("the carrier answers enquire_link but no submits");
      }
      return e instanceof UnansweredSubmitException unanswered
          ? new TimedOut(
              unanswered.response().handle((response, failure) -> late(response, failure, start)))
          : new TimedOut();
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

  private static SubmitResult late(
      @Nullable Command response, @Nullable Throwable failure, long start) {
    if (response instanceof SubmitSmResp answer) {
      return answer.getCommandStatus() == CommandStatus.OK
          ? new Accepted(
              String.valueOf(answer.getMessageId()), Duration.ofNanos(System.nanoTime() - start))
          : Refused.of(answer.getCommandStatus());
    }
    return failure instanceof GenericNackResponseException nack
        ? Refused.of(nack.getCommandStatus())
        : new ConnectionLost(true);
  }

  /**
   * Asks where a text stands (SMPP 3.4 §4.8). Takes a place in the window and waits as {@link
   * #submit} does. Many carriers do not answer this, or only for a day.
   *
   * @param messageId exactly as the carrier wrote it in its response
   * @param source the text's source address
   */
  public QueryResult query(String messageId, String source) {
    if (!isBound()) {
      return new QueryResult.Unanswered();
    }
    long start = System.nanoTime();
    long timeout = bind.timeouts().response().toNanos();
    if (!enterWindow(start + timeout / 2)) {
      return new QueryResult.Unanswered();
    }
    try {
      Leg leg = sender;
      long left = Math.max(1, TimeUnit.NANOSECONDS.toMillis(start + timeout - System.nanoTime()));
      return isBound() && leg != null
          ? ask(leg, messageId, Address.of(source, bind.addressing().source()), left)
          : new QueryResult.Unanswered();
    } finally {
      window.release();
    }
  }

  private static QueryResult ask(Leg leg, String messageId, Address source, long timeoutMillis) {
    try {
      QuerySmResp response = leg.jsmpp().query(messageId, source, timeoutMillis);
      return new QueryResult.Known(
          ReceiptPdu.Status.valueOf(response.getMessageState().name()),
          SmppTime.parse(response.getFinalDate()),
          response.getErrorCode() & 0xFF);
    } catch (NegativeResponseException e) {
      return refusedQuery(e.getCommandStatus());
    } catch (GenericNackResponseException e) {
      return refusedQuery(e.getCommandStatus());
    } catch (PDUException e) {
      return refusedQuery(CommandStatus.INVALID_LENGTH);
    } catch (ResponseTimeoutException | InvalidResponseException | IOException e) {
      return new QueryResult.Unanswered();
    }
  }

  private static QueryResult refusedQuery(int status) {
    return new QueryResult.Refused(status, CommandStatus.meaning(status));
  }

  /** Where the session stands. */
  public BindState state() {
    return progress.state();
  }

  /** True from the bind until the first sign that the session is over. */
  public boolean isBound() {
    if (!(progress.state() instanceof BindState.Bound)) {
      return false;
    }
    for (Leg leg : legs) {
      if (!leg.isBound()) {
        return false;
      }
    }
    return true;
  }

  /**
   * The interface version the SMSC says it has, for example 0x34 for 3.4; empty when it does not
   * say, as 3.3 does not. For showing to a person only.
   */
  public OptionalInt peerVersion() {
    for (Leg leg : legs) {
      if (leg.peerVersion().isPresent()) {
        return leg.peerVersion();
      }
    }
    return OptionalInt.empty();
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
    closing = true;
    progress.become(new BindState.Unbinding());
    shutDown();
  }

  /** Whoever comes second waits for the first and then finds nothing left to do. */
  private void shutDown() {
    synchronized (shuttingDown) {
      drain();
      List<Thread> goodbyes = new ArrayList<>();
      for (Leg leg : legs) {
        goodbyes.add(Thread.ofVirtual().name("smpp-unbind").start(leg::unbindAndClose));
      }
      for (Thread goodbye : goodbyes) {
        try {
          goodbye.join();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
      }
    }
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

  private final class Owner implements Leg.Owner {
    @Override
    public void closed(Leg leg, String reason) {
      switch (progress.state()) {
        case BindState.Closed _, BindState.Connecting _, BindState.Binding _ -> {
          // The one who opens the session says in better words why it did not come about.
          return;
        }
        case BindState.Bound _, BindState.Unbinding _, BindState.Lost _ ->
            progress.become(
                closing ? new BindState.Closed() : new BindState.Lost(reason, clock.instant()));
      }
      if (SmppSession.this.closed.complete(reason)) {
        log.info("SMPP session with {}:{} ended: {}", bind.host(), bind.port(), reason);
        // One connection without the other is no session.
        Thread.ofVirtual().name("smpp-shut-down").start(SmppSession.this::shutDown);
      }
    }

    /**
     * Before the answer, what is under way gets its chance: after it the SMSC may hang up, and each
     * submit would be "perhaps sent".
     */
    @Override
    public void unbindAsked(Leg leg, int sequenceNumber) {
      Thread.ofVirtual()
          .name("smpp-unbound")
          .start(
              () -> {
                if (progress.become(new BindState.Unbinding())) {
                  drain();
                }
                leg.answerUnbind(sequenceNumber);
                leg.end("the SMSC unbound");
              });
    }

    @Override
    public void submitAnswered() {
      answers.answered();
    }
  }
}
