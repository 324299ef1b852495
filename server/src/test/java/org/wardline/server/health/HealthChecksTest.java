package org.wardline.server.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.wardline.server.health.HealthFinding.Failed;
import org.wardline.server.health.HealthFinding.Ok;
import org.wardline.server.health.HealthFinding.Warn;
import org.wardline.server.links.StrandedTexts;
import org.wardline.sms.LinkStatus;
import org.wardline.sms.Links.Want;
import org.wardline.sms.Routes;
import org.wardline.sms.SmsQueue;

class HealthChecksTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  private static HealthFinding link(String state, int sinceSeconds, int seenSeconds) {
    return HealthChecks.links(List.of(link(state, sinceSeconds, seenSeconds, Want.RUN)), NOW);
  }

  private static LinkStatus link(String state, int sinceSeconds, int seenSeconds, Want want) {
    return new LinkStatus(
        "carrier",
        state,
        "detail",
        NOW.minusSeconds(sinceSeconds),
        NOW.minusSeconds(seenSeconds),
        want,
        false,
        "smsc.example:2775",
        new Routes.Link("carrier", Set.of(), List.of("+"), 10, BigDecimal.ZERO, true),
        new LinkStatus.Figures(100, 0, 0, 0, List.of()));
  }

  @Test
  void a_pause_of_the_only_link_is_a_failure_that_says_that_no_text_goes_out_and_where_to_end_it() {
    LinkStatus paused = link("bound", 1000, 2, Want.PAUSE);
    assertThat(HealthChecks.links(List.of(paused), NOW))
        .isInstanceOfSatisfying(
            Failed.class,
            failed -> {
              assertThat(failed.what())
                  .isEqualTo("No text goes out now: the only link, \"carrier\", is paused.");
              assertThat(failed.whatItMeans()).doesNotContain("another link");
              assertThat(failed.whatToDo())
                  .containsSubsequence(
                      "Let it send again", "/links", "wardline link resume carrier");
            });
    assertThat(HealthChecks.links(List.of(paused, paused), NOW))
        .isInstanceOfSatisfying(
            Failed.class, failed -> assertThat(failed.what()).contains("all 2 links are paused"));
  }

  @Test
  void a_paused_link_is_a_warning_and_a_drained_one_is_not_missed_while_another_runs() {
    assertThat(
            HealthChecks.links(
                List.of(link("bound", 1000, 2, Want.PAUSE), link("bound", 1000, 2, Want.RUN)), NOW))
        .isInstanceOf(Warn.class);
    LinkStatus drained = link("stopped", 1000, 500, Want.DRAIN);
    assertThat(HealthChecks.links(List.of(drained, link("bound", 1000, 2, Want.RUN)), NOW))
        .isInstanceOf(Ok.class);
    assertThat(HealthChecks.links(List.of(drained), NOW)).isInstanceOf(Failed.class);
  }

  @Test
  void a_bound_link_is_fine() {
    assertThat(link("bound", 1000, 2)).isInstanceOf(Ok.class);
  }

  @Test
  void a_link_nobody_wrote_about_lately_means_that_no_gateway_runs() {
    assertThat(link("bound", 1000, 60)).isInstanceOf(Failed.class);
    assertThat(HealthChecks.links(List.of(), NOW)).isInstanceOf(Failed.class);
  }

  @Test
  void a_link_that_is_down_for_a_moment_is_a_warning_and_then_a_failure() {
    assertThat(link("waiting", 5, 1)).isInstanceOf(Warn.class);
    assertThat(link("waiting", 300, 1)).isInstanceOf(Failed.class);
  }

  @Test
  void old_texts_in_the_queue_are_said_however_few() {
    assertThat(HealthChecks.queue(new SmsQueue.Depth(5_000, 10), 0)).isInstanceOf(Ok.class);
    assertThat(HealthChecks.queue(new SmsQueue.Depth(1, 120), 0)).isInstanceOf(Warn.class);
    assertThat(HealthChecks.queue(new SmsQueue.Depth(1, 3_600), 0)).isInstanceOf(Failed.class);
  }

  @Test
  void a_text_that_no_link_can_send_now_is_not_said_to_move() {
    assertThat(HealthChecks.queue(new SmsQueue.Depth(3, 5), 1))
        .isInstanceOfSatisfying(
            Warn.class,
            warn -> assertThat(warn.what()).isEqualTo("1 text waits that no link can send now."));
    assertThat(HealthChecks.queue(new SmsQueue.Depth(0, 0), 1)).isEqualTo(new Ok("none"));
  }

  @Test
  void texts_that_no_link_carries_are_said_before_they_expire() {
    assertThat(HealthChecks.stranded(List.of())).isInstanceOf(Ok.class);
    assertThat(HealthChecks.stranded(List.of(new StrandedTexts("main", "@gone", 1, 5))))
        .isInstanceOfSatisfying(
            Warn.class,
            warn ->
                assertThat(warn.what())
                    .isEqualTo("No link carries 1 text on line main for link gone alone."));
    assertThat(
            HealthChecks.stranded(
                List.of(
                    new StrandedTexts("main", "+", 4, 5),
                    new StrandedTexts("billing", "+44", 2, 300))))
        .isInstanceOfSatisfying(
            Failed.class,
            failed ->
                assertThat(failed.what())
                    .isEqualTo(
                        "No link carries 2 texts on line billing to numbers that begin with +44, nor"
                            + " 4 others that wait."));
  }

  @Test
  void a_text_that_nobody_has_seen_is_a_failure() {
    assertThat(HealthChecks.aside(new SmsQueue.Aside(0, 0))).isInstanceOf(Ok.class);
    assertThat(HealthChecks.aside(new SmsQueue.Aside(0, 3))).isInstanceOf(Warn.class);
    assertThat(HealthChecks.aside(new SmsQueue.Aside(2, 0)))
        .isInstanceOfSatisfying(
            Failed.class, f -> assertThat(f.what()).isEqualTo("2 texts could not be read."));
  }

  @Test
  void an_archive_behind_is_a_warning_because_nothing_is_lost() {
    assertThat(HealthChecks.archive(Duration.ofSeconds(10))).isInstanceOf(Ok.class);
    assertThat(HealthChecks.archive(Duration.ofHours(10))).isInstanceOf(Warn.class);
  }

  @Test
  void a_filling_disk_is_said_in_time() {
    assertThat(HealthChecks.disk(50, 100)).isInstanceOf(Ok.class);
    assertThat(HealthChecks.disk(10, 100)).isInstanceOf(Warn.class);
    assertThat(HealthChecks.disk(2, 100)).isInstanceOf(Failed.class);
  }

  @Test
  void one_failure_makes_the_whole_down_and_one_warning_makes_it_degraded() {
    HealthReport.Row ok = HealthReport.Row.of("a", new Ok("fine"));
    HealthReport.Row warn = HealthReport.Row.of("b", new Warn("w", "m", "d"));
    HealthReport.Row failed = HealthReport.Row.of("c", new Failed("f", "m", "d"));
    assertThat(new HealthReport(NOW, List.of(ok)).status()).isEqualTo("ok");
    assertThat(new HealthReport(NOW, List.of(ok, warn)).status()).isEqualTo("degraded");
    assertThat(new HealthReport(NOW, List.of(ok, warn, failed)).status()).isEqualTo("down");
  }
}
