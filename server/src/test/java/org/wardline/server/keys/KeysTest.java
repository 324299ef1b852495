package org.wardline.server.keys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardline.jdbc.Db;
import org.wardline.server.PostgresFixture;

/** A value belongs to one row and one patient, and an index tells nothing without its key. */
class KeysTest {
  private static final UUID ROW = new UUID(1, 1);
  private static final UUID OTHER_ROW = new UUID(1, 2);

  @TempDir Path dir = Path.of("");
  private final PostgresFixture.Database database = PostgresFixture.database();
  private final Db db = new Db(database.server());

  @AfterEach
  void close() {
    database.server().close();
  }

  /** As at a start of the server. */
  private SystemKeys open() {
    return SystemKeys.open(db, dir.resolve("root.key"));
  }

  private UUID patient(PatientKeys patients) {
    UUID id = UUID.randomUUID();
    PatientKeys.Fresh key = patients.generate(id);
    db.run(
        tx -> {
          tx.update(
              """
              INSERT INTO wardline.patient (id, sealed_profile, language, time_zone, known)
              VALUES (?, '', 'en', 'UTC', true)
              """,
              id);
          patients.store(tx, key);
        });
    return id;
  }

  @Test
  void a_value_opens_in_its_own_row_and_nowhere_else() {
    Sealer sealer = new PatientKeys(open()).generate(UUID.randomUUID()).sealer();
    byte[] sealed = sealer.seal("message", ROW, "words");
    assertThat(sealer.openText("message", ROW, sealed)).isEqualTo("words");
    assertThat(new String(sealed, UTF_8)).doesNotContain("words");
    assertThatThrownBy(() -> sealer.open("message", OTHER_ROW, sealed))
        .isInstanceOf(KeyException.class);
    assertThatThrownBy(() -> sealer.open("archive", ROW, sealed)).isInstanceOf(KeyException.class);
    sealed[sealed.length - 1] ^= 1;
    assertThatThrownBy(() -> sealer.open("message", ROW, sealed)).isInstanceOf(KeyException.class);
  }

  @Test
  void each_patient_has_a_key_of_their_own_that_stands_in_for_no_other() {
    PatientKeys patients = new PatientKeys(open());
    UUID ana = patient(patients);
    UUID ben = patient(patients);
    byte[] sealed =
        db.inTransaction(tx -> patients.of(tx, ana)).seal("message", ROW, "for Ana alone");
    assertThatThrownBy(
            () -> db.inTransaction(tx -> patients.of(tx, ben)).open("message", ROW, sealed))
        .isInstanceOf(KeyException.class);

    new Db(database.owner())
        .run(
            tx ->
                tx.update(
                    """
                    UPDATE wardline.patient_key k SET wrapped = other.wrapped
                    FROM wardline.patient_key other WHERE k.patient_id = ? AND other.patient_id = ?
                    """,
                    ben,
                    ana));
    PatientKeys afterRestart = new PatientKeys(open());
    assertThat(db.inTransaction(tx -> afterRestart.of(tx, ana)).openText("message", ROW, sealed))
        .isEqualTo("for Ana alone");
    assertThatThrownBy(() -> db.inTransaction(tx -> afterRestart.of(tx, List.of(ben))))
        .isInstanceOf(KeyException.class);
  }

  @Test
  void an_index_is_the_same_after_a_restart_and_another_elsewhere() {
    SystemKeys system = open();
    byte[] index = system.blindIndex("phone", "+13125550100");
    assertThat(index).hasSize(16);
    assertThat(open().blindIndex("phone", "+13125550100")).isEqualTo(index);
    assertThat(system.blindIndex("phone", "+13125550101")).isNotEqualTo(index);
    assertThat(system.blindIndex("external-id", "+13125550100")).isNotEqualTo(index);

    PostgresFixture.Database elsewhere = PostgresFixture.database();
    SystemKeys others = SystemKeys.open(new Db(elsewhere.server()), dir.resolve("other.key"));
    assertThat(others.blindIndex("phone", "+13125550100")).isNotEqualTo(index);
    elsewhere.server().close();
  }
}
