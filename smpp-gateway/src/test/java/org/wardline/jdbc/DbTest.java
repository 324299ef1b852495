package org.wardline.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class DbTest {
  private final List<String> calls = new ArrayList<>();

  /** A connection that does nothing and remembers what it was asked. */
  private DataSource dataSource() {
    Connection connection =
        fake(
            Connection.class,
            name -> {
              calls.add(name);
              return null;
            });
    return fake(DataSource.class, name -> connection);
  }

  private interface Answer {
    @org.jspecify.annotations.Nullable
    Object to(String method);
  }

  private static <T> T fake(Class<T> type, Answer answer) {
    return type.cast(
        Proxy.newProxyInstance(
            DbTest.class.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> answer.to(method.getName())));
  }

  private static String work(Tx tx, List<String> done) {
    tx.afterCommit(
        () -> {
          throw new IllegalStateException("a patient's words");
        });
    tx.afterCommit(() -> done.add("second"));
    return "result";
  }

  @Test
  void a_failing_action_after_the_commit_does_not_look_like_a_failed_transaction() {
    List<String> done = new ArrayList<>();
    String result = new Db(dataSource()).inTransaction(tx -> work(tx, done));
    assertThat(result).isEqualTo("result");
    assertThat(done).containsExactly("second");
    assertThat(calls).contains("commit").doesNotContain("rollback");
  }

  @Test
  void on_a_held_connection_neither() {
    List<String> done = new ArrayList<>();
    HeldConnection held = new HeldConnection(dataSource());
    assertThat(held.<String>inTransaction(tx -> work(tx, done))).isEqualTo("result");
    assertThat(done).containsExactly("second");
  }

  @Test
  void a_null_where_none_may_be_is_no_reason_to_try_again() {
    Row row = new Row(fake(ResultSet.class, name -> null));
    assertThatThrownBy(() -> row.string("name"))
        .isNotInstanceOf(DbException.class)
        .hasMessage("column name is NULL");
  }
}
