package org.wardline.gateway.smpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wardline.config.Secret;
import org.wardline.gateway.smpp.TransportSecurity.Tls;

/** A link that reconnects for years must leave no thread behind, whatever way a session ends. */
@Timeout(120)
class NothingStaysTest {
  /** Ours and jSMPP's; an idle pool has names like pool-7-thread-1. */
  private static final Pattern OURS =
      Pattern.compile(
          "\"(smpp-[a-z-]+|PDUReaderWorker-\\w+|EnquireLinkSender-\\w+|pool-\\d+-thread-\\d+)\"");

  private static final Pattern TID =
      Pattern.compile("\"tid\": \"?(\\d+)\"?,[^{}]*?\"name\": (\"[^\"]*\")");

  @TempDir Path folder;
  private int dumps;

  /** Virtual threads are in no other list. */
  private Set<String> threads() throws IOException {
    Path file = folder.resolve("threads-" + dumps++ + ".json");
    ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
        .dumpThreads(
            file.toAbsolutePath().toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.JSON);
    Set<String> found = new HashSet<>();
    Matcher thread = TID.matcher(Files.readString(file));
    while (thread.find()) {
      if (OURS.matcher(thread.group(2)).matches()) {
        found.add(thread.group(1) + " " + thread.group(2));
      }
    }
    return found;
  }

  private static SubmitPdu pdu() {
    return new SubmitPdu("72345", "+13125550100", new byte[0], new byte[] {'x'}, 0, true, null);
  }

  @Test
  void no_thread_outlives_its_session() throws Exception {
    Set<String> before = threads();
    TestCertificates carrier = new TestCertificates("Carrier CA");
    Tls tls = Tls.USUAL.withCa(carrier.authority().pem(folder.resolve("ca.pem")));
    RecordingInbound inbound = new RecordingInbound();
    try (RawSmsc plain = new RawSmsc();
        RawSmsc encrypted =
            new RawSmsc(
                carrier
                    .server(carrier.issue("127.0.0.1"))
                    .getServerSocketFactory()
                    .createServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      List<SmppBind> binds = new ArrayList<>();
      for (SmppBind.Mode mode : SmppBind.Mode.values()) {
        binds.add(plain.bind().withMode(mode));
        binds.add(encrypted.bind().withSecurity(tls).withMode(mode));
      }
      for (SmppBind bind : binds) {
        SmppBind brisk =
            bind.withTimeouts(Duration.ofMillis(50), Duration.ofSeconds(5), Duration.ofSeconds(5));
        try (SmppSession closed = SmppSession.bind(brisk, inbound)) {
          closed.submit(pdu());
          assertThat(threads()).anyMatch(t -> t.contains("smpp-watch"));
        }
        RawSmsc smsc = bind.port() == plain.port() ? plain : encrypted;
        smsc.peers.clear();
        try (SmppSession cut = SmppSession.bind(brisk, inbound)) {
          smsc.peer().socket.close();
          cut.closed().toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
        SmppBind hopeless =
            SmppBind.of("127.0.0.1", mute.getLocalPort(), "me", Secret.of("secret"))
                .withSecurity(bind.transport().security())
                .withMode(bind.mode())
                .withTimeouts(
                    new SmppBind.Timeouts(
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(5),
                        Duration.ofMillis(100),
                        Duration.ofMillis(100)));
        assertThatThrownBy(() -> SmppSession.bind(hopeless, inbound))
            .isInstanceOf(SmppException.class);
      }
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    Set<String> left = threads();
    left.removeAll(before);
    while (!left.isEmpty() && System.nanoTime() < deadline) {
      Thread.sleep(100);
      left = threads();
      left.removeAll(before);
    }
    assertThat(left).isEmpty();
  }
}
