package org.wardline.server.links;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.wardline.sms.LinkStatus;
import org.wardline.sms.Links.Want;
import org.wardline.sms.Links.Wanted;
import org.wardline.sms.Routes;

class LinkViewTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final Instant CONNECTED = NOW.minusSeconds(180);
  private static final Instant SAID = NOW.minusSeconds(2);

  private static LinkView link(String state, Want want) {
    return new LinkView(
        "carrier",
        Optional.of(
            new LinkStatus(
                "carrier",
                state,
                "",
                CONNECTED,
                NOW.minusSeconds(1),
                want,
                false,
                "smsc.example:2775",
                new Routes.Link("carrier", Set.of(), List.of("+"), 10, BigDecimal.ZERO, true),
                new LinkStatus.Figures(100, 0, 0, 0, List.of()))),
        Optional.of(new Wanted("carrier", Optional.empty(), want, SAID, "ines")),
        NOW);
  }

  @Test
  void a_link_is_paused_since_somebody_said_so_and_not_since_it_connected() {
    assertThat(link("bound", Want.PAUSE).since()).isEqualTo(SAID);
    assertThat(link("waiting", Want.PAUSE).since()).isEqualTo(SAID);
    assertThat(link("bound", Want.DRAIN).since()).isEqualTo(SAID);
    assertThat(link("stopped", Want.DRAIN).since()).isEqualTo(CONNECTED);
    assertThat(link("bound", Want.REMOVE).since()).isEqualTo(SAID);
  }

  @Test
  void a_link_that_sends_again_is_connected_as_long_as_before_and_says_when_it_was_let() {
    assertThat(link("bound", Want.RUN).since()).isEqualTo(CONNECTED);
    assertThat(link("bound", Want.RUN).changedAt()).isEqualTo(SAID);
  }
}
