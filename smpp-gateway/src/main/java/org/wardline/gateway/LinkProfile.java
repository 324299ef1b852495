package org.wardline.gateway;

import java.time.Duration;
import org.wardline.gateway.smpp.SmppBind;

/** What a link's settings are when nobody says otherwise; every one of them can be said. */
enum LinkProfile {
  /** A carrier's or an aggregator's SMSC. */
  CARRIER,
  /**
   * A device in the practice's network that speaks SMPP and sends through SIM cards. It takes few
   * texts at once, needs seconds for each, and a network takes about one in four seconds from a SIM
   * card before it suspects spam.
   */
  GSM_GATEWAY;

  private static final int DEVICE_WINDOW = 4;
  private static final Pace DEVICE_PACE = new Pace(0.25, 0);
  private static final Duration DEVICE_RESPONSE = Duration.ofSeconds(60);

  LinkSettings usual(SmppBind bind) {
    return switch (this) {
      case CARRIER -> LinkSettings.of(bind);
      case GSM_GATEWAY ->
          LinkSettings.of(
                  bind.withWindowSize(DEVICE_WINDOW)
                      .withTimeouts(
                          bind.timeouts().enquireLink(), DEVICE_RESPONSE, bind.timeouts().bind()))
              .withPace(DEVICE_PACE);
    };
  }
}
