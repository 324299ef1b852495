package org.wardline.gateway.smpp;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.wardline.config.ConfigException;
import org.wardline.gateway.smpp.TransportSecurity.ClientCertificate;

/** The certificates and the key that a link's settings name, read and looked through. */
final class TlsFiles {
  private static final int MAX_BYTES = 1024 * 1024;
  private static final Pattern PKCS8 =
      Pattern.compile("-----BEGIN PRIVATE KEY-----(.*?)-----END PRIVATE KEY-----", Pattern.DOTALL);
  private static final List<String> KEY_KINDS = List.of("RSA", "EC", "Ed25519", "Ed448");

  private TlsFiles() {}

  /** Our certificate, its issuers, and its key. */
  record Identity(List<X509Certificate> chain, PrivateKey key) {
    @Override
    public String toString() {
      return "Identity[redacted]";
    }
  }

  /**
   * @param authorities null for the public ones
   * @param identity null when we show no certificate
   */
  record Read(@Nullable KeyStore authorities, @Nullable Identity identity) {}

  /**
   * @throws ConfigException says what to do about the file
   */
  static Read read(TransportSecurity.Tls tls) {
    Path ca = tls.ca();
    return new Read(ca == null ? null : authorities(ca), identity(tls.client()));
  }

  private static KeyStore authorities(Path file) {
    List<X509Certificate> certificates = certificates(file);
    if (certificates.stream().allMatch(c -> dateProblem(c) != null)) {
      throw new ConfigException(
          "Every certificate in "
              + file
              + " "
              + dateProblem(certificates.getFirst())
              + ". Ask the carrier for its present CA certificate.");
    }
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (int i = 0; i < certificates.size(); i++) {
        store.setCertificateEntry("ca-" + i, certificates.get(i));
      }
      return store;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("A key store in memory", e);
    }
  }

  private static @Nullable Identity identity(ClientCertificate client) {
    return switch (client) {
      case ClientCertificate.None none -> null;
      case ClientCertificate.Pem(Path chain, Path key) ->
          checked(new Identity(certificates(chain), privateKey(key)), chain + " and " + key);
      case ClientCertificate.Pkcs12 store -> checked(pkcs12(store), store.file().toString());
    };
  }

  private static Identity checked(Identity identity, String files) {
    X509Certificate own = identity.chain().getFirst();
    String problem = dateProblem(own);
    if (problem != null) {
      throw new ConfigException(
          "Our client certificate in "
              + files
              + " "
              + problem
              + ". Ask the carrier, or whoever issued it, for a new one.");
    }
    if (!belongs(own, identity.key())) {
      throw new ConfigException(
          "In "
              + files
              + " the key does not belong to the certificate. The certificate that belongs to the"
              + " key must come first in its file.");
    }
    return identity;
  }

  private static @Nullable String dateProblem(X509Certificate certificate) {
    try {
      certificate.checkValidity();
      return null;
    } catch (CertificateExpiredException e) {
      return "expired on " + certificate.getNotAfter().toInstant();
    } catch (CertificateNotYetValidException e) {
      return "is valid from " + certificate.getNotBefore().toInstant() + " only";
    }
  }

  /** Signs something with the one and checks it with the other. */
  private static boolean belongs(X509Certificate certificate, PrivateKey key) {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> "EdDSA";
        };
    try {
      byte[] probe = "wardline".getBytes(StandardCharsets.US_ASCII);
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(probe);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(probe);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static List<X509Certificate> certificates(Path file) {
    byte[] content = content(file);
    List<X509Certificate> certificates = new ArrayList<>();
    try {
      for (Certificate each :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(content))) {
        if (each instanceof X509Certificate certificate) {
          certificates.add(certificate);
        }
      }
    } catch (CertificateException e) {
      certificates.clear();
    }
    if (certificates.isEmpty()) {
      throw new ConfigException(
          file
              + " holds no readable certificate. It must be PEM, with lines \"-----BEGIN"
              + " CERTIFICATE-----\"; another form can be changed with: openssl x509 -in FILE -out"
              + " FILE.pem");
    }
    return certificates;
  }

  private static PrivateKey privateKey(Path file) {
    requirePrivate(file);
    String text = new String(content(file), StandardCharsets.ISO_8859_1);
    Matcher pkcs8 = PKCS8.matcher(text);
    if (!pkcs8.find()) {
      throw new ConfigException(
          file
              + " is not an unencrypted PKCS#8 key in PEM. Make one with: openssl pkcs8 -topk8 -nocrypt"
              + " -in FILE -out FILE.pem, or use a PKCS#12 file with a password.");
    }
    try {
      PKCS8EncodedKeySpec spec =
          new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pkcs8.group(1)));
      for (String kind : KEY_KINDS) {
        try {
          return KeyFactory.getInstance(kind).generatePrivate(spec);
        } catch (InvalidKeySpecException e) {
          // The next kind may fit.
        }
      }
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      // Told below; the exception could quote the key.
    }
    throw new ConfigException(file + " holds no RSA, EC or Ed25519 key that can be read.");
  }

  private static Identity pkcs12(ClientCertificate.Pkcs12 client) {
    requirePrivate(client.file());
    char[] password = client.password().reveal().toCharArray();
    try (InputStream in = new ByteArrayInputStream(content(client.file()))) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, password);
      for (String alias : Collections.list(store.aliases())) {
        Key key = store.getKey(alias, password);
        Certificate[] chain = store.getCertificateChain(alias);
        if (key instanceof PrivateKey own && chain != null) {
          List<X509Certificate> certificates = new ArrayList<>();
          for (Certificate each : chain) {
            certificates.add((X509Certificate) each);
          }
          return new Identity(certificates, own);
        }
      }
    } catch (IOException | GeneralSecurityException e) {
      throw new ConfigException(
          client.file() + " is not a PKCS#12 file, or its password is another one.");
    }
    throw new ConfigException(client.file() + " holds no key with its certificate.");
  }

  private static byte[] content(Path file) {
    try {
      if (!Files.isRegularFile(file)) {
        throw new ConfigException("The file " + file + " is missing.");
      }
      if (Files.size(file) > MAX_BYTES) {
        throw new ConfigException(
            "The file " + file + " is larger than " + MAX_BYTES + " bytes; is it the right one?");
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new ConfigException(
          "The file " + file + " cannot be read (" + e.getClass().getSimpleName() + ").");
    }
  }

  private static void requirePrivate(Path file) {
    try {
      if (Files.exists(file)
          && FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
          && !PosixFilePermissions.toString(Files.getPosixFilePermissions(file))
              .endsWith("------")) {
        throw new ConfigException(
            "The key in %s can be read by others. Run: chmod 600 %s".formatted(file, file));
      }
    } catch (IOException e) {
      throw new ConfigException(
          "The file " + file + " cannot be read (" + e.getClass().getSimpleName() + ").");
    }
  }
}
