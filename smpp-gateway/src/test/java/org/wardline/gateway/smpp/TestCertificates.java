package org.wardline.gateway.smpp;

import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority that lives as long as a test. */
final class TestCertificates {
  private static final AtomicLong SERIALS = new AtomicLong(1);
  private static final char[] PASSWORD = "store".toCharArray();

  /** A key with its certificate. */
  record Holder(KeyPair keys, X509Certificate certificate) {
    Path pem(Path file) throws IOException, CertificateEncodingException {
      return Files.writeString(file, block("CERTIFICATE", certificate.getEncoded()));
    }

    Path keyPem(Path file) throws IOException {
      Files.writeString(file, block("PRIVATE KEY", keys.getPrivate().getEncoded()));
      return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    Path pkcs12(Path file, String password) throws IOException, GeneralSecurityException {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "me", keys.getPrivate(), password.toCharArray(), new Certificate[] {certificate});
      try (OutputStream out = Files.newOutputStream(file)) {
        store.store(out, password.toCharArray());
      }
      return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
  }

  private final Holder authority;

  TestCertificates(String name) throws Exception {
    KeyPair keys = keys("EC");
    this.authority =
        new Holder(
            keys, sign(name, keys, null, keys, Instant.now().plus(Duration.ofDays(1)), true, null));
  }

  Holder authority() {
    return authority;
  }

  /** A certificate for that host, as a name or an address. */
  Holder issue(String host) throws Exception {
    return issue(host, "EC", Instant.now().plus(Duration.ofDays(1)));
  }

  Holder issue(String host, String algorithm, Instant end) throws Exception {
    KeyPair keys = keys(algorithm);
    int kind = host.matches("[0-9.]+") ? GeneralName.iPAddress : GeneralName.dNSName;
    return new Holder(
        keys,
        sign(
            host,
            keys,
            authority.certificate(),
            authority.keys(),
            end,
            false,
            new GeneralName(kind, host)));
  }

  private static KeyPair keys(String algorithm) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(algorithm.equals("RSA") ? 2048 : 256);
    return generator.generateKeyPair();
  }

  private static X509Certificate sign(
      String name,
      KeyPair subject,
      @org.jspecify.annotations.Nullable X509Certificate issuer,
      KeyPair issuerKeys,
      Instant end,
      boolean authority,
      @org.jspecify.annotations.Nullable GeneralName alternative)
      throws CertIOException, OperatorCreationException, GeneralSecurityException {
    X500Name subjectName = new X500Name("CN=" + name);
    X509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            issuer == null
                ? subjectName
                : X500Name.getInstance(issuer.getSubjectX500Principal().getEncoded()),
            BigInteger.valueOf(SERIALS.incrementAndGet()),
            Date.from(Instant.now().minus(Duration.ofDays(30))),
            Date.from(end),
            subjectName,
            subject.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
    if (alternative != null) {
      builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(alternative));
    }
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(
                new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKeys.getPrivate())));
  }

  private static String block(String what, byte[] der) {
    return "-----BEGIN "
        + what
        + "-----\n"
        + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der)
        + "\n-----END "
        + what
        + "-----\n";
  }

  /** A server with this certificate that trusts this authority's clients. */
  SSLContext server(Holder holder) throws Exception {
    KeyStore own = KeyStore.getInstance("PKCS12");
    own.load(null, null);
    own.setKeyEntry(
        "server", holder.keys().getPrivate(), PASSWORD, new Certificate[] {holder.certificate()});
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(own, PASSWORD);
    KeyStore clients = KeyStore.getInstance("PKCS12");
    clients.load(null, null);
    clients.setCertificateEntry("ca", authority.certificate());
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(clients);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }
}
