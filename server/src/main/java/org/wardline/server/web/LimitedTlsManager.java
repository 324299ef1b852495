package org.wardline.server.web;

import io.helidon.common.tls.ConfiguredTlsManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/**
 * Limits a TLS listener's connections where they are accepted. Helidon 4.3.0 has a limit too, but
 * every failed handshake uses up one of its places for ever: two thousand port scans would shut the
 * console (ConnectionHandler returns without releasing; tested in {@code ListenersTest}).
 */
final class LimitedTlsManager extends ConfiguredTlsManager {
  private final ConnectionLimit limit;

  LimitedTlsManager(ConnectionLimit limit) {
    super("limited", "limited");
    this.limit = limit;
  }

  @Override
  public SSLContext sslContext() {
    SSLContext real = super.sslContext();
    return new SSLContext(new LimitedContext(real), real.getProvider(), real.getProtocol()) {};
  }

  private final class LimitedContext extends SSLContextSpi {
    private final SSLContext real;

    LimitedContext(SSLContext real) {
      this.real = real;
    }

    @Override
    protected void engineInit(KeyManager[] km, TrustManager[] tm, SecureRandom random) {
      throw new UnsupportedOperationException("made from an initialised context");
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
      return real.getSocketFactory();
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
      return new LimitedFactory(real.getServerSocketFactory());
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
      return real.createSSLEngine();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
      return real.createSSLEngine(host, port);
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
      return real.getServerSessionContext();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
      return real.getClientSessionContext();
    }

    @Override
    protected SSLParameters engineGetDefaultSSLParameters() {
      return real.getDefaultSSLParameters();
    }

    @Override
    protected SSLParameters engineGetSupportedSSLParameters() {
      return real.getSupportedSSLParameters();
    }
  }

  private final class LimitedFactory extends SSLServerSocketFactory {
    private final SSLServerSocketFactory real;

    LimitedFactory(SSLServerSocketFactory real) {
      this.real = real;
    }

    @Override
    public ServerSocket createServerSocket() throws IOException {
      return new LimitedServerSocket((SSLServerSocket) real.createServerSocket(), limit);
    }

    @Override
    public ServerSocket createServerSocket(int port) throws IOException {
      throw unbound();
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog) throws IOException {
      throw unbound();
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog, InetAddress address)
        throws IOException {
      throw unbound();
    }

    private static IOException unbound() {
      return new IOException("only unbound sockets are made here");
    }

    @Override
    public String[] getDefaultCipherSuites() {
      return real.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
      return real.getSupportedCipherSuites();
    }
  }
}
