package org.wardline.server.web;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.util.Set;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** Passes everything on to a real TLS server socket, and closes what is accepted over the limit. */
final class LimitedServerSocket extends SSLServerSocket {
  private static final int SILENCE_MILLIS_MAX = 25_000;

  private final SSLServerSocket real;
  private final ConnectionLimit limit;

  LimitedServerSocket(SSLServerSocket real, ConnectionLimit limit) throws IOException {
    this.real = real;
    this.limit = limit;
  }

  @Override
  public Socket accept() throws IOException {
    while (true) {
      Socket socket = real.accept();
      if (limit.admit(socket)) {
        limitHandshake(socket);
        return socket;
      }
      // No farewell in TLS: it would cost as much as a handshake.
      socket.setSoLinger(true, 0);
      socket.close();
    }
  }

  /**
   * Until the handshake is done, a silent client is waited for this long per read. After it, HTTP/1
   * keeps the limit; HTTP/2 loses it, because a browser that only listens sends nothing for hours.
   */
  private static void limitHandshake(Socket socket) throws SocketException {
    socket.setSoTimeout(SILENCE_MILLIS_MAX);
    if (socket instanceof SSLSocket tls) {
      tls.addHandshakeCompletedListener(
          done -> {
            try {
              if ("h2".equals(done.getSocket().getApplicationProtocol())) {
                done.getSocket().setSoTimeout(0);
              }
            } catch (SocketException e) {
              // The connection has gone already.
            }
          });
    }
  }

  @Override
  public void bind(SocketAddress endpoint) throws IOException {
    real.bind(endpoint);
  }

  @Override
  public void bind(SocketAddress endpoint, int backlog) throws IOException {
    real.bind(endpoint, backlog);
  }

  @Override
  public void close() throws IOException {
    real.close();
  }

  @Override
  public boolean isBound() {
    return real.isBound();
  }

  @Override
  public boolean isClosed() {
    return real.isClosed();
  }

  @Override
  public int getLocalPort() {
    return real.getLocalPort();
  }

  @Override
  public InetAddress getInetAddress() {
    return real.getInetAddress();
  }

  @Override
  public @Nullable SocketAddress getLocalSocketAddress() {
    return real.getLocalSocketAddress();
  }

  @Override
  public <T> LimitedServerSocket setOption(SocketOption<T> name, T value) throws IOException {
    real.setOption(name, value);
    return this;
  }

  @Override
  public <T> T getOption(SocketOption<T> name) throws IOException {
    return real.getOption(name);
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() {
    return real.supportedOptions();
  }

  @Override
  public void setSoTimeout(int timeout) throws SocketException {
    real.setSoTimeout(timeout);
  }

  @Override
  public int getSoTimeout() throws IOException {
    return real.getSoTimeout();
  }

  @Override
  public void setReuseAddress(boolean on) throws SocketException {
    real.setReuseAddress(on);
  }

  @Override
  public boolean getReuseAddress() throws SocketException {
    return real.getReuseAddress();
  }

  @Override
  public void setReceiveBufferSize(int size) throws SocketException {
    real.setReceiveBufferSize(size);
  }

  @Override
  public int getReceiveBufferSize() throws SocketException {
    return real.getReceiveBufferSize();
  }

  @Override
  public SSLParameters getSSLParameters() {
    return real.getSSLParameters();
  }

  @Override
  public void setSSLParameters(SSLParameters parameters) {
    real.setSSLParameters(parameters);
  }

  @Override
  public String[] getEnabledCipherSuites() {
    return real.getEnabledCipherSuites();
  }

  @Override
  public void setEnabledCipherSuites(String[] suites) {
    real.setEnabledCipherSuites(suites);
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return real.getSupportedCipherSuites();
  }

  @Override
  public String[] getSupportedProtocols() {
    return real.getSupportedProtocols();
  }

  @Override
  public String[] getEnabledProtocols() {
    return real.getEnabledProtocols();
  }

  @Override
  public void setEnabledProtocols(String[] protocols) {
    real.setEnabledProtocols(protocols);
  }

  @Override
  public void setNeedClientAuth(boolean need) {
    real.setNeedClientAuth(need);
  }

  @Override
  public boolean getNeedClientAuth() {
    return real.getNeedClientAuth();
  }

  @Override
  public void setWantClientAuth(boolean want) {
    real.setWantClientAuth(want);
  }

  @Override
  public boolean getWantClientAuth() {
    return real.getWantClientAuth();
  }

  @Override
  public void setUseClientMode(boolean mode) {
    real.setUseClientMode(mode);
  }

  @Override
  public boolean getUseClientMode() {
    return real.getUseClientMode();
  }

  @Override
  public void setEnableSessionCreation(boolean flag) {
    real.setEnableSessionCreation(flag);
  }

  @Override
  public boolean getEnableSessionCreation() {
    return real.getEnableSessionCreation();
  }

  @Override
  public String toString() {
    return real.toString();
  }
}
