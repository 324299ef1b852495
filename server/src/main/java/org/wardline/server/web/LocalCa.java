package org.wardline.server.web;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.wardline.config.ConfigException;
import org.wardline.config.PrivateFile;

/**
 * The appliance's own certificate authority, made at first start, and the server certificate it
 * signs (RFC 5280). Computers that trust {@code ca.pem} trust the appliance. The server certificate
 * is renewed by {@link #serverIdentity} when its end is near or the appliance's names changed.
 */
public final class LocalCa {
  private static final Duration CA_VALID = Duration.ofDays(3_650);

  /** Browsers refuse more than 398 days. */
  private static final Duration SERVER_VALID = Duration.ofDays(397);

  private static final Duration RENEW_BEFORE_END = Duration.ofDays(30);
  private static final Duration BACKDATED = Duration.ofHours(1);
  private static final int SERIAL_BITS = 120;
  private static final String SIGNATURE = "SHA256withECDSA";

  /** A private key with its certificate, then the CA's. */
  public record Identity(PrivateKey key, List<X509Certificate> chain) {
    @Override
    public String toString() {
      return "Identity[" + chain.getFirst().getSubjectX500Principal() + "]";
    }
  }

  private final Path folder;
  private final InstantSource clock;
  private final SecureRandom random;
  private final Identity ca;

  /** Reads the authority in {@code folder}, or makes one (folder 0700, keys 0600). */
  public LocalCa(Path folder, InstantSource clock, SecureRandom random) {
    this.folder = folder;
    this.clock = clock;
    this.random = random;
    try {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      this.ca = Files.exists(keyFile("ca")) ? read("ca") : makeCa();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The certificate that browsers and programs must trust, as a PEM file. */
  public Path certificateFile() {
    return certificateFile("ca");
  }

  public X509Certificate certificate() {
    return ca.chain().getFirst();
  }

  /** Key and certificate for this host, renewed when needed. */
  public synchronized Identity serverIdentity() {
    Set<String> names = names();
    if (Files.exists(keyFile("server"))) {
      Identity held = read("server");
      if (isGood(held.chain().getFirst(), names)) {
        return new Identity(held.key(), List.of(held.chain().getFirst(), certificate()));
      }
    }
    Identity fresh = makeServer(names);
    return new Identity(fresh.key(), List.of(fresh.chain().getFirst(), certificate()));
  }

  private boolean isGood(X509Certificate certificate, Set<String> names) {
    try {
      certificate.verify(certificate().getPublicKey());
      Set<String> held = new LinkedHashSet<>();
      if (certificate.getSubjectAlternativeNames() != null) {
        certificate
            .getSubjectAlternativeNames()
            .forEach(name -> held.add(canonical(String.valueOf(name.get(1)))));
      }
      return held.containsAll(names)
          && certificate.getNotAfter().toInstant().isAfter(clock.instant().plus(RENEW_BEFORE_END));
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static Set<String> names() {
    Set<String> names = new LinkedHashSet<>(List.of("localhost", "127.0.0.1", canonical("::1")));
    try {
      names.add(InetAddress.getLocalHost().getHostName());
    } catch (UnknownHostException e) {
      // A host without a resolvable name is reached as localhost or by its address.
    }
    return names;
  }

  /** One spelling per IPv6 address. */
  private static String canonical(String name) {
    return isAddress(name) ? InetAddress.ofLiteral(name).getHostAddress() : name;
  }

  private static boolean isAddress(String name) {
    return name.contains(":") || name.matches("[0-9.]+");
  }

  private Identity makeCa() {
    KeyPair pair = newPair();
    X500Name name = name("Wardline local authority " + Long.toHexString(random.nextLong()));
    X509v3CertificateBuilder builder = builder(name, name, pair, CA_VALID);
    try {
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      builder.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          new JcaX509ExtensionUtils().createSubjectKeyIdentifier(pair.getPublic()));
      return write("ca", pair.getPrivate(), sign(builder, pair.getPrivate()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private Identity makeServer(Set<String> names) {
    KeyPair pair = newPair();
    X500Name issuer = X500Name.getInstance(certificate().getSubjectX500Principal().getEncoded());
    X509v3CertificateBuilder builder =
        builder(issuer, name("Wardline appliance"), pair, SERVER_VALID);
    try {
      JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(
          Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          extensions.createAuthorityKeyIdentifier(certificate().getPublicKey()));
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(
              names.stream()
                  .map(
                      name ->
                          new GeneralName(
                              isAddress(name) ? GeneralName.iPAddress : GeneralName.dNSName, name))
                  .toArray(GeneralName[]::new)));
      return write("server", pair.getPrivate(), sign(builder, ca.key()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private KeyPair newPair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private X509v3CertificateBuilder builder(
      X500Name issuer, X500Name subject, KeyPair pair, Duration valid) {
    Instant now = clock.instant();
    return new JcaX509v3CertificateBuilder(
        issuer,
        new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS),
        Date.from(now.minus(BACKDATED)),
        Date.from(now.plus(valid)),
        subject,
        pair.getPublic());
  }

  private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key)
      throws CertificateException {
    try {
      ContentSigner signer = new JcaContentSignerBuilder(SIGNATURE).build(key);
      return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
    } catch (OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static X500Name name(String commonName) {
    return new X500NameBuilder().addRDN(BCStyle.CN, commonName).build();
  }

  private Path keyFile(String name) {
    return folder.resolve(name + "-key.pem");
  }

  private Path certificateFile(String name) {
    return folder.resolve(name + ".pem");
  }

  private Identity write(String name, PrivateKey key, X509Certificate certificate)
      throws IOException {
    // The certificate first: a key without certificate would be read as a whole identity.
    PrivateFile.writePublic(certificateFile(name), pem(certificate));
    PrivateFile.write(keyFile(name), pem(new JcaPKCS8Generator(key, null).generate()));
    return new Identity(key, List.of(certificate));
  }

  private static String pem(Object object) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    }
    return text.toString();
  }

  private Identity read(String name) {
    Path keyFile = keyFile(name);
    Path certificateFile = certificateFile(name);
    try (PEMParser keys = new PEMParser(new StringReader(Files.readString(keyFile)));
        PEMParser certificates =
            new PEMParser(new StringReader(Files.readString(certificateFile)))) {
      if (!(keys.readObject() instanceof PrivateKeyInfo key)
          || !(certificates.readObject() instanceof X509CertificateHolder holder)) {
        throw damaged(keyFile, certificateFile);
      }
      return new Identity(
          new JcaPEMKeyConverter().getPrivateKey(key),
          List.of(new JcaX509CertificateConverter().getCertificate(holder)));
    } catch (IOException | CertificateException e) {
      throw damaged(keyFile, certificateFile);
    }
  }

  private static ConfigException damaged(Path keyFile, Path certificateFile) {
    return new ConfigException(
        "The certificate files "
            + keyFile
            + " and "
            + certificateFile
            + " are damaged or incomplete. Restore them from the backup, or move them away to get"
            + " new ones (computers must then trust the new ca.pem).");
  }
}
