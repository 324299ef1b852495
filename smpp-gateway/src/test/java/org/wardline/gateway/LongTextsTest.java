package org.wardline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardline.gateway.LinkSettings.Receipts;
import org.wardline.gateway.LongTexts.Segment;
import org.wardline.gateway.LongTexts.Verdict;

class LongTextsTest {
  private static final UUID TEXT = new UUID(0, 1);

  /** One letter a segment: d(elivered), f(ailed), e(xpired), or - for no receipt. */
  private static List<Segment> segments(String states, int total, Optional<String> reported) {
    List<Segment> segments = new ArrayList<>();
    for (int i = 0; i < states.length(); i++) {
      Optional<String> state =
          switch (states.charAt(i)) {
            case 'd' -> Optional.of("delivered");
            case 'f' -> Optional.of("failed");
            case 'e' -> Optional.of("expired");
            default -> Optional.empty();
          };
      String detail =
          state.filter(s -> !s.equals("delivered")).map(s -> "It " + s + ".").orElse("");
      segments.add(new Segment(TEXT, i + 1, total, state, detail, Instant.EPOCH, reported, false));
    }
    return segments;
  }

  @ParameterizedTest
  @CsvSource({
    "ddd,PER_SEGMENT,delivered,''",
    "dd-,PER_SEGMENT,,",
    "dfd,PER_SEGMENT,failed,Part 2 of 3: It failed.",
    "ff-,PER_SEGMENT,failed,Parts 1 and 2 of 3: It failed.",
    "fff,PER_SEGMENT,failed,'Parts 1, 2 and 3 of 3: It failed.'",
    "e-f,PER_SEGMENT,failed,Part 3 of 3: It failed.",
    "d-e,PER_SEGMENT,expired,Part 3 of 3: It expired.",
    "-d-,PER_TEXT,delivered,''",
    "---,PER_TEXT,,",
    "--f,PER_TEXT,failed,Part 3 of 3: It failed.",
    "dd,PER_SEGMENT,,",
    "f,PER_SEGMENT,,",
  })
  void segments_fold_into_one_state(String states, Receipts receipts, String state, String detail) {
    Optional<Verdict> verdict = LongTexts.verdict(segments(states, 3, Optional.empty()), receipts);
    assertThat(verdict)
        .isEqualTo(state == null ? Optional.empty() : Optional.of(new Verdict(state, detail)));
  }

  @Test
  void what_was_told_is_told_again_only_when_it_arrived_after_all() {
    assertThat(LongTexts.news(segments("ddd", 3, Optional.of("delivered")), Receipts.PER_SEGMENT))
        .isEmpty();
    assertThat(LongTexts.news(segments("ddf", 3, Optional.of("expired")), Receipts.PER_SEGMENT))
        .isEmpty();
    assertThat(LongTexts.news(segments("ddf", 3, Optional.of("unknown")), Receipts.PER_SEGMENT))
        .contains(new Verdict("failed", "Part 3 of 3: It failed."));
    assertThat(LongTexts.news(segments("ddd", 3, Optional.of("failed")), Receipts.PER_SEGMENT))
        .contains(new Verdict("delivered", CarrierWords.DELIVERED_AFTER_ALL));
  }

  @Test
  void a_segment_sent_again_needs_to_arrive_once() {
    List<Segment> segments = new ArrayList<>(segments("fd", 2, Optional.empty()));
    segments.add(segments("d", 2, Optional.empty()).getFirst());
    assertThat(LongTexts.verdict(segments, Receipts.PER_SEGMENT))
        .contains(new Verdict("delivered", ""));
  }
}
