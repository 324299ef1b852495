package org.wardline.server.conversations;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardline.server.conversations.DeliveryWorld.Told;
import org.wardline.server.conversations.MessageSteps.Step;

/** Rows of {@code sms.event} become rows of a history, and those are read as the same steps. */
class MessageStepsTest {
  /** "a sent@4 claimed@3": text, state, and seconds after the start. */
  private static final Pattern ROW = Pattern.compile("(\\w+) (\\w+)@(\\d+)(?: claimed@(\\d+))?");

  private static DeliveryWorld world;

  @BeforeAll
  static void start(@TempDir Path dir) {
    world = new DeliveryWorld(dir);
  }

  @AfterAll
  static void stop() {
    world.close();
  }

  private static Told told(String row, Map<String, UUID> texts) {
    Matcher words = ROW.matcher(row.strip());
    assertThat(words.matches()).as(row).isTrue();
    UUID text = texts.computeIfAbsent(words.group(1), name -> world.message("out", "queued", ""));
    String claimed = words.group(4);
    return new Told(
        text,
        words.group(2),
        DeliveryWorld.START.plusSeconds(Long.parseLong(words.group(3))),
        claimed == null ? null : DeliveryWorld.START.plusSeconds(Long.parseLong(claimed)),
        false);
  }

  private static String read(UUID text) {
    return world.steps(text).stream()
        .map(
            step ->
                step.state()
                    + "@"
                    + step.at().minusSeconds(DeliveryWorld.START.getEpochSecond()).getEpochSecond())
        .collect(Collectors.joining(" "));
  }

  private static long rows(UUID text) {
    return world.db.inTransaction(
        tx ->
            tx.one(
                "SELECT count(*) AS n FROM wardline.message_history WHERE message_id = ?",
                row -> row.longValue("n"),
                text));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a usual text has one row for the wire and its answer | a sent@2 claimed@1 | a queued@0 submitting@1 sent@2 | 1
          nothing is known yet but that it is on the wire | a submitting@1 | a queued@0 submitting@1 | 1
          the answer comes in the next batch | a submitting@1; a sent@2 | a queued@0 submitting@1 sent@2 | 2
          sent again in one batch | a submitting@1, a queued@2, a sent@4 claimed@3 | a queued@0 submitting@1 queued@2 submitting@3 sent@4 | 2
          sent again with rows of their own | a submitting@1, a queued@2, a submitting@3, a sent@4 | a queued@0 submitting@1 queued@2 submitting@3 sent@4 | 2
          on the wire twice and nothing told of the first | a submitting@1, a submitting@3, a sent@4 | a queued@0 submitting@1 submitting@3 sent@4 | 2
          on the wire twice and nothing told at all | a submitting@1, a submitting@3 | a queued@0 submitting@1 submitting@3 | 2
          two texts between each other | a submitting@1, b submitting@2, b failed@3, a sent@4 | a queued@0 submitting@1 sent@4, b queued@0 submitting@2 failed@3 | 2
          a receipt that is told before the answer | a delivered@2, a sent@3 claimed@1 | a queued@0 delivered@2 submitting@1 sent@3 | 2
          """)
  void every_step_is_kept_in_the_order_in_which_it_was_told(
      String sentence, String batches, String expected, int expectedRows) {
    Map<String, UUID> texts = new LinkedHashMap<>();
    for (String batch : batches.split(";", -1)) {
      List<Told> told = new ArrayList<>();
      Arrays.stream(batch.split(",", -1)).forEach(row -> told.add(told(row, texts)));
      world.gatewayTells(told);
      assertThat(world.events.runOnce()).isPositive();
    }
    assertThat(
            texts.entrySet().stream()
                .map(text -> text.getKey() + " " + read(text.getValue()))
                .collect(Collectors.joining(", ")))
        .as(sentence)
        .isEqualTo(expected);
    assertThat(texts.values().stream().mapToLong(MessageStepsTest::rows).sum())
        .as(sentence)
        .isEqualTo(expectedRows);
  }

  @Test
  void a_text_from_a_patient_has_one_step_with_the_gateway_s_words_about_it() {
    UUID noted = world.message("in", "received", "It may be a repeat.");
    UUID plain = world.message("in", "received", "");
    assertThat(world.steps(noted))
        .containsExactly(new Step("received", DeliveryWorld.START, "It may be a repeat."));
    assertThat(world.steps(plain)).containsExactly(new Step("received", DeliveryWorld.START, ""));
    assertThat(rows(noted)).isZero();
  }
}
