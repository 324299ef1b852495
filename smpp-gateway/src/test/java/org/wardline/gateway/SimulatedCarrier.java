package org.wardline.gateway;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.wardline.gateway.smpp.QueryResult;
import org.wardline.gateway.smpp.ReceiptPdu;
import org.wardline.gateway.smpp.SubmitPdu;
import org.wardline.gateway.smpp.SubmitResult;

/**
 * The carrier at the other end of one link. It lives on while gateways die: what it took it has,
 * and a receipt it keeps until it was told that the gateway has it.
 */
final class SimulatedCarrier {
  private static final Pattern TOKEN = Pattern.compile("t([0-9]{3}) ");
  private static final int THROTTLED = 0x58;
  private static final int QUEUE_FULL = 0x14;
  private static final int SYSTEM_ERROR = 0x08;
  private static final int QUERY_FAILED = 0x67;
  private static final int UNKNOWN_COMMAND = 0x03;
  private static final int INVALID_DESTINATION = 0x0B;

  /** So large that an id read in the other base is nobody's. */
  private static final long FIRST_ID = 0x3a7f_0000_0000L;

  /** A segment that was written and not answered. */
  static final class Pending {
    final SimulatedText text;
    final int segment;
    final Baton.Task task;

    /** The session it came over. */
    final SimulatedGateway.Link session;

    /** Completed when the answer comes after its time-out, or can come no more. */
    private final CompletableFuture<SubmitResult> late = new CompletableFuture<>();

    private @Nullable String takenAs;
    private @Nullable SubmitResult answer;

    private Pending(
        SimulatedText text, int segment, Baton.Task task, SimulatedGateway.Link session) {
      this.session = session;
      this.text = text;
      this.segment = segment;
      this.task = task;
    }

    boolean isTaken() {
      return takenAs != null;
    }

    @Override
    public String toString() {
      return text + "/" + segment;
    }
  }

  /** A receipt the carrier still has to deliver. */
  record Receipt(SimulatedText text, int segment, String responseId, ReceiptPdu pdu) {}

  /** How this carrier is. */
  record Manners(boolean decimalReceipts, boolean oneReceiptPerText, boolean losesReceipts) {}

  final String link;
  private final List<Pending> pending = new ArrayList<>();

  /** Timed out, on a session that lives. */
  private final List<Pending> late = new ArrayList<>();

  /** By id, what has become of what was taken; asked for, or told by a receipt. */
  private final Map<String, ReceiptPdu.Status> fates = new HashMap<>();

  final List<Receipt> receipts = new ArrayList<>();
  private final Manners manners;
  private final RandomGenerator random;
  private final IntFunction<SimulatedText> texts;
  private final Baton baton;
  private long nextId = FIRST_ID;

  SimulatedCarrier(
      String link,
      Manners manners,
      RandomGenerator random,
      IntFunction<SimulatedText> texts,
      Baton baton) {
    this.link = link;
    this.manners = manners;
    this.random = random;
    this.texts = texts;
    this.baton = baton;
  }

  SimulatedText textOf(SubmitPdu pdu) {
    StringBuilder body = new StringBuilder();
    for (byte octet : pdu.content().body()) {
      body.append((char) octet);
    }
    Matcher token = TOKEN.matcher(body);
    if (!token.find()) {
      throw new AssertionError("a segment without its token");
    }
    return texts.apply(Integer.parseInt(token.group(1)));
  }

  static int segmentOf(SubmitPdu pdu) {
    byte[] udh = pdu.content().udh();
    return udh.length == 0 ? 1 : udh[udh.length - 1];
  }

  /** On the sender's own thread; returns when the scheduler has made this carrier answer. */
  SubmitResult submit(SimulatedGateway.Link session, SimulatedText text, int segment) {
    Pending mine = new Pending(text, segment, baton.current(), session);
    pending.add(mine);
    text.possibleCopies[segment]++;
    text.settledBy = null;
    baton.awaitAnswer();
    SubmitResult answer = mine.answer;
    if (answer == null) {
      throw new AssertionError("woken without an answer");
    }
    return answer;
  }

  /** Has it from now on, whatever the gateway comes to hear. */
  void take(Pending one) {
    String id = Long.toHexString(nextId++);
    one.takenAs = id;
    one.text.copies[one.segment]++;
    boolean last = one.segment == one.text.segments;
    boolean kept = manners.losesReceipts() && random.nextInt(4) == 0;
    if (manners.oneReceiptPerText() && !last) {
      return;
    }
    ReceiptPdu.Status status =
        switch (random.nextInt(10)) {
          case 0 -> ReceiptPdu.Status.UNDELIVERABLE;
          case 1 -> ReceiptPdu.Status.EXPIRED;
          default -> ReceiptPdu.Status.DELIVERED;
        };
    fates.put(id, status);
    if (kept) {
      return;
    }
    String said = manners.decimalReceipts() ? Long.toString(Long.parseLong(id, 16)) : id;
    receipts.add(new Receipt(one.text, one.segment, id, new ReceiptPdu(said, status, "000")));
  }

  void accept(Pending one) {
    if (one.takenAs == null) {
      take(one);
    }
    answer(one, new SubmitResult.Accepted(String.valueOf(one.takenAs), Duration.ofMillis(1)));
  }

  void throttle(Pending one) {
    int status = random.nextBoolean() ? THROTTLED : QUEUE_FULL;
    refuse(one, new SubmitResult.Refused(status, true, false, "Slower"));
  }

  void refuse(Pending one, boolean permanent) {
    refuse(
        one,
        new SubmitResult.Refused(
            permanent ? INVALID_DESTINATION : SYSTEM_ERROR, false, permanent, "No"));
  }

  private void refuse(Pending one, SubmitResult.Refused why) {
    one.text.possibleCopies[one.segment]--;
    answer(one, why);
  }

  /** The link lives and the answer never comes. */
  void loseAnswer(Pending one) {
    if (one.takenAs == null && random.nextBoolean()) {
      take(one);
    }
    one.text.doubt = true;
    late.add(one);
    answer(one, new SubmitResult.TimedOut(one.late));
  }

  List<Pending> lateOf(SimulatedGateway.Link session) {
    return late.stream().filter(one -> one.session.equals(session)).toList();
  }

  /** Says after all whether it has the segment; takes it now if it likes. */
  void answerLate(Pending one) {
    late.remove(one);
    if (one.takenAs == null && random.nextInt(3) == 0) {
      one.text.possibleCopies[one.segment]--;
      one.late.complete(new SubmitResult.Refused(SYSTEM_ERROR, false, false, "No"));
      return;
    }
    if (one.takenAs == null) {
      take(one);
    }
    if (one.segment == one.text.segments) {
      one.text.answeredLateTo = one.session.gateway();
    }
    one.late.complete(
        new SubmitResult.Accepted(String.valueOf(one.takenAs), Duration.ofSeconds(20)));
  }

  /** What it says when it is asked (query_sm). */
  QueryResult query(String id) {
    return switch (random.nextInt(8)) {
      case 0 -> new QueryResult.Unanswered();
      case 1 -> new QueryResult.Refused(QUERY_FAILED, "No");
      case 2 ->
          new QueryResult.Refused(random.nextInt(4) == 0 ? UNKNOWN_COMMAND : QUERY_FAILED, "No");
      case 3 -> new QueryResult.Known(ReceiptPdu.Status.ENROUTE, Optional.empty(), 0);
      default ->
          new QueryResult.Known(
              fates.getOrDefault(id, ReceiptPdu.Status.ENROUTE), Optional.empty(), 0);
    };
  }

  /** The link is gone; each segment under way had left or not, had arrived or not. */
  void drop(SimulatedGateway.Link session) {
    for (Pending one : pendingOf(session)) {
      boolean written = one.takenAs != null || random.nextInt(3) != 0;
      if (written) {
        if (one.takenAs == null && random.nextBoolean()) {
          take(one);
        }
        one.text.doubt = true;
      } else {
        one.text.possibleCopies[one.segment]--;
      }
      answer(one, new SubmitResult.ConnectionLost(written));
    }
    for (Pending one : lateOf(session)) {
      late.remove(one);
      one.late.complete(new SubmitResult.ConnectionLost(true));
    }
  }

  /** The gateway is gone and will hear no answer; what was written may still be taken. */
  void gatewayDied(SimulatedGateway.Link session) {
    for (Pending one : pendingOf(session)) {
      if (one.takenAs == null && random.nextBoolean()) {
        take(one);
      }
    }
    pending.removeAll(pendingOf(session));
    late.removeAll(lateOf(session));
  }

  List<Pending> pendingOf(SimulatedGateway.Link session) {
    return pending.stream().filter(one -> one.session.equals(session)).toList();
  }

  private void answer(Pending one, SubmitResult result) {
    pending.remove(one);
    one.answer = result;
    one.task.answered();
  }
}
