package org.wardline.server;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardline.jdbc.Db;

/** What the running server's role may not do, even when somebody else speaks for it. */
class GrantsTest {
  private static PostgresFixture.Database database;

  @BeforeAll
  static void start() {
    database = PostgresFixture.database();
  }

  @AfterAll
  static void stop() {
    database.server().close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE wardline.message SET sealed_text = ''",
        "UPDATE wardline.message SET created_at = now()",
        "UPDATE wardline.account SET password_hash = ''",
        "UPDATE wardline.account SET roles = '{it}'",
        "UPDATE wardline.session SET account_id = NULL",
        "UPDATE wardline.system_key SET wrapped = ''",
        "UPDATE wardline.phone SET patient_id = NULL",
        "UPDATE wardline.conversation SET patient_id = NULL",
        "UPDATE wardline.consent_record SET state = 'granted'",
        "UPDATE wardline.audit_event SET detail = ''",
        "DELETE FROM wardline.audit_event",
        "DELETE FROM wardline.system_key",
        "DELETE FROM wardline.consent_record",
        "TRUNCATE wardline.audit_event",
        "UPDATE sms.link SET state = 'bound'",
        "UPDATE sms.test_text SET sent_by = ''",
        "INSERT INTO wardline.audit_event (actor_kind, actor_name, action, address, at)"
            + " VALUES ('system', 'x', 'x', 'x', '2020-01-01')",
        "INSERT INTO wardline.audit_event (actor_kind, actor_name, action, address, xid)"
            + " VALUES ('system', 'x', 'x', 'x', '1')",
      })
  void the_server_may_not(String sql) {
    assertThatThrownBy(() -> new Db(database.server()).run(tx -> tx.update(sql)))
        .hasMessageContaining("permission denied");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE wardline.message SET state = 'sent', may_be_duplicate = true",
        "UPDATE wardline.account SET failures = 0, last_sign_in_at = now()",
        "SELECT id FROM wardline.conversation FOR NO KEY UPDATE",
        "INSERT INTO wardline.audit_event (actor_kind, actor_name, action, address)"
            + " VALUES ('system', 'x', 'x', 'x')",
      })
  void the_server_may(String sql) {
    assertThatCode(
            () ->
                new Db(database.server())
                    .run(
                        tx -> {
                          if (sql.startsWith("SELECT")) {
                            tx.query(sql, row -> row.uuid("id"));
                          } else {
                            tx.update(sql);
                          }
                        }))
        .doesNotThrowAnyException();
  }
}
