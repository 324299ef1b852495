package org.wardline.gateway.smpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.wardline.gateway.smpp.FakeSmsc.next;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardline.config.Secret;
import org.wardline.gateway.smpp.SmppException.Reason;
import org.wardline.gateway.smpp.SubmitResult.Accepted;
import org.wardline.gateway.smpp.TransportSecurity.ClientCertificate;
import org.wardline.gateway.smpp.TransportSecurity.Tls;

/** TLS to the carrier: who is trusted, who is not, and what a person reads then. */
@Timeout(60)
class TlsTest {
  private static final String PASSWORD = "correct horse";

  @TempDir Path folder;
  private final TestCertificates carrier;
  private final TestCertificates stranger;
  private final RecordingInbound inbound = new RecordingInbound();
  private AutoCloseable toClose = () -> {};

  TlsTest() throws Exception {
    carrier = new TestCertificates("Carrier CA");
    stranger = new TestCertificates("Another CA");
  }

  @AfterEach
  void stop() throws Exception {
    toClose.close();
  }

  private Tls trusting(TestCertificates authority) throws Exception {
    return Tls.USUAL.withCa(authority.authority().pem(folder.resolve("ca.pem")));
  }

  private static SubmitPdu pdu() {
    return new SubmitPdu("72345", "+13125550100", new byte[0], new byte[140], 4, true, null);
  }

  /** A TLS server that counts the octets of SMPP it gets, and answers none. */
  private final class Counter implements AutoCloseable {
    final SSLServerSocket listener;
    final BlockingQueue<Integer> octets = new LinkedBlockingQueue<>();

    Counter(SSLContext context, boolean clientCertificate, String... protocols) throws IOException {
      listener =
          (SSLServerSocket)
              context
                  .getServerSocketFactory()
                  .createServerSocket(0, 5, InetAddress.getLoopbackAddress());
      listener.setNeedClientAuth(clientCertificate);
      if (protocols.length > 0) {
        listener.setEnabledProtocols(protocols);
      }
      toClose = this;
      Thread.ofVirtual().start(this::serve);
    }

    private void serve() {
      while (true) {
        int count = 0;
        try (Socket socket = listener.accept()) {
          try {
            InputStream in = socket.getInputStream();
            while (in.read() >= 0) {
              count++;
            }
          } catch (IOException e) {
            // A handshake that failed.
          }
          octets.add(count);
        } catch (IOException e) {
          return;
        }
      }
    }

    SmppBind bind(String host, TransportSecurity security) {
      return SmppBind.of(host, listener.getLocalPort(), "me", Secret.of("secret"))
          .withSecurity(security)
          .withTimeouts(Duration.ofSeconds(30), Duration.ofSeconds(20), Duration.ofSeconds(10));
    }

    @Override
    public void close() throws IOException {
      listener.close();
    }
  }

  private SmppException refused(SmppBind bind) {
    List<BindState> seen = new java.util.concurrent.CopyOnWriteArrayList<>();
    SmppException e =
        catchThrowableOfType(SmppException.class, () -> SmppSession.bind(bind, inbound, seen::add));
    // A server in TLS 1.3 that has refused us throws away what follows, so its count alone would
    // not show a bind that was written too early.
    assertThat(seen).noneMatch(s -> s instanceof BindState.Binding);
    return e;
  }

  private void assertUntrusted(Counter server, SmppBind bind, String words) throws Exception {
    SmppException e = refused(bind);
    assertThat(e.reason()).isEqualTo(Reason.UNTRUSTED);
    assertThat(e).hasMessageContaining(words);
    assertThat(next(server.octets)).isZero();
    assertThat(server.octets).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(SmppBind.Mode.class)
  void texts_go_both_ways_over_tls(SmppBind.Mode mode) throws Exception {
    for (String host : List.of("localhost", "127.0.0.1")) {
      FakeSmsc smsc = new FakeSmsc(new SmppServer.Tls(carrier.server(carrier.issue(host)), false));
      toClose = smsc;
      SmppBind bind =
          SmppBind.of(host, smsc.server.port(), "wardline", Secret.of("secret"))
              .withSecurity(trusting(carrier))
              .withMode(mode);
      try (SmppSession session = SmppSession.bind(bind, inbound)) {
        for (int i = 0; i < 200; i++) {
          assertThat(session.submit(pdu())).isInstanceOf(Accepted.class);
        }
        SmppServerSession peer = next(smsc.bound);
        SmppServerSession receiver = peer.isReceiver() ? peer : next(smsc.bound);
        DeliverPdu text = new DeliverPdu("+4915112345", "72345", 0, 4, new byte[] {'a'}, List.of());
        assertThat(receiver.deliver(text)).isEqualTo(new DeliverAnswer.Accepted());
        next(inbound.texts);
      }
      smsc.close();
    }
  }

  @Test
  void without_a_file_the_public_authorities_are_trusted_and_no_other() throws Exception {
    try (Counter server = new Counter(carrier.server(carrier.issue("localhost")), false)) {
      assertUntrusted(server, server.bind("localhost", Tls.USUAL), "authority that is not trusted");
    }
  }

  @Test
  void another_authority_than_the_named_one_is_not_trusted() throws Exception {
    try (Counter server = new Counter(carrier.server(carrier.issue("localhost")), false)) {
      assertUntrusted(
          server, server.bind("localhost", trusting(stranger)), "authority that is not trusted");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"smsc.example", "10.0.0.1"})
  void a_certificate_for_another_name_is_not_trusted(String name) throws Exception {
    try (Counter server = new Counter(carrier.server(carrier.issue(name)), false)) {
      assertUntrusted(
          server, server.bind("localhost", trusting(carrier)), "for another name than localhost");
      assertUntrusted(
          server, server.bind("127.0.0.1", trusting(carrier)), "for another name than 127.0.0.1");
    }
  }

  @Test
  void a_name_that_is_an_address_does_not_pass_for_the_address() throws Exception {
    // Only an iPAddress counts for a host that is one, not a common name that looks like it.
    TestCertificates named = new TestCertificates("127.0.0.1");
    try (Counter server = new Counter(named.server(named.authority()), false)) {
      assertUntrusted(
          server, server.bind("127.0.0.1", trusting(named)), "for another name than 127.0.0.1");
    }
  }

  @Test
  void the_expected_name_can_be_set_apart_from_the_host() throws Exception {
    FakeSmsc smsc =
        new FakeSmsc(new SmppServer.Tls(carrier.server(carrier.issue("smsc.example")), false));
    toClose = smsc;
    SmppBind bind =
        SmppBind.of("127.0.0.1", smsc.server.port(), "wardline", Secret.of("secret"))
            .withSecurity(trusting(carrier).withServerName("smsc.example"));
    try (SmppSession session = SmppSession.bind(bind, inbound)) {
      assertThat(session.isBound()).isTrue();
    }
  }

  @Test
  void a_device_that_signs_itself_can_be_pinned() throws Exception {
    TestCertificates device = new TestCertificates("localhost");
    FakeSmsc smsc = new FakeSmsc(new SmppServer.Tls(device.server(device.authority()), false));
    toClose = smsc;
    SmppBind bind =
        SmppBind.of("localhost", smsc.server.port(), "wardline", Secret.of("secret"))
            .withSecurity(trusting(device));
    try (SmppSession session = SmppSession.bind(bind, inbound)) {
      assertThat(session.isBound()).isTrue();
    }
  }

  @Test
  void an_expired_certificate_is_not_trusted() throws Exception {
    TestCertificates.Holder old =
        carrier.issue("localhost", "EC", Instant.now().minus(Duration.ofDays(1)));
    try (Counter server = new Counter(carrier.server(old), false)) {
      assertUntrusted(server, server.bind("localhost", trusting(carrier)), "has expired");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void a_carrier_that_wants_our_certificate_gets_no_bind_without_it(String protocol)
      throws Exception {
    try (Counter server = new Counter(carrier.server(carrier.issue("localhost")), true, protocol)) {
      assertUntrusted(
          server,
          server.bind("localhost", trusting(carrier)),
          "asks for a client certificate and the link has none");
      TestCertificates.Holder wrong = stranger.issue("practice");
      assertUntrusted(
          server,
          server.bind(
              "localhost",
              trusting(carrier)
                  .withClient(
                      new ClientCertificate.Pem(
                          wrong.pem(folder.resolve("wrong.pem")),
                          wrong.keyPem(folder.resolve("wrong.key"))))),
          "does not accept our client certificate");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"EC", "RSA"})
  void our_certificate_comes_from_pem_or_pkcs12(String algorithm) throws Exception {
    FakeSmsc smsc =
        new FakeSmsc(new SmppServer.Tls(carrier.server(carrier.issue("localhost")), true));
    toClose = smsc;
    TestCertificates.Holder own =
        carrier.issue("practice", algorithm, Instant.now().plus(Duration.ofDays(1)));
    List<ClientCertificate> both =
        List.of(
            new ClientCertificate.Pem(
                own.pem(folder.resolve("own.pem")), own.keyPem(folder.resolve("own.key"))),
            new ClientCertificate.Pkcs12(
                own.pkcs12(folder.resolve("own.p12"), PASSWORD), Secret.of(PASSWORD)));
    for (ClientCertificate client : both) {
      SmppBind bind =
          SmppBind.of("localhost", smsc.server.port(), "wardline", Secret.of("secret"))
              .withSecurity(trusting(carrier).withClient(client));
      try (SmppSession session = SmppSession.bind(bind, inbound)) {
        assertThat(session.submit(pdu())).isInstanceOf(Accepted.class);
      }
    }
  }

  @Test
  void old_tls_is_refused() throws Exception {
    // The JDK itself has switched 1.0 and 1.1 off, so this is what a ClientHello meets there.
    try (RawSmsc old = new RawSmsc()) {
      SmppBind bind = old.bind().withSecurity(trusting(carrier));
      var _ =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      // A fatal alert, protocol_version.
                      old.peer().write(RawSmsc.octets(21, 3, 1, 0, 2, 2, 70));
                    } catch (IOException | InterruptedException e) {
                      throw new IllegalStateException(e);
                    }
                  });
      SmppException e = refused(bind);
      assertThat(e.reason()).isEqualTo(Reason.UNTRUSTED);
      assertThat(e).hasMessageContaining("TLS 1.2 or 1.3");
    }
  }

  @Test
  void a_server_without_tls_is_not_spoken_to_in_the_clear() throws Exception {
    try (ServerSocket plain = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      BlockingQueue<byte[]> heard = new LinkedBlockingQueue<>();
      Thread.ofVirtual()
          .start(
              () -> {
                try (Socket socket = plain.accept()) {
                  byte[] first = socket.getInputStream().readNBytes(20);
                  socket
                      .getOutputStream()
                      .write(new RawSmsc.Pdu(RawSmsc.GENERIC_NACK, 2, 0, new byte[0]).octets());
                  socket.getOutputStream().flush();
                  heard.add(first);
                  heard.add(socket.getInputStream().readAllBytes());
                } catch (IOException e) {
                  heard.add(new byte[0]);
                }
              });
      SmppBind bind =
          SmppBind.of("localhost", plain.getLocalPort(), "me", Secret.of("secret"))
              .withSecurity(trusting(carrier));
      SmppException e = refused(bind);
      assertThat(e.reason()).isEqualTo(Reason.BROKEN);
      assertThat(e).hasMessageContaining("does not speak TLS");
      // A ClientHello, and then no password.
      assertThat(next(heard)[0]).isEqualTo((byte) 22);
      assertThat(new String(next(heard), java.nio.charset.StandardCharsets.ISO_8859_1))
          .doesNotContain("secret");
    }
  }

  @Test
  void a_server_that_says_nothing_times_out() throws Exception {
    try (ServerSocket mute = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      SmppBind.Timeouts usual = SmppBind.Timeouts.USUAL;
      SmppBind bind =
          SmppBind.of("localhost", mute.getLocalPort(), "me", Secret.of("secret"))
              .withSecurity(trusting(carrier))
              .withTimeouts(
                  new SmppBind.Timeouts(
                      usual.enquireLink(), usual.response(), usual.bind(), Duration.ofMillis(300)));
      SmppException e = refused(bind);
      assertThat(e.reason()).isEqualTo(Reason.TIMED_OUT);
      assertThat(e).hasMessageContaining("encryption");
    }
  }

  @Test
  void a_name_nobody_knows_is_unreachable() {
    SmppException e = refused(SmppBind.of("smsc.invalid", 2775, "me", Secret.of("secret")));
    assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE);
    assertThat(e).hasMessageContaining("DNS");
  }

  private void assertProblem(Tls tls, String words) {
    assertThat(tls.problem()).hasValueSatisfying(p -> assertThat(p).contains(words));
    SmppException e =
        refused(SmppBind.of("localhost", 1, "me", Secret.of("secret")).withSecurity(tls));
    assertThat(e.reason()).isEqualTo(Reason.MISCONFIGURED);
    assertThat(e).hasMessageContaining(words);
  }

  @Test
  void files_that_cannot_be_used_are_said_in_words_before_anybody_connects() throws Exception {
    TestCertificates.Holder own = carrier.issue("practice");
    TestCertificates.Holder other = carrier.issue("other");
    Path pem = own.pem(folder.resolve("own.pem"));
    Path key = own.keyPem(folder.resolve("own.key"));
    assertThat(trusting(carrier).withClient(new ClientCertificate.Pem(pem, key)).problem())
        .isEmpty();
    assertThat(Tls.USUAL.problem()).isEmpty();
    assertThat(new TransportSecurity.Plain().problem()).isEmpty();

    assertProblem(Tls.USUAL.withCa(folder.resolve("none.pem")), "none.pem is missing");
    assertProblem(Tls.USUAL.withCa(key), "holds no readable certificate");
    Path expired =
        carrier
            .issue("old", "EC", Instant.now().minus(Duration.ofDays(2)))
            .pem(folder.resolve("old.pem"));
    assertProblem(Tls.USUAL.withCa(expired), "expired on");
    assertProblem(
        Tls.USUAL.withClient(
            new ClientCertificate.Pem(pem, other.keyPem(folder.resolve("other.key")))),
        "does not belong to the certificate");
    assertProblem(Tls.USUAL.withClient(new ClientCertificate.Pem(pem, pem)), "chmod 600");
    Path openssl =
        Files.writeString(
            folder.resolve("openssl.key"),
            "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n");
    Files.setPosixFilePermissions(openssl, PosixFilePermissions.fromString("rw-------"));
    assertProblem(
        Tls.USUAL.withClient(new ClientCertificate.Pem(pem, openssl)), "openssl pkcs8 -topk8");
    Path store = own.pkcs12(folder.resolve("own.p12"), PASSWORD);
    assertProblem(
        Tls.USUAL.withClient(new ClientCertificate.Pkcs12(store, Secret.of("wrong"))),
        "its password is another one");
  }

  @Test
  void a_record_that_comes_octet_by_octet_and_slower_than_the_interval_is_read_whole()
      throws Exception {
    SSLContext context = carrier.server(carrier.issue("localhost"));
    try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        TrickleProxy proxy = new TrickleProxy(listener.getLocalPort())) {
      Thread.ofVirtual()
          .start(
              () -> {
                try (Socket raw = listener.accept();
                    SSLSocket socket =
                        (SSLSocket) context.getSocketFactory().createSocket(raw, null, true)) {
                  java.io.DataInputStream in = new java.io.DataInputStream(socket.getInputStream());
                  in.readNBytes(in.readInt() - 4);
                  socket
                      .getOutputStream()
                      .write(
                          new RawSmsc.Pdu(
                                  RawSmsc.BIND_TRANSCEIVER | RawSmsc.RESPONSE,
                                  0,
                                  1,
                                  RawSmsc.text("s"))
                              .octets());
                  proxy.slow = true;
                  socket
                      .getOutputStream()
                      .write(
                          new RawSmsc.Pdu(
                                  RawSmsc.DELIVER_SM, 0, 1, RawSmsc.deliver("", new byte[] {'a'}))
                              .octets());
                  while (in.read() >= 0) {
                    // Until the client leaves.
                  }
                } catch (IOException e) {
                  // The end.
                }
              });
      SmppBind bind =
          SmppBind.of("localhost", proxy.port(), "me", Secret.of("secret"))
              .withSecurity(trusting(carrier))
              .withTimeouts(Duration.ofMillis(50), Duration.ofSeconds(10), Duration.ofSeconds(10));
      try (SmppSession session = SmppSession.bind(bind, inbound)) {
        next(inbound.texts);
        assertThat(session.isBound()).isTrue();
      }
    }
  }
}
