package org.wardline.gateway.smpp;

import java.time.Duration;
import org.wardline.config.Secret;

/**
 * How to reach one SMSC and how patient to be with it.
 *
 * @param systemType often empty; some carriers tell accounts apart by it
 * @param windowSize unanswered submits allowed at once; never above what the carrier allows
 * @param enquireLinkInterval silence after which the link is probed (SMPP 3.4 §4.11)
 * @param responseTimeout longest wait for the answer to any request
 * @param bindTimeout longest wait for the answer to the bind
 * @param connectTimeout longest wait for the TCP connection
 */
public record SmppBind(
    String host,
    int port,
    String systemId,
    Secret password,
    String systemType,
    int windowSize,
    Duration enquireLinkInterval,
    Duration responseTimeout,
    Duration bindTimeout,
    Duration connectTimeout) {
  public static final int MAX_WINDOW = 2_000;

  /** Registered for SMPP with IANA. */
  public static final int USUAL_PORT = 2775;

  private static final int USUAL_WINDOW = 100;

  public SmppBind {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("The SMSC's port must be 1 to 65535, not " + port + ".");
    }
    if (windowSize < 1 || windowSize > MAX_WINDOW) {
      throw new IllegalArgumentException(
          "The window must be 1 to " + MAX_WINDOW + " texts, not " + windowSize + ".");
    }
    requirePositive(enquireLinkInterval, "enquire-link interval");
    requirePositive(responseTimeout, "response time-out");
    requirePositive(bindTimeout, "bind time-out");
    requirePositive(connectTimeout, "connect time-out");
  }

  private static void requirePositive(Duration duration, String what) {
    if (duration.toMillis() < 1 || duration.toDays() > 1) {
      throw new IllegalArgumentException(
          "The " + what + " must be between 1 ms and a day, not " + duration + ".");
    }
  }

  /** The window and the time-outs that suit most carriers: the defaults of the settings too. */
  public static SmppBind of(String host, int port, String systemId, Secret password) {
    return new SmppBind(
        host,
        port,
        systemId,
        password,
        "",
        USUAL_WINDOW,
        Duration.ofSeconds(30),
        Duration.ofSeconds(10),
        Duration.ofSeconds(10),
        Duration.ofSeconds(5));
  }

  public SmppBind withWindowSize(int size) {
    return new SmppBind(
        host,
        port,
        systemId,
        password,
        systemType,
        size,
        enquireLinkInterval,
        responseTimeout,
        bindTimeout,
        connectTimeout);
  }

  public SmppBind withTimeouts(Duration enquireLink, Duration response, Duration bind) {
    return new SmppBind(
        host,
        port,
        systemId,
        password,
        systemType,
        windowSize,
        enquireLink,
        response,
        bind,
        connectTimeout);
  }
}
