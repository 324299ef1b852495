package org.wardline.appliance.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.util.Locale;
import javax.net.ssl.SSLContext;

/**
 * One connection that is kept open and asks one question at a time, over TLS and HTTP/1.1. It does
 * what a load needs and no more, so that on a machine that is shared with what is measured the
 * client takes as little of it as possible.
 */
final class WebClient implements Closeable {
  private static final int BUFFER = 4_096;

  private final Socket socket;
  private final OutputStream out;
  private final InputStream in;
  private final String path;
  private final String headers;

  /**
   * @param base where the interface begins
   * @param token of the client
   */
  WebClient(URI base, SSLContext tls, String token) throws IOException {
    this.socket = tls.getSocketFactory().createSocket(base.getHost(), base.getPort());
    socket.setTcpNoDelay(true);
    this.out = socket.getOutputStream();
    this.in = new BufferedInputStream(socket.getInputStream(), BUFFER);
    this.path = base.getPath();
    this.headers =
        "Host: "
            + base.getAuthority()
            + "\r\nAuthorization: Bearer "
            + token
            + "\r\nContent-Type: application/json\r\n";
  }

  /** Posts and returns the answer's status; its body is read and left. */
  int post(String resource, String idempotencyKey, String json) throws IOException {
    byte[] body = json.getBytes(UTF_8);
    byte[] head =
        ("POST "
                + path
                + resource
                + " HTTP/1.1\r\n"
                + headers
                + "Idempotency-Key: "
                + idempotencyKey
                + "\r\nContent-Length: "
                + body.length
                + "\r\n\r\n")
            .getBytes(ISO_8859_1);
    byte[] request = new byte[head.length + body.length];
    System.arraycopy(head, 0, request, 0, head.length);
    System.arraycopy(body, 0, request, head.length, body.length);
    out.write(request);
    out.flush();
    int status = Integer.parseInt(line().split(" ", 3)[1]);
    int length = 0;
    for (String line = line(); !line.isEmpty(); line = line()) {
      if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
        length = Integer.parseInt(line.substring(line.indexOf(':') + 1).strip());
      }
    }
    in.skipNBytes(length);
    return status;
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the server hung up in the middle of an answer");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
