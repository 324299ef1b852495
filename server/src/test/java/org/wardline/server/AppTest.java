package org.wardline.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardline.metrics.Metrics;
import org.wardline.server.archive.ArchiveSettings;
import org.wardline.server.conversations.ConversationsFeature;
import org.wardline.server.conversations.Line;
import org.wardline.server.web.WebSettings;
import org.wardline.sms.SenderAddress;
import org.wardline.sms.TransportKeys;

class AppTest {
  private static final Set<String> WORK =
      Set.of(
          "acceptor",
          "sessions",
          "delivery-events",
          "inbound-texts",
          "old-keys",
          "archive",
          "certificates");

  @TempDir Path folder = Path.of("");

  private static List<String> work() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .map(Thread::getName)
        .filter(WORK::contains)
        .sorted()
        .collect(Collectors.toList());
  }

  @Test
  void a_start_that_fails_leaves_nothing_running() throws IOException {
    PostgresFixture.Database database = PostgresFixture.database();
    List<String> before = work();
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ServerSettings settings =
          new ServerSettings(
              database.server(),
              TransportKeys.loadOrCreate(folder.resolve("transport.key")),
              folder.resolve("root.key"),
              folder,
              ZoneId.of("America/Chicago"),
              new WebSettings("127.0.0.1", taken.getLocalPort(), 0, 0, folder.resolve("tls")),
              ServerSettings.IDLE_LOG_OFF,
              new ConversationsFeature.Settings(
                  true,
                  List.of(
                      new Line(
                          "main", "Main", SenderAddress.of("+13125550199"), "Lakeside Clinic")),
                  ConversationsFeature.Settings.MAX_WAITING_TEXTS,
                  Duration.ZERO),
              new ArchiveSettings("127.0.0.1", 1, "none", "nobody", () -> "", 1),
              Clock.systemUTC());
      assertThatThrownBy(() -> App.start(settings, new Metrics()).close())
          .isInstanceOf(RuntimeException.class);
    } finally {
      database.server().close();
    }
    assertThat(work()).isEqualTo(before);
  }
}
