package org.wardline.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardline.config.Secret;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every tool and test finds Wardline by this file, so its keys are a promise. */
class RunFileTest {
  @TempDir Path dir = Path.of("");

  private static RunFile file(Optional<String> smscPage) {
    return new RunFile(
        8443,
        9443,
        9464,
        "127.0.0.1",
        2775,
        smscPage,
        new RunAccess(
            List.of(
                new RunAccess.User("dana", Secret.of("p1"), Secret.of("t1"), List.of("clinician"))),
            Secret.of("token")),
        new RunFile.Cassandra("127.0.0.1", 19042, "datacenter1", "archive", Secret.of("p2")),
        new RunFile.Postgres("jdbc:postgresql:x", "wardline_owner", Secret.of("p3")),
        new RunFile.Pids(1, 2, 3, 4));
  }

  private JsonNode written(Optional<String> smscPage) throws IOException {
    Path file = dir.resolve("run.json");
    file(smscPage).write(file);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    return JsonMapper.shared().readTree(Files.readString(file));
  }

  /** Every value under its path, such as {@code /pids/server=1}. */
  private static List<String> values(String path, JsonNode node) {
    if (node.isValueNode()) {
      return List.of(path + "=" + node.asString());
    }
    List<String> values = new ArrayList<>();
    if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        values.addAll(values(path + "/" + i, node.get(i)));
      }
    } else {
      node.properties()
          .forEach(entry -> values.addAll(values(path + "/" + entry.getKey(), entry.getValue())));
    }
    return values;
  }

  @Test
  void it_says_everything_that_tools_rely_on() throws IOException {
    assertThat(values("", written(Optional.of("http://127.0.0.1:8080/"))))
        .containsExactly(
            "/console=https://localhost:8443",
            "/portal=https://localhost:9443",
            "/api=https://localhost:8443/api/v1",
            "/metrics=http://127.0.0.1:9464/metrics",
            "/smsc/host=127.0.0.1",
            "/smsc/port=2775",
            "/smsc/page=http://127.0.0.1:8080/",
            "/users/0/login=dana",
            "/users/0/password=p1",
            "/users/0/totpSecret=t1",
            "/users/0/roles/0=clinician",
            "/apiToken=token",
            "/cassandra/contactPoint=127.0.0.1",
            "/cassandra/port=19042",
            "/cassandra/datacenter=datacenter1",
            "/cassandra/username=archive",
            "/cassandra/password=p2",
            "/postgres/jdbcUrl=jdbc:postgresql:x",
            "/postgres/username=wardline_owner",
            "/postgres/password=p3",
            "/pids/server=1",
            "/pids/gateway=2",
            "/pids/postgres=3",
            "/pids/cassandra=4");
  }

  @Test
  void with_a_real_carrier_there_is_no_page_to_play_patients_on() throws IOException {
    assertThat(written(Optional.empty()).path("smsc").has("page")).isFalse();
  }
}
