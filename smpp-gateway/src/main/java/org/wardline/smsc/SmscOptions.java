package org.wardline.smsc;

import java.time.Duration;
import java.util.List;
import org.wardline.config.Secret;

/**
 * What kind of carrier the simulator plays. Everything listens on 127.0.0.1 only.
 *
 * @param port of SMPP; 0 takes any free one
 * @param httpPort of the page and REST control; 0 takes any free one, {@link #NO_HTTP} none
 * @param respondDelay from a submit to its response
 * @param receiptDelay from a submit to its receipt
 * @param receiptsBeforeResponse the receipt is delivered first, as overloaded carriers do
 * @param receiptPerSegment else one receipt, for a text's last segment
 * @param throttleEvery every n-th submit is answered ESME_RTHROTTLED; 0 for never
 * @param disconnectEvery on every n-th submit the connection is cut after the text was taken and
 *     before the response; 0 for never
 * @param carrierWindow unanswered submits a client may have, and deliveries under way to clients
 * @param logLimit segments remembered; the oldest are forgotten
 * @param patients the first rule that fits answers
 */
public record SmscOptions(
    int port,
    int httpPort,
    String systemId,
    Secret password,
    Duration respondDelay,
    Duration receiptDelay,
    ReceiptFormat receiptFormat,
    boolean receiptsBeforeResponse,
    boolean receiptPerSegment,
    int throttleEvery,
    int disconnectEvery,
    int carrierWindow,
    int logLimit,
    List<PatientRule> patients) {
  public static final int NO_HTTP = -1;
  public static final String DEFAULT_SYSTEM_ID = "wardline";
  public static final int MAX_LOG = 1_000_000;

  public SmscOptions {
    if (carrierWindow < 1 || logLimit < 1 || logLimit > MAX_LOG) {
      throw new IllegalArgumentException(
          "carrierWindow must be positive and logLimit 1 to " + MAX_LOG);
    }
    patients = List.copyOf(patients);
  }

  /** Free ports, no page, prompt receipts, silent patients. */
  public static SmscOptions forTests() {
    return new SmscOptions(
        0,
        NO_HTTP,
        DEFAULT_SYSTEM_ID,
        Secret.of("secret"),
        Duration.ZERO,
        Duration.ofMillis(5),
        ReceiptFormat.STANDARD,
        false,
        true,
        0,
        0,
        200,
        200_000,
        List.of());
  }

  /** Given ports, receipts after a second, patients who answer. */
  public static SmscOptions forDemo(int port, int httpPort, Secret password) {
    return forTests()
        .withPorts(port, httpPort)
        .withPassword(password)
        .withReceiptDelay(Duration.ofSeconds(1))
        .withPatients(PatientRule.FRIENDLY);
  }

  public SmscOptions withPorts(int smpp, int http) {
    return new SmscOptions(
        smpp,
        http,
        systemId,
        password,
        respondDelay,
        receiptDelay,
        receiptFormat,
        receiptsBeforeResponse,
        receiptPerSegment,
        throttleEvery,
        disconnectEvery,
        carrierWindow,
        logLimit,
        patients);
  }

  public SmscOptions withPassword(Secret secret) {
    return new SmscOptions(
        port,
        httpPort,
        systemId,
        secret,
        respondDelay,
        receiptDelay,
        receiptFormat,
        receiptsBeforeResponse,
        receiptPerSegment,
        throttleEvery,
        disconnectEvery,
        carrierWindow,
        logLimit,
        patients);
  }

  public SmscOptions withRespondDelay(Duration delay) {
    return new SmscOptions(
        port,
        httpPort,
        systemId,
        password,
        delay,
        receiptDelay,
        receiptFormat,
        receiptsBeforeResponse,
        receiptPerSegment,
        throttleEvery,
        disconnectEvery,
        carrierWindow,
        logLimit,
        patients);
  }

  public SmscOptions withReceiptDelay(Duration delay) {
    return new SmscOptions(
        port,
        httpPort,
        systemId,
        password,
        respondDelay,
        delay,
        receiptFormat,
        receiptsBeforeResponse,
        receiptPerSegment,
        throttleEvery,
        disconnectEvery,
        carrierWindow,
        logLimit,
        patients);
  }

  public SmscOptions withReceiptFormat(ReceiptFormat format) {
    return new SmscOptions(
        port,
        httpPort,
        systemId,
        password,
        respondDelay,
        receiptDelay,
        format,
        receiptsBeforeResponse,
        receiptPerSegment,
        throttleEvery,
        disconnectEvery,
        carrierWindow,
        logLimit,
        patients);
  }

  public SmscOptions withReceiptsBeforeResponse(boolean early) {
    return new SmscOptions(
        port,
        httpPort,
        systemId,
        password,
        respondDelay,
        receiptDelay,
        receiptFormat,
        early,
        receiptPerSegment,
        throttleEvery,
        disconnectEvery,
        carrierWindow,
        logLimit,
        patients);
  }

  public SmscOptions withReceiptPerSegment(boolean each) {
    return new SmscOptions(
        port,
        httpPort,
        systemId,
        password,
        respondDelay,
        receiptDelay,
        receiptFormat,
        receiptsBeforeResponse,
        each,
        throttleEvery,
        disconnectEvery,
        carrierWindow,
        logLimit,
        patients);
  }

  public SmscOptions withThrottleEvery(int submits) {
    return new SmscOptions(
        port,
        httpPort,
        systemId,
        password,
        respondDelay,
        receiptDelay,
        receiptFormat,
        receiptsBeforeResponse,
        receiptPerSegment,
        submits,
        disconnectEvery,
        carrierWindow,
        logLimit,
        patients);
  }

  public SmscOptions withDisconnectEvery(int submits) {
    return new SmscOptions(
        port,
        httpPort,
        systemId,
        password,
        respondDelay,
        receiptDelay,
        receiptFormat,
        receiptsBeforeResponse,
        receiptPerSegment,
        throttleEvery,
        submits,
        carrierWindow,
        logLimit,
        patients);
  }

  public SmscOptions withCarrierWindow(int unanswered) {
    return new SmscOptions(
        port,
        httpPort,
        systemId,
        password,
        respondDelay,
        receiptDelay,
        receiptFormat,
        receiptsBeforeResponse,
        receiptPerSegment,
        throttleEvery,
        disconnectEvery,
        unanswered,
        logLimit,
        patients);
  }

  public SmscOptions withLogLimit(int segments) {
    return new SmscOptions(
        port,
        httpPort,
        systemId,
        password,
        respondDelay,
        receiptDelay,
        receiptFormat,
        receiptsBeforeResponse,
        receiptPerSegment,
        throttleEvery,
        disconnectEvery,
        carrierWindow,
        segments,
        patients);
  }

  public SmscOptions withPatients(List<PatientRule> rules) {
    return new SmscOptions(
        port,
        httpPort,
        systemId,
        password,
        respondDelay,
        receiptDelay,
        receiptFormat,
        receiptsBeforeResponse,
        receiptPerSegment,
        throttleEvery,
        disconnectEvery,
        carrierWindow,
        logLimit,
        rules);
  }
}
