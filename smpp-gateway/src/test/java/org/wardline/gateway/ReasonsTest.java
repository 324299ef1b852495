package org.wardline.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.zaxxer.hikari.HikariDataSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.wardline.jdbc.Db;
import org.wardline.jdbc.Tx;
import org.wardline.sms.Reasons;
import org.wardline.sms.Reasons.Reason;
import org.wardline.sms.Reasons.Source;

class ReasonsTest {
  private final HikariDataSource pool =
      PostgresFixture.shared().pool(PostgresFixture.shared().freshDatabase(), "wardline_server", 1);
  private final Db db = new Db(pool);

  @AfterEach
  void end() {
    pool.close();
  }

  private static String words(Tx tx, String link, String code) {
    return Reasons.find(tx, link, List.of(code)).getOrDefault(code, "none");
  }

  @Test
  void a_links_own_words_come_before_those_for_every_link_and_the_usual_ones() {
    db.run(
        tx -> {
          String usual = words(tx, "one", "011");
          assertThat(usual).contains("cannot take texts");
          assertThat(words(tx, "one", "3/11")).isEqualTo(usual);
          assertThat(words(tx, "one", "2/11")).isEqualTo("none");
          Reasons.put(tx, Reasons.EVERY_LINK, "11", "For all.");
          Reasons.put(tx, "one", "0011", "First try.");
          Reasons.put(tx, "one", "0011", "For one.");
          assertThat(words(tx, "one", "011")).isEqualTo("For one.");
          assertThat(words(tx, "one", "3/11")).isEqualTo("For one.");
          assertThat(words(tx, "two", "11")).isEqualTo("For all.");
          assertThat(Reasons.list(tx, "one")).contains(new Reason("11", "For one.", Source.LINK));
          assertThat(Reasons.list(tx, "two"))
              .contains(new Reason("11", "For all.", Source.EVERY_LINK));
          assertThat(Reasons.remove(tx, "one", "11")).isTrue();
          assertThat(Reasons.remove(tx, "one", "11")).isFalse();
          assertThat(Reasons.remove(tx, Reasons.EVERY_LINK, "011")).isTrue();
          assertThat(words(tx, "one", "11")).isEqualTo(usual);
          assertThat(Reasons.list(tx, "one")).contains(new Reason("11", usual, Source.BUILT_IN));
          assertThat(Reasons.find(tx, "one", List.of("no-such"))).isEqualTo(Map.of());
        });
  }

  @Test
  void empty_and_endless_words_are_refused() {
    db.run(
        tx -> {
          assertThatIllegalArgumentException().isThrownBy(() -> Reasons.put(tx, "one", " ", "x"));
          assertThatIllegalArgumentException().isThrownBy(() -> Reasons.put(tx, "one", "1", " "));
          assertThatIllegalArgumentException()
              .isThrownBy(() -> Reasons.put(tx, "one", "1", "x".repeat(501)));
        });
  }
}
