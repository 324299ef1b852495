package org.wardline.gateway.smpp;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.wardline.config.ConfigException;
import org.wardline.config.Secret;

/** Whether and how the connection to the SMSC is encrypted. Nothing ever falls back to plain. */
public sealed interface TransportSecurity {
  /**
   * SMPP as it is: password, numbers and texts can be read on the way. For a VPN or a device in the
   * same room.
   */
  record Plain() implements TransportSecurity {}

  /**
   * TLS 1.2 or 1.3, with the server's name checked (RFC 9525; an IP address must stand in the
   * certificate as an IP address).
   *
   * @param ca a PEM file with the only authorities to trust, or the server's own certificate when
   *     it signs itself; null for the public authorities Java knows
   * @param client our certificate
   * @param serverName the name in the carrier's certificate where it is not the host one connects
   *     to, as through a VPN; null when it is
   */
  record Tls(@Nullable Path ca, ClientCertificate client, @Nullable String serverName)
      implements TransportSecurity {
    /** Trusts the public authorities and shows no certificate. */
    public static final Tls USUAL = new Tls(null, new ClientCertificate.None(), null);

    public Tls withCa(Path file) {
      return new Tls(file, client, serverName);
    }

    public Tls withClient(ClientCertificate certificate) {
      return new Tls(ca, certificate, serverName);
    }

    public Tls withServerName(String name) {
      return new Tls(ca, client, name);
    }
  }

  /** What we show to a carrier that wants to know who connects. */
  sealed interface ClientCertificate {
    record None() implements ClientCertificate {}

    /**
     * @param chain PEM, our certificate first, then its issuers
     * @param key PEM, PKCS#8 without a password; nobody but its owner may open the file
     */
    record Pem(Path chain, Path key) implements ClientCertificate {}

    /**
     * @param file PKCS#12 with one key; nobody but its owner may open it
     */
    record Pkcs12(Path file, Secret password) implements ClientCertificate {}
  }

  /**
   * What is wrong with the files named here, in words, or empty; for refusing a start. They are
   * read again for every connection, so that a renewed certificate needs no restart.
   */
  default Optional<String> problem() {
    return switch (this) {
      case Plain plain -> Optional.empty();
      case Tls tls -> {
        try {
          var _ = TlsFiles.read(tls);
          yield Optional.empty();
        } catch (ConfigException e) {
          yield Optional.of(String.valueOf(e.getMessage()));
        }
      }
    };
  }
}
