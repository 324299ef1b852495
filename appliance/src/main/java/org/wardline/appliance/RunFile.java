package org.wardline.appliance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wardline.config.PrivateFile;
import org.wardline.config.Secret;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code run.json}: how tools and tests reach a running quick start. It exists exactly while
 * Wardline is ready, shows either the old or the new content, never half of it, and only its owner
 * may read it.
 */
record RunFile(
    int consolePort,
    int portalPort,
    int metricsPort,
    String smscHost,
    int smscPort,
    Optional<String> smscPage,
    RunAccess access,
    Cassandra cassandra,
    Postgres postgres,
    Pids pids) {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  record Cassandra(
      String contactPoint, int port, String datacenter, String username, Secret password) {}

  record Postgres(String jdbcUrl, String username, Secret password) {}

  record Pids(long server, long gateway, long postgres, long cassandra) {}

  RunFile withPids(Pids now) {
    return new RunFile(
        consolePort,
        portalPort,
        metricsPort,
        smscHost,
        smscPort,
        smscPage,
        access,
        cassandra,
        postgres,
        now);
  }

  String consoleUrl() {
    return "https://localhost:" + consolePort;
  }

  void write(Path file) throws IOException {
    PrivateFile.write(file, JSON.writeValueAsBytes(json()));
  }

  private Map<String, Object> json() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("console", consoleUrl());
    all.put("portal", "https://localhost:" + portalPort);
    all.put("api", consoleUrl() + "/api/v1");
    all.put("metrics", "http://127.0.0.1:%d/metrics".formatted(metricsPort));
    Map<String, Object> smsc = ordered("host", smscHost, "port", smscPort);
    smscPage.ifPresent(page -> smsc.put("page", page));
    all.put("smsc", smsc);
    all.put("users", access.users().stream().map(RunFile::json).toList());
    all.put("apiToken", access.apiToken().reveal());
    all.put(
        "cassandra",
        ordered(
            "contactPoint",
            cassandra.contactPoint(),
            "port",
            cassandra.port(),
            "datacenter",
            cassandra.datacenter(),
            "username",
            cassandra.username(),
            "password",
            cassandra.password().reveal()));
    all.put(
        "postgres",
        ordered(
            "jdbcUrl",
            postgres.jdbcUrl(),
            "username",
            postgres.username(),
            "password",
            postgres.password().reveal()));
    all.put(
        "pids",
        ordered(
            "server",
            pids.server(),
            "gateway",
            pids.gateway(),
            "postgres",
            pids.postgres(),
            "cassandra",
            pids.cassandra()));
    return all;
  }

  private static Map<String, Object> json(RunAccess.User user) {
    return ordered(
        "login",
        user.login(),
        "password",
        user.password().reveal(),
        "totpSecret",
        user.totpSecret().reveal(),
        "roles",
        List.copyOf(user.roles()));
  }

  private static Map<String, Object> ordered(Object... namesAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return map;
  }
}
