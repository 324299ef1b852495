package org.wardline.server.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardline.server.TestServer;

class LocalCaTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private final SecureRandom random = new SecureRandom();
  @TempDir Path folder;

  private LocalCa at(Instant now) {
    return new LocalCa(folder.resolve("tls"), InstantSource.fixed(now), random);
  }

  @Test
  void the_authority_and_the_certificate_outlive_a_restart() throws Exception {
    LocalCa first = at(NOW);
    X509Certificate served = first.serverIdentity().chain().getFirst();
    LocalCa second = at(NOW.plus(Duration.ofDays(300)));
    assertThat(second.certificate()).isEqualTo(first.certificate());
    assertThat(second.serverIdentity().chain().getFirst()).isEqualTo(served);
    served.verify(first.certificate().getPublicKey());
  }

  @Test
  void the_certificate_is_renewed_before_it_ends_under_the_same_authority() throws Exception {
    X509Certificate old = at(NOW).serverIdentity().chain().getFirst();
    LocalCa later = at(NOW.plus(Duration.ofDays(380)));
    X509Certificate renewed = later.serverIdentity().chain().getFirst();
    assertThat(renewed).isNotEqualTo(old);
    renewed.verify(at(NOW).certificate().getPublicKey());
    assertThat(renewed.getNotAfter().toInstant()).isAfter(old.getNotAfter().toInstant());
  }

  @Test
  void it_is_good_for_this_host_by_name_and_address() throws Exception {
    List<Object> names =
        at(NOW).serverIdentity().chain().getFirst().getSubjectAlternativeNames().stream()
            .<Object>map(entry -> entry.get(1))
            .toList();
    assertThat(names).contains("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1");
  }

  @Test
  void keys_are_for_their_owner_only_and_the_certificate_is_for_everybody() throws Exception {
    LocalCa ca = at(NOW);
    LocalCa.Identity ignored = ca.serverIdentity();
    for (String key : List.of("ca-key.pem", "server-key.pem")) {
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(folder.resolve("tls").resolve(key))))
          .isEqualTo("rw-------");
    }
    assertThat(Files.readString(ca.certificateFile())).startsWith("-----BEGIN CERTIFICATE-----");
  }

  @Test
  void a_damaged_key_file_is_said_with_what_to_do() throws Exception {
    LocalCa ignored = at(NOW);
    Files.writeString(folder.resolve("tls/ca-key.pem"), "nonsense");
    assertThatThrownBy(() -> at(NOW))
        .hasMessageContaining("ca-key.pem")
        .hasMessageContaining("Restore them from the backup");
  }

  @Test
  void the_running_server_takes_a_new_certificate_without_a_restart() throws Exception {
    try (TestServer server = new TestServer()) {
      X509Certificate before = served(server);
      Files.delete(server.folder.resolve("tls/server-key.pem"));
      server.app.web().reloadCertificates();
      assertThat(served(server)).isNotEqualTo(before);
    }
  }

  private static X509Certificate served(TestServer server) throws Exception {
    try (SSLSocket socket = server.rawConsole()) {
      socket.startHandshake();
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }
}
