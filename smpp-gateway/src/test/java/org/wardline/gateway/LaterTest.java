package org.wardline.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.wardline.jdbc.Db;
import org.wardline.jdbc.DbException;
import org.wardline.jdbc.Tx;

/** {@code Tx.later}: statements that travel with those after them, on a real PostgreSQL. */
class LaterTest {
  private final HikariDataSource pool =
      PostgresFixture.shared()
          .pool(PostgresFixture.shared().freshDatabase(), "wardline_gateway", 1);
  private final Db db = new Db(pool);

  @BeforeEach
  void table() {
    db.run(tx -> tx.update("CREATE TEMPORARY TABLE note (n int PRIMARY KEY, words text)"));
  }

  @AfterEach
  void close() {
    pool.close();
  }

  private static void add(Tx tx, int n, String words) {
    tx.later("INSERT INTO note (n, words) VALUES (?, ?)", n, words);
  }

  private static List<String> notes(Tx tx) {
    return tx.query("SELECT words FROM note ORDER BY n", row -> row.string("words"));
  }

  @Test
  void a_query_sees_what_was_put_off_before_it_and_gets_its_own_rows() {
    List<String> seen =
        db.inTransaction(
            tx -> {
              add(tx, 1, "one");
              tx.later("SELECT words FROM note WHERE n = ?", 1);
              add(tx, 2, "two");
              return notes(tx);
            });
    assertThat(seen).containsExactly("one", "two");
  }

  @Test
  void an_update_says_how_many_rows_it_changed_itself() {
    int changed =
        db.inTransaction(
            tx -> {
              for (int n = 1; n <= 5; n++) {
                add(tx, n, "old");
              }
              return tx.update("UPDATE note SET words = ? WHERE n > ?", "new", 3);
            });
    assertThat(changed).isEqualTo(2);
  }

  @Test
  void what_nothing_comes_after_is_done_at_the_commit() {
    db.run(tx -> add(tx, 1, "one"));
    assertThat(db.inTransaction(LaterTest::notes)).containsExactly("one");
  }

  @Test
  void what_is_refused_later_undoes_the_whole_transaction() {
    db.run(tx -> add(tx, 1, "one"));
    assertThatThrownBy(
            () ->
                db.run(
                    tx -> {
                      add(tx, 2, "two");
                      add(tx, 1, "again");
                      add(tx, 3, "three");
                    }))
        .isInstanceOfSatisfying(
            DbException.class, e -> assertThat(e.violates("note_pkey")).isTrue());
    assertThat(db.inTransaction(LaterTest::notes)).containsExactly("one");
  }

  @Test
  void the_same_statements_again_and_again_are_prepared_by_the_driver_and_stay_right() {
    for (int n = 0; n < 20; n++) {
      int first = n * 2;
      db.run(
          tx -> {
            add(tx, first, "even");
            add(tx, first + 1, "odd");
            assertThat(notes(tx)).hasSize(first + 2);
          });
    }
  }
}
