package org.wardline.gateway.smpp;

import java.time.Duration;
import org.wardline.config.Secret;

/**
 * How to reach one SMSC, as whom, and how patient to be with it.
 *
 * @param windowSize unanswered submits allowed at once; never above what the carrier allows
 */
public record SmppBind(
    Transport transport,
    Account account,
    Mode mode,
    SmppVersion version,
    Addressing addressing,
    int windowSize,
    Timeouts timeouts) {
  public static final int MAX_WINDOW = 2_000;

  /** Registered for SMPP with IANA. */
  public static final int USUAL_PORT = 2775;

  private static final int USUAL_WINDOW = 100;

  /** Where the SMSC listens. */
  public record Transport(String host, int port, TransportSecurity security) {
    public Transport {
      if (port < 1 || port > 65_535) {
        throw new IllegalArgumentException("The SMSC's port must be 1 to 65535, not " + port + ".");
      }
    }

    @Override
    public String toString() {
      return host + ":" + port;
    }
  }

  /**
   * As whom to bind.
   *
   * @param systemType often empty; some carriers tell accounts apart by it
   */
  public record Account(String systemId, Secret password, String systemType) {}

  /** Which connections make a session. */
  public enum Mode {
    /** One, for both directions. SMPP 3.4 §2.2.3; devices of 3.3 do not know it. */
    TRANSCEIVER,
    /**
     * Two: texts go by the transmitter, texts and receipts come by the receiver. Both are bound, or
     * the session is over.
     */
    TRANSMITTER_AND_RECEIVER
  }

  /**
   * How addresses and texts are marked.
   *
   * @param addressRange for which numbers this session receives (SMPP 3.4 §5.2.7); mostly empty,
   *     the carrier knows
   * @param rangeType of the address range; {@code AUTO} is 0/0
   * @param serviceType of every submit (SMPP 3.4 §5.2.11); mostly empty
   */
  public record Addressing(
      AddressType source,
      AddressType destination,
      String addressRange,
      AddressType rangeType,
      String serviceType) {
    private static final int MAX_SERVICE_TYPE = 5;
    private static final int MAX_ADDRESS_RANGE = 40;

    public static final Addressing USUAL =
        new Addressing(AddressType.AUTO, AddressType.AUTO, "", AddressType.AUTO, "");

    public Addressing {
      if (serviceType.length() > MAX_SERVICE_TYPE) {
        throw new IllegalArgumentException(
            "The service type has at most " + MAX_SERVICE_TYPE + " characters.");
      }
      if (addressRange.length() > MAX_ADDRESS_RANGE) {
        throw new IllegalArgumentException(
            "The address range has at most " + MAX_ADDRESS_RANGE + " characters.");
      }
    }
  }

  /**
   * @param enquireLink silence after which the link is probed (SMPP 3.4 §4.11)
   * @param response longest wait for the answer to any request
   * @param bind longest wait for the answer to the bind
   * @param connect longest wait for the TCP connection, and again for the TLS handshake
   */
  public record Timeouts(Duration enquireLink, Duration response, Duration bind, Duration connect) {
    /** What suits most carriers. */
    public static final Timeouts USUAL =
        new Timeouts(
            Duration.ofSeconds(30),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(5));

    public Timeouts {
      requirePositive(enquireLink, "enquire-link interval");
      requirePositive(response, "response time-out");
      requirePositive(bind, "bind time-out");
      requirePositive(connect, "connect time-out");
    }

    private static void requirePositive(Duration duration, String what) {
      if (duration.toMillis() < 1 || duration.toDays() > 1) {
        throw new IllegalArgumentException(
            "The " + what + " must be between 1 ms and a day, not " + duration + ".");
      }
    }
  }

  public SmppBind {
    if (windowSize < 1 || windowSize > MAX_WINDOW) {
      throw new IllegalArgumentException(
          "The window must be 1 to " + MAX_WINDOW + " texts, not " + windowSize + ".");
    }
  }

  /** The values that suit most carriers: the defaults of the settings too. Not encrypted. */
  public static SmppBind of(String host, int port, String systemId, Secret password) {
    return new SmppBind(
        new Transport(host, port, new TransportSecurity.Plain()),
        new Account(systemId, password, ""),
        Mode.TRANSCEIVER,
        SmppVersion.SMPP_3_4,
        Addressing.USUAL,
        USUAL_WINDOW,
        Timeouts.USUAL);
  }

  public String host() {
    return transport.host();
  }

  public int port() {
    return transport.port();
  }

  public Duration responseTimeout() {
    return timeouts.response();
  }

  public SmppBind withSecurity(TransportSecurity security) {
    return new SmppBind(
        new Transport(transport.host(), transport.port(), security),
        account,
        mode,
        version,
        addressing,
        windowSize,
        timeouts);
  }

  public SmppBind withSystemType(String systemType) {
    return new SmppBind(
        transport,
        new Account(account.systemId(), account.password(), systemType),
        mode,
        version,
        addressing,
        windowSize,
        timeouts);
  }

  public SmppBind withMode(Mode how) {
    return new SmppBind(transport, account, how, version, addressing, windowSize, timeouts);
  }

  public SmppBind withVersion(SmppVersion asked) {
    return new SmppBind(transport, account, mode, asked, addressing, windowSize, timeouts);
  }

  public SmppBind withAddressing(Addressing marks) {
    return new SmppBind(transport, account, mode, version, marks, windowSize, timeouts);
  }

  public SmppBind withWindowSize(int size) {
    return new SmppBind(transport, account, mode, version, addressing, size, timeouts);
  }

  public SmppBind withTimeouts(Timeouts patience) {
    return new SmppBind(transport, account, mode, version, addressing, windowSize, patience);
  }

  /** Keeps the time-out of the connection. */
  public SmppBind withTimeouts(Duration enquireLink, Duration response, Duration bind) {
    return withTimeouts(new Timeouts(enquireLink, response, bind, timeouts.connect()));
  }
}
