package org.wardline.smsc;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.wardline.gateway.smpp.DeliverPdu;
import org.wardline.gateway.smpp.Tlv;
import org.wardline.sms.SmsText;

/** The people at the other end: what they send, and what the script makes them answer. */
final class Patients {
  /** Sent texts remembered for the page. */
  private static final int MAX_REMEMBERED = 10_000;

  private final Deliveries deliveries;
  private final SmscClock clock;
  private final List<PatientRule> rules;
  private final AtomicLong numbers;
  private final AtomicInteger references = new AtomicInteger();
  private final Deque<PatientText> sent = new ArrayDeque<>();

  /** The end of each patient's queue: texts of one phone arrive in the order they were sent. */
  private final Map<String, CompletableFuture<Void>> tails = new ConcurrentHashMap<>();

  Patients(Deliveries deliveries, SmscClock clock, List<PatientRule> rules, AtomicLong numbers) {
    this.deliveries = deliveries;
    this.clock = clock;
    this.rules = rules;
    this.numbers = numbers;
  }

  /** A phone got a whole text; the first rule that fits answers. */
  void received(CarriedText text) {
    for (PatientRule rule : rules) {
      if (rule.when().matcher(text.text()).find()) {
        clock.after(
            rule.delay(),
            () -> {
              var _ = send(text.destination(), text.source(), rule.answer());
            });
        return;
      }
    }
  }

  CompletableFuture<Void> send(String from, String to, String text) {
    return send(from, to, text, SmsText.of(text).split(nextReference()));
  }

  int nextReference() {
    return references.incrementAndGet() & 0xFF;
  }

  /** The parts in the order in which they shall arrive. */
  CompletableFuture<Void> send(
      String from, String to, String text, List<SmsText.Segment> segments) {
    List<DeliverPdu> pdus = segments.stream().map(s -> pdu(from, to, s)).toList();
    remember(
        new PatientText(numbers.incrementAndGet(), Instant.now(), from, to, text, segments.size()));
    return inOrder(from, pdus);
  }

  private static DeliverPdu pdu(String from, String to, SmsText.Segment segment) {
    int esmClass = segment.udh().length == 0 ? DeliverPdu.ESM_TEXT : DeliverPdu.ESM_TEXT_WITH_UDH;
    return switch (segment.carriage()) {
      case SmsText.Carriage.ShortMessage whole ->
          new DeliverPdu(from, to, esmClass, segment.dataCoding(), segment.octets(), List.of());
      case SmsText.Carriage.Sar sar ->
          new DeliverPdu(
              from,
              to,
              esmClass,
              segment.dataCoding(),
              segment.octets(),
              List.of(
                  new Tlv(
                      Tlv.SAR_MSG_REF_NUM,
                      new byte[] {(byte) (sar.reference() >> 8), (byte) sar.reference()}),
                  Tlv.octet(Tlv.SAR_TOTAL_SEGMENTS, sar.total()),
                  Tlv.octet(Tlv.SAR_SEGMENT_SEQNUM, sar.number())));
      case SmsText.Carriage.Payload all ->
          new DeliverPdu(
              from,
              to,
              esmClass,
              segment.dataCoding(),
              new byte[0],
              List.of(new Tlv(Tlv.MESSAGE_PAYLOAD, segment.octets())));
    };
  }

  CompletableFuture<Void> inOrder(String from, List<DeliverPdu> pdus) {
    CompletableFuture<Void> tail =
        tails.compute(
            from,
            (number, before) ->
                before == null
                    ? deliveries.deliver(pdus)
                    : before.exceptionally(e -> null).thenCompose(v -> deliveries.deliver(pdus)));
    var _ = tail.whenComplete((v, e) -> tails.remove(from, tail));
    return tail;
  }

  private void remember(PatientText text) {
    synchronized (sent) {
      sent.add(text);
      if (sent.size() > MAX_REMEMBERED) {
        sent.removeFirst();
      }
    }
  }

  List<PatientText> sent() {
    synchronized (sent) {
      return new ArrayList<>(sent);
    }
  }
}
