package org.wardline.gateway.smpp;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyManagementException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * One side of one TLS handshake with a carrier: whom we trust, what we show, and afterwards in
 * words why it failed. JSSE's own messages help nobody who looks after a practice's server.
 */
final class TlsPeer {
  private static final Pattern ALERT = Pattern.compile("fatal alert: ([a-z_]+)");
  private static final String NO_TLS = "Unsupported or unrecognized SSL message";

  private final String where;
  private final String expectedName;
  private final TlsFiles.@Nullable Identity identity;
  private final SSLContext context;
  private volatile boolean certificateRequested;
  private volatile boolean nameIsWrong;

  /**
   * @param where host and port, for the words
   * @param expectedName what the carrier's certificate must name
   */
  TlsPeer(String where, String expectedName, TlsFiles.Read files) {
    this.where = where;
    this.expectedName = expectedName;
    this.identity = files.identity();
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(files.authorities());
      this.context = SSLContext.getInstance("TLS");
      context.init(
          new KeyManager[] {new OwnCertificate()},
          new TrustManager[] {
            new NameApart((X509ExtendedTrustManager) factory.getTrustManagers()[0])
          },
          null);
    } catch (KeyManagementException e) {
      throw new IllegalStateException("TLS could not be set up", e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This Java has no TLS", e);
    }
  }

  SSLContext context() {
    return context;
  }

  /** Whether the carrier wanted to see a certificate of ours. */
  boolean certificateRequested() {
    return certificateRequested;
  }

  /** JSSE checks chain and name in one go; apart from each other they need different advice. */
  private final class NameApart extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager whole;

    NameApart(X509ExtendedTrustManager whole) {
      this.whole = whole;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      try {
        whole.checkServerTrusted(chain, authType, socket);
      } catch (CertificateException e) {
        nameIsWrong = trustsChain(chain, authType);
        throw e;
      }
    }

    private boolean trustsChain(X509Certificate[] chain, String authType) {
      try {
        whole.checkServerTrusted(chain, authType);
        return true;
      } catch (CertificateException e) {
        return false;
      }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      throw new CertificateException("only sockets are used");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      throw new CertificateException("only sockets are used");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      throw new CertificateException("this side is the client");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      throw new CertificateException("this side is the client");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      throw new CertificateException("this side is the client");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return whole.getAcceptedIssuers();
    }
  }

  /**
   * Shows the one certificate there is. JSSE's own would hide it when the carrier's list of issuers
   * is empty or out of date, and nobody would see why.
   */
  private final class OwnCertificate extends X509ExtendedKeyManager {
    private static final String ALIAS = "own";

    @Override
    public @Nullable String chooseClientAlias(
        String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
      certificateRequested = true;
      if (identity != null) {
        for (String type : keyTypes) {
          if (type.equals(identity.key().getAlgorithm())) {
            return ALIAS;
          }
        }
      }
      return null;
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
      return identity == null ? null : identity.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
      return identity == null ? null : identity.key();
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
      return null;
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
      return null;
    }

    @Override
    public @Nullable String chooseServerAlias(
        String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return null;
    }
  }

  /** What went wrong, and what to do about it. */
  SmppException failure(SSLException e) {
    String message = String.valueOf(e.getMessage());
    if (message.contains(NO_TLS)) {
      return new SmppException(
          SmppException.Reason.BROKEN,
          0,
          where
              + " does not speak TLS. Many carriers have one port for TLS and another without; ask"
              + " the carrier for the one with TLS.",
          e);
    }
    return new SmppException(SmppException.Reason.UNTRUSTED, 0, words(e, message), e);
  }

  /**
   * The carrier hung up without a word of TLS that reached us. Some do so at a certificate they do
   * not like, and some words get lost when both sides write at once.
   */
  SmppException brokenOff(IOException e) {
    return certificateRequested
        ? new SmppException(SmppException.Reason.UNTRUSTED, 0, aboutOurCertificate(), e)
        : new SmppException(
            SmppException.Reason.BROKEN,
            0,
            where
                + " closed the connection while encryption was set up. It may not speak TLS on this"
                + " port; ask the carrier.",
            e);
  }

  private String words(SSLException e, String message) {
    Matcher alert = ALERT.matcher(message);
    if (alert.find()) {
      return refusedByPeer(alert.group(1));
    }
    if (nameIsWrong) {
      return "The certificate of "
          + where
          + " is for another name than "
          + expectedName
          + ". Connect to the name in the certificate, or set that name as the server name, if the"
          + " carrier confirms it.";
    }
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      String words =
          switch (cause) {
            case CertificateExpiredException expired ->
                "The certificate of "
                    + where
                    + " has expired. The carrier must renew it; if it has not expired, check this"
                    + " machine's clock.";
            case CertificateNotYetValidException early ->
                "The certificate of " + where + " is not valid yet. Check this machine's clock.";
            case CertPathValidatorException path
                when path.getReason()
                    == CertPathValidatorException.BasicReason.ALGORITHM_CONSTRAINED ->
                "The certificate of "
                    + where
                    + " uses cryptography that is too weak. The carrier must renew it.";
            default -> "";
          };
      if (!words.isEmpty()) {
        return words;
      }
    }
    if (anyCertificateProblem(e)) {
      return "The certificate of "
          + where
          + " comes from an authority that is not trusted here. Ask the carrier for its CA"
          + " certificate and name that file in the link's settings.";
    }
    return certificateRequested
        ? aboutOurCertificate()
        : "No encrypted connection with " + where + ": it broke off while it was set up.";
  }

  private static boolean anyCertificateProblem(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException || cause instanceof CertPathValidatorException) {
        return true;
      }
    }
    return false;
  }

  private String refusedByPeer(String alert) {
    return switch (alert) {
      case "protocol_version" ->
          where + " does not know TLS 1.2 or 1.3. Older versions are not safe; ask the carrier.";
      case "unrecognized_name" ->
          where + " does not know the name " + expectedName + ". Check it with the carrier.";
      case "handshake_failure", "insufficient_security" ->
          certificateRequested
              ? aboutOurCertificate()
              : where + " has no encryption in common with us. Ask the carrier.";
      default ->
          certificateRequested
              ? aboutOurCertificate()
              : where + " broke off the encrypted connection (" + alert + "). Ask the carrier.";
    };
  }

  private String aboutOurCertificate() {
    return identity == null
        ? where
            + " asks for a client certificate and the link has none. Get one from the carrier and"
            + " name it in the link's settings."
        : where
            + " does not accept our client certificate. Check with the carrier that it knows this"
            + " certificate and that it has not expired.";
  }
}
