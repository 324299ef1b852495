package org.wardline.sms;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransportKeysTest {
  private static final UUID ROW = new UUID(1, 1);
  private static final UUID OTHER_ROW = new UUID(1, 2);

  @TempDir Path dir = Path.of("");

  private TransportKeys keys(String name) {
    return TransportKeys.loadOrCreate(dir.resolve(name));
  }

  @Test
  void what_is_sealed_for_one_row_opens_in_no_other() {
    TransportKeys keys = keys("transport.key");
    byte[] sealed = keys.seal("outbound", ROW, "+13125550100", "words");
    assertThat(new String(sealed, ISO_8859_1)).doesNotContain("words").doesNotContain("5550100");
    assertThat(keys("transport.key").openFields("outbound", ROW, sealed, 2))
        .containsExactly("+13125550100", "words");
    assertThatThrownBy(() -> keys.openFields("outbound", OTHER_ROW, sealed, 2))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> keys.openFields("inbound", ROW, sealed, 2))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> keys("other.key").openFields("outbound", ROW, sealed, 2))
        .isInstanceOf(IllegalStateException.class);
    sealed[sealed.length - 1] ^= 1;
    assertThatThrownBy(() -> keys.openFields("outbound", ROW, sealed, 2))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void a_hash_is_the_same_after_a_restart_and_another_under_another_key() {
    long hash = keys("transport.key").hash("+13125550100");
    assertThat(keys("transport.key").hash("+13125550100")).isEqualTo(hash);
    assertThat(keys("transport.key").hash("+13125550101")).isNotEqualTo(hash);
    assertThat(keys("other.key").hash("+13125550100")).isNotEqualTo(hash);
  }
}
