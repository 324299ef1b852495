package org.wardline.gateway;

import java.time.Duration;
import org.wardline.gateway.smpp.SmppBind;

/**
 * One link to one carrier or gateway device.
 *
 * @param name the link's name in tables, metrics and logs; never changes once texts were sent
 * @param bind where and as whom, with the window: never more texts than this are on their way
 *     without a durable result, so never more than this can become duplicates after a crash
 * @param pace how fast it may send
 * @param routing which texts it is for
 * @param receipts how many receipts the carrier sends for a long text
 * @param wording how texts are said on the wire
 * @param doubt what is done to find out what became of a text
 * @param reassemblyLimit how long an incomplete inbound text waits for its missing parts
 * @param receiptLimit how long after a text's expiry a receipt may still come before its fate is
 *     called unknown
 * @param retention how long sent segments and unmatched receipts are kept
 * @param drainLimit how long a clean stop waits for answers under way
 */
public record LinkSettings(
    String name,
    SmppBind bind,
    Pace pace,
    Routing routing,
    Receipts receipts,
    Wording wording,
    Doubt doubt,
    Duration reassemblyLimit,
    Duration receiptLimit,
    Duration retention,
    Duration drainLimit) {
  /** What a carrier does with a text of several segments, each of which asks for a receipt. */
  public enum Receipts {
    /** One for each: the text is delivered when every segment is. */
    PER_SEGMENT,
    /** One for the whole, with the id of whichever segment the carrier chose. */
    PER_TEXT
  }

  /**
   * @param lateAnswerLimit how long a text of a line with {@code in-doubt: query} waits, after the
   *     response time-out, for an answer that comes late
   * @param queryAfter how long a segment is without a receipt before the carrier is asked about it
   *     (query_sm), and again; zero: never
   * @param resendAfter how long the link must have stood without a break before a text whose answer
   *     was lost is sent again on it: there is one second try, and a link that has just come back
   *     is the likeliest to go again
   */
  public record Doubt(Duration lateAnswerLimit, Duration queryAfter, Duration resendAfter) {
    public static final Doubt USUAL =
        new Doubt(Duration.ofSeconds(60), Duration.ofHours(1), Duration.ofSeconds(10));
  }

  private static final Duration REASSEMBLY_LIMIT = Duration.ofMinutes(10);
  private static final Duration RECEIPT_LIMIT = Duration.ofDays(3);
  private static final Duration RETENTION = Duration.ofDays(7);
  private static final Duration DRAIN_LIMIT = Duration.ofSeconds(10);

  public LinkSettings {
    if (!isName(name)) {
      throw new IllegalArgumentException(
          "A link's name has 1 to 32 small letters, digits and dashes, not \"" + name + "\".");
    }
  }

  static boolean isName(String name) {
    return name.matches("[a-z0-9][a-z0-9-]{0,31}");
  }

  /** The one link of a small practice: named "carrier", with the usual limits. */
  public static LinkSettings of(SmppBind bind) {
    return new LinkSettings(
        "carrier",
        bind,
        Pace.UNLIMITED,
        Routing.EVERYTHING,
        Receipts.PER_SEGMENT,
        Wording.USUAL,
        Doubt.USUAL,
        REASSEMBLY_LIMIT,
        RECEIPT_LIMIT,
        RETENTION,
        DRAIN_LIMIT);
  }

  public LinkSettings withName(String other) {
    return new LinkSettings(
        other,
        bind,
        pace,
        routing,
        receipts,
        wording,
        doubt,
        reassemblyLimit,
        receiptLimit,
        retention,
        drainLimit);
  }

  public LinkSettings withPace(Pace other) {
    return new LinkSettings(
        name,
        bind,
        other,
        routing,
        receipts,
        wording,
        doubt,
        reassemblyLimit,
        receiptLimit,
        retention,
        drainLimit);
  }

  public LinkSettings withRouting(Routing other) {
    return new LinkSettings(
        name,
        bind,
        pace,
        other,
        receipts,
        wording,
        doubt,
        reassemblyLimit,
        receiptLimit,
        retention,
        drainLimit);
  }

  public LinkSettings withWording(Wording other) {
    return new LinkSettings(
        name,
        bind,
        pace,
        routing,
        receipts,
        other,
        doubt,
        reassemblyLimit,
        receiptLimit,
        retention,
        drainLimit);
  }

  public LinkSettings withReassemblyLimit(Duration limit) {
    return new LinkSettings(
        name,
        bind,
        pace,
        routing,
        receipts,
        wording,
        doubt,
        limit,
        receiptLimit,
        retention,
        drainLimit);
  }

  public LinkSettings withDoubt(Doubt other) {
    return new LinkSettings(
        name,
        bind,
        pace,
        routing,
        receipts,
        wording,
        other,
        reassemblyLimit,
        receiptLimit,
        retention,
        drainLimit);
  }

  public LinkSettings withReceipts(Receipts how) {
    return new LinkSettings(
        name,
        bind,
        pace,
        routing,
        how,
        wording,
        doubt,
        reassemblyLimit,
        receiptLimit,
        retention,
        drainLimit);
  }
}
