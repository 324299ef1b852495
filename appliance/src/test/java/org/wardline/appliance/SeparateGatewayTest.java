package org.wardline.appliance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeparateGatewayTest {
  @TempDir Path folder = Path.of("");

  @Test
  void a_restart_under_way_does_not_outlive_the_stop() {
    GatewayProcess gateway =
        new GatewayProcess(folder.resolve("gateway.yaml"), folder.resolve("key"), 1, folder);
    gateway.stop();
    assertThatThrownBy(gateway::start)
        .isInstanceOf(StartRefused.class)
        .hasMessageContaining("being stopped");
    assertThat(gateway.pid()).isZero();
    assertThat(folder).isEmptyDirectory();
  }
}
