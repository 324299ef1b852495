package org.wardline.gateway;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardline.gateway.Attempt.AcceptedSegment;
import org.wardline.gateway.Attempt.Outcome;
import org.wardline.gateway.smpp.MessageIds;
import org.wardline.gateway.smpp.SarInfo;
import org.wardline.gateway.smpp.SmppSession;
import org.wardline.gateway.smpp.SubmitPdu;
import org.wardline.gateway.smpp.SubmitResult;
import org.wardline.sms.InDoubt;
import org.wardline.sms.SmsFormat;
import org.wardline.sms.SmsQueue;
import org.wardline.sms.SmsText;
import org.wardline.sms.TextTooLongException;

/**
 * Sends one text, segment by segment, and says what came of it. Runs on a virtual thread per text;
 * holds nothing but the text it sends.
 */
final class Submitter {
  private static final Logger log = LoggerFactory.getLogger(Submitter.class);

  /** Refusals "for now" (not throttling) before a text is given up. */
  private static final int MAX_TEMPORARY_REFUSALS = 5;

  private static final Duration FIRST_WAIT_AFTER_REFUSAL = Duration.ofMillis(500);

  /** The way to the carrier: {@link SmppSession#submit} outside of tests. */
  @FunctionalInterface
  interface Wire {
    SubmitResult submit(SubmitPdu pdu);
  }

  private final LinkSettings settings;
  private final SmsQueue queue;
  private final Supplier<@Nullable Wire> wire;
  private final Throttle throttle;
  private final Predicate<UUID> withdrawn;
  private final LateAnswers late;
  private final LongAdder accepted;
  private final LinkMetrics metrics;
  private final LinkErrors errors;
  private final Clock clock;
  private final Ticks ticks;
  private volatile boolean stopping;

  /**
   * @param withdrawn asked before every submit: whether the server has withdrawn the text meanwhile
   * @param late is told of answers that come late, and knows of earlier ones
   */
  Submitter(
      LinkSettings settings,
      SmsQueue queue,
      Supplier<@Nullable Wire> wire,
      Throttle throttle,
      Predicate<UUID> withdrawn,
      LateAnswers late,
      LongAdder accepted,
      LinkMetrics metrics,
      LinkErrors errors,
      Clock clock,
      Ticks ticks) {
    this.settings = settings;
    this.queue = queue;
    this.wire = wire;
    this.throttle = throttle;
    this.withdrawn = withdrawn;
    this.late = late;
    this.accepted = accepted;
    this.metrics = metrics;
    this.errors = errors;
    this.clock = clock;
    this.ticks = ticks;
  }

  /** Texts whose next segment has not been written yet go back to the queue, at once. */
  void stop() {
    stopping = true;
    ticks.stop();
  }

  /** Blocks until every segment is answered, or one is not. Never throws. */
  Attempt send(ClaimedText text) {
    SmsQueue.Opened opened;
    List<SmsText.Segment> segments;
    try {
      opened = queue.open(text.id(), text.sealed());
      segments = SmsText.of(opened.text(), format(text)).split(text.concatenationReference());
    } catch (TextTooLongException e) {
      return unreadable(text, "The text is too long to be sent. Shorten it.");
    } catch (RuntimeException | Error e) {
      log.warn("Text {} cannot be read: {}", text.id(), e.getMessage());
      log.debug("Text {}", text.id(), e);
      return unreadable(
          text,
          "The gateway could not read this text from the queue. Ask IT to look at the gateway's"
              + " log, then send it again.");
    }
    List<AcceptedSegment> accepted = new ArrayList<>();
    Outcome outcome;
    try {
      outcome = sendAll(text, opened, segments, accepted);
    } catch (RuntimeException | Error e) {
      // Wherever it came from, a segment may be with the carrier: to call the text failed could be
      // a lie, and to forget it would hold its place in the window for ever.
      log.error(
          "Text {}: the attempt broke off ({}), it may have been sent",
          text.id(),
          e.getClass().getSimpleName());
      // A library's message may quote a number.
      log.debug("Text {}", text.id(), e);
      outcome = new Outcome.MaybeSent();
    }
    return new Attempt(text, segments.size(), List.copyOf(accepted), outcome);
  }

  /** The link's own where it has one; else the line's, by which the composer counted. */
  private SmsFormat format(ClaimedText text) {
    return settings.wording().format().orElseGet(() -> text.format());
  }

  private Attempt unreadable(ClaimedText text, String why) {
    return new Attempt(
        text, text.acceptedSegments(), List.of(), new Outcome.Failed(why, clock.instant()));
  }

  private Outcome sendAll(
      ClaimedText text,
      SmsQueue.Opened opened,
      List<SmsText.Segment> segments,
      List<AcceptedSegment> accepted) {
    for (SmsText.Segment segment : segments) {
      if (segment.number() <= text.acceptedSegments()) {
        continue;
      }
      Outcome stopped = sendOne(text, opened, segment, accepted);
      // Once more after the attempt: an answer to the first one may have come while it ran.
      if (stopped != null && !isAnsweredLate(text, segment, accepted)) {
        return stopped;
      }
    }
    return new Outcome.Sent();
  }

  /** Whether the carrier has the segment from an earlier attempt, as its late answer says. */
  private boolean isAnsweredLate(
      ClaimedText text, SmsText.Segment segment, List<AcceptedSegment> accepted) {
    AcceptedSegment known = late.take(text.id(), segment.number());
    if (known == null) {
      return false;
    }
    accepted.add(known);
    return true;
  }

  /** Returns null when the carrier took the segment, else why the text goes no further. */
  private @Nullable Outcome sendOne(
      ClaimedText text,
      SmsQueue.Opened opened,
      SmsText.Segment segment,
      List<AcceptedSegment> accepted) {
    boolean fresh = accepted.isEmpty();
    int refusals = 0;
    if (fresh) {
      throttle.awaitTurnOf(text.recipient());
    }
    while (true) {
      throttle.await();
      if (isAnsweredLate(text, segment, accepted)) {
        return null;
      }
      Wire bound = wire.get();
      if (bound == null || stopping || withdrawn.test(text.id())) {
        return new Outcome.NotSent();
      }
      Instant now = clock.instant();
      if (fresh && !text.expiresAt().isAfter(now)) {
        return expired(text, now);
      }
      switch (submit(bound, text, pdu(text, opened, segment, now))) {
        case SubmitResult.Accepted taken -> {
          throttle.accepted();
          this.accepted.increment();
          metrics.submitted("accepted", taken.latency());
          accepted.add(accepted(text, opened.source(), segment.number(), taken));
          return null;
        }
        case SubmitResult.Refused refused when refused.throttled() -> {
          metrics.submitted("throttled");
          errors.add(now, CarrierWords.THROTTLED);
          throttle.refused();
        }
        case SubmitResult.Refused refused -> {
          boolean givenUp = refused.permanent() || refusals == MAX_TEMPORARY_REFUSALS;
          metrics.submitted(refused.permanent() ? "refused" : "refused for now");
          errors.add(now, CarrierWords.ofRefusalForOperators(refused));
          if (givenUp && text.mayBeDuplicate()) {
            return new Outcome.Doubtful(CarrierWords.REFUSED_AFTER_DOUBT, clock.instant());
          }
          if (givenUp) {
            return new Outcome.Failed(
                CarrierWords.ofRefusal(refused, segment.number(), segment.total()),
                clock.instant());
          }
          ticks.waitUntil(
              ticks.nanos() + FIRST_WAIT_AFTER_REFUSAL.multipliedBy(1L << refusals).toNanos());
          refusals++;
        }
        case SubmitResult.ConnectionLost lost -> {
          metrics.submitted(lost.written() ? "answer lost" : "not sent");
          return lost.written() ? new Outcome.MaybeSent() : new Outcome.NotSent();
        }
        case SubmitResult.TimedOut unanswered -> {
          metrics.submitted("answer lost");
          listen(unanswered.late(), text, opened.source(), segment.number(), segment.total());
          return new Outcome.MaybeSent();
        }
      }
    }
  }

  /**
   * A line that never sends twice by itself has the time to wait longer: its text keeps its place
   * in the window, and those behind it to the same number theirs, until the late answer, its limit,
   * a stop, or the end of the connection, on which alone it can come.
   */
  private SubmitResult submit(Wire bound, ClaimedText text, SubmitPdu pdu) {
    SubmitResult result = bound.submit(pdu);
    if (!(result instanceof SubmitResult.TimedOut unanswered)) {
      return result;
    }
    errors.add(clock.instant(), CarrierWords.NO_ANSWER);
    if (text.inDoubt() != InDoubt.QUERY) {
      return result;
    }
    CompletionStage<SubmitResult> awaited = unanswered.late();
    ticks.await(awaited, ticks.nanos() + settings.doubt().lateAnswerLimit().toNanos());
    return awaited.toCompletableFuture().getNow(result);
  }

  /** Is kept for as long as the connection: it must hold no number of a patient and no words. */
  private void listen(
      CompletionStage<SubmitResult> awaited,
      ClaimedText text,
      String source,
      int number,
      int total) {
    var _ =
        awaited.thenAccept(
            answer -> {
              if (answer instanceof SubmitResult.Accepted taken) {
                accepted.increment();
                metrics.submitted("accepted late");
                late.keep(
                    new LateAnswers.Answer(text, total, accepted(text, source, number, taken)));
              }
            });
  }

  private AcceptedSegment accepted(
      ClaimedText text, String source, int number, SubmitResult.Accepted taken) {
    return new AcceptedSegment(
        number,
        storable(text.id(), number, taken),
        taken.messageId(),
        source,
        text.claimedAt(),
        clock.instant());
  }

  private static Outcome expired(ClaimedText text, Instant now) {
    if (text.mayBeDuplicate()) {
      return new Outcome.Doubtful(CarrierWords.EXPIRED_AFTER_DOUBT, now);
    }
    return new Outcome.Expired(now);
  }

  private SubmitPdu pdu(
      ClaimedText text, SmsQueue.Opened opened, SmsText.Segment segment, Instant now) {
    Wording wording = settings.wording();
    return new SubmitPdu(
        opened.source(),
        opened.destination(),
        content(segment),
        wording.receipts(),
        wording.until(text.expiresAt(), now),
        wording.userMessageReference() ? text.userMessageReference() : null);
  }

  private static SubmitPdu.Content content(SmsText.Segment segment) {
    SarInfo part =
        switch (segment.carriage()) {
          case SmsText.Carriage.ShortMessage message -> null;
          case SmsText.Carriage.Sar sar -> new SarInfo(sar.reference(), sar.total(), sar.number());
          case SmsText.Carriage.Payload payload -> null;
        };
    return new SubmitPdu.Content(segment.udh(), segment.body(), segment.dataCoding(), part);
  }

  /** An empty or odd id cannot be matched; the text is still sent, its fate stays unknown. */
  private static String storable(UUID id, int number, SubmitResult.Accepted taken) {
    String smscId = CarrierWords.printable(MessageIds.normalise(taken.messageId()));
    return smscId.isEmpty() ? "none:" + id + ":" + number : smscId;
  }
}
