package org.wardline.smsc;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.wardline.gateway.smpp.BindAttempt;
import org.wardline.gateway.smpp.BindDecision;
import org.wardline.gateway.smpp.DeliverPdu;
import org.wardline.gateway.smpp.SmppServerHandler;
import org.wardline.gateway.smpp.SmppServerSession;
import org.wardline.gateway.smpp.SubmitDecision;
import org.wardline.gateway.smpp.SubmittedPdu;

/** Decides what happens to each submit: taken, throttled, ignored, or the line goes dead. */
final class Carrier implements SmppServerHandler {
  private static final String OWN_SYSTEM_ID = "wardline-smsc";

  // SMPP 3.4 §5.1.3
  private static final int INVALID_PASSWORD = 0x0E;
  private static final int INVALID_SYSTEM_ID = 0x0F;
  private static final int THROTTLED = 0x58;

  /** Ids of two runs must not meet in one database. */
  private static final long IDS_PER_SECOND = 100_000;

  private final SmscOptions options;
  private final CarrierLog log;
  private final Deliveries deliveries;
  private final Patients patients;
  private final SmscClock clock;
  private final AtomicLong numbers;
  private final AtomicLong ids;
  private final AtomicLong submits = new AtomicLong();
  private final Map<SmppServerSession, AtomicInteger> unanswered = new ConcurrentHashMap<>();
  private final Set<String> undeliverable = ConcurrentHashMap.newKeySet();

  volatile boolean throttle;
  volatile boolean silent;
  final LongAdder throttled = new LongAdder();
  final LongAdder ignored = new LongAdder();

  Carrier(
      SmscOptions options,
      CarrierLog log,
      Deliveries deliveries,
      Patients patients,
      SmscClock clock,
      AtomicLong numbers) {
    this.options = options;
    this.log = log;
    this.deliveries = deliveries;
    this.patients = patients;
    this.clock = clock;
    this.numbers = numbers;
    this.ids = new AtomicLong(Instant.now().getEpochSecond() * IDS_PER_SECOND);
  }

  @Override
  public BindDecision onBind(BindAttempt attempt) {
    if (!attempt.systemId().equals(options.systemId())) {
      return new BindDecision.Refuse(INVALID_SYSTEM_ID);
    }
    return attempt.password().reveal().equals(options.password().reveal())
        ? new BindDecision.Accept(OWN_SYSTEM_ID)
        : new BindDecision.Refuse(INVALID_PASSWORD);
  }

  @Override
  public void onClosed(SmppServerSession session) {
    unanswered.remove(session);
  }

  /** Receipts to this number say UNDELIV. */
  void undeliverable(String number, boolean on) {
    if (on) {
      undeliverable.add(number);
    } else {
      undeliverable.remove(number);
    }
  }

  @Override
  public SubmitDecision onSubmit(SmppServerSession session, SubmittedPdu pdu) {
    if (silent) {
      ignored.increment();
      return new SubmitDecision.Silence();
    }
    AtomicInteger open = unanswered.computeIfAbsent(session, s -> new AtomicInteger());
    long submit = submits.incrementAndGet();
    if (throttle
        || isNth(submit, options.throttleEvery())
        || open.get() >= options.carrierWindow()) {
      throttled.increment();
      return new SubmitDecision.Refuse(THROTTLED);
    }
    long id = ids.incrementAndGet();
    SubmitDecision accepted = take(id, pdu);
    if (isNth(submit, options.disconnectEvery())) {
      session.drop();
      return new SubmitDecision.Silence();
    }
    return options.respondDelay().isZero() && !options.receiptsBeforeResponse()
        ? accepted
        : later(accepted, open);
  }

  private static boolean isNth(long submit, int every) {
    return every > 0 && submit % every == 0;
  }

  private SubmitDecision take(long id, SubmittedPdu pdu) {
    String responseId = options.receiptFormat().responseId(id);
    CarriedPart part =
        new CarriedPart(
            numbers.incrementAndGet(),
            Instant.now(),
            pdu.source(),
            pdu.destination(),
            pdu.shortMessage(),
            pdu.udhi(),
            pdu.dataCoding(),
            responseId);
    log.add(part).ifPresent(patients::received);
    SubmitDecision accepted = new SubmitDecision.Accept(responseId);
    if (!pdu.receiptRequested() || !(options.receiptPerSegment() || part.isLastPart())) {
      return accepted;
    }
    if (options.receiptsBeforeResponse()) {
      // The response waits for the receipt's own response; if nobody takes the receipt, for long.
      CompletableFuture<SubmitDecision> after = new CompletableFuture<>();
      var _ = deliveries.deliverReceipt(receipt(id, part)).thenRun(() -> after.complete(accepted));
      return new SubmitDecision.Later(after);
    }
    clock.after(
        options.receiptDelay().plus(options.respondDelay()),
        () -> {
          var _ = deliveries.deliverReceipt(receipt(id, part));
        });
    return accepted;
  }

  private DeliverPdu receipt(long id, CarriedPart part) {
    boolean delivered = !undeliverable.contains(part.destination());
    return options.receiptFormat().receipt(id, part, delivered, Instant.now());
  }

  private SubmitDecision later(SubmitDecision decision, AtomicInteger open) {
    open.incrementAndGet();
    CompletableFuture<SubmitDecision> after = new CompletableFuture<>();
    clock.after(options.respondDelay(), () -> after.complete(decision));
    CompletableFuture<SubmitDecision> flat =
        after.thenCompose(
            d ->
                d instanceof SubmitDecision.Later(var inner)
                    ? inner.toCompletableFuture()
                    : CompletableFuture.completedFuture(d));
    return new SubmitDecision.Later(flat.whenComplete((d, e) -> open.decrementAndGet()));
  }
}
