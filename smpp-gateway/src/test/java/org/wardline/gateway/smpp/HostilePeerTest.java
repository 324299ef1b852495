package org.wardline.gateway.smpp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.wardline.gateway.smpp.FakeSmsc.next;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardline.config.Secret;

/** Peers that do not keep to SMPP, at the octet level. */
@Timeout(60)
class HostilePeerTest {
  private static final int BIND_TRANSCEIVER = 0x00000009;
  private static final int RESPONSE = 0x80000000;

  private final RecordingInbound inbound = new RecordingInbound();
  private AutoCloseable toClose = () -> {};

  @AfterEach
  void stop() throws Exception {
    toClose.close();
  }

  private static byte[] pdu(int length, int commandId, int status, int sequence, byte... body) {
    return ByteBuffer.allocate(16 + body.length)
        .putInt(length)
        .putInt(commandId)
        .putInt(status)
        .putInt(sequence)
        .put(body)
        .array();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4, 15, 64 * 1024 + 1, 256 * 1024 * 1024, Integer.MAX_VALUE, -1, -2000})
  void an_absurd_length_before_the_bind_costs_one_connection_and_no_memory(int length)
      throws Exception {
    FakeSmsc smsc = new FakeSmsc();
    toClose = smsc;
    long before = allocatedByReaders();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), smsc.server.port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(pdu(length, BIND_TRANSCEIVER, 0, 1));
      assertClosed(socket);
    }
    next(smsc.closed);
    assertThat(allocatedByReaders() - before).isLessThan(16L * 1024 * 1024);
    try (SmppSession session = SmppSession.bind(smsc.bind(), inbound)) {
      assertThat(session.isBound()).isTrue();
    }
  }

  private static long allocatedByReaders() {
    return ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads
        ? threads.getTotalThreadAllocatedBytes()
        : 0;
  }

  private static void assertClosed(Socket socket) {
    try {
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    } catch (java.net.SocketTimeoutException e) {
      throw new AssertionError("the connection was not closed", e);
    } catch (IOException reset) {
      assertThat(reset).isNotNull();
    }
  }

  @Test
  void a_client_that_never_binds_is_dropped() throws Exception {
    FakeSmsc smsc =
        new FakeSmsc(
            new SmppServer.Timeouts(
                Duration.ofMillis(200), Duration.ofSeconds(30), Duration.ofSeconds(5)));
    toClose = smsc;
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), smsc.server.port())) {
      socket.setSoTimeout(10_000);
      assertClosed(socket);
    }
  }

  @Test
  void a_bind_with_an_unknown_interface_version_is_answered() throws Exception {
    FakeSmsc smsc = new FakeSmsc();
    toClose = smsc;
    byte[] body = "me\0secret\0\0?\1\1\0".getBytes(US_ASCII);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), smsc.server.port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(pdu(16 + body.length, BIND_TRANSCEIVER, 0, 1, body));
      DataInputStream in = new DataInputStream(socket.getInputStream());
      assertThat(in.readInt()).isPositive();
      assertThat(in.readInt()).isEqualTo(BIND_TRANSCEIVER | RESPONSE);
      assertThat(in.readInt()).isZero();
    }
  }

  /** A server that answers the bind with the given octets and hands the connection over. */
  private SmppBind peer(byte[] afterBindHeader, CompletableFuture<Socket> connection)
      throws IOException {
    ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    toClose =
        () -> {
          listener.close();
          if (connection.isDone()) {
            connection.join().close();
          }
        };
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                Socket socket = listener.accept();
                InputStream in = socket.getInputStream();
                DataInputStream data = new DataInputStream(in);
                data.readNBytes(data.readInt() - 4);
                OutputStream out = socket.getOutputStream();
                out.write(afterBindHeader);
                connection.complete(socket);
              } catch (IOException e) {
                connection.completeExceptionally(e);
              }
            });
    return SmppBind.of("127.0.0.1", listener.getLocalPort(), "me", Secret.of("secret"))
        .withTimeouts(Duration.ofSeconds(30), Duration.ofMinutes(5), Duration.ofSeconds(20));
  }

  private static byte[] bindAccepted(byte... tlv) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.write("smsc\0".getBytes(US_ASCII));
    body.write(tlv);
    return pdu(16 + body.size(), BIND_TRANSCEIVER | RESPONSE, 0, 1, body.toByteArray());
  }

  @ParameterizedTest
  @ValueSource(ints = {15, 256 * 1024 * 1024, Integer.MAX_VALUE, -1})
  void an_absurd_length_from_the_smsc_ends_the_session_and_its_submits(int length)
      throws Exception {
    CompletableFuture<Socket> connection = new CompletableFuture<>();
    try (SmppSession session = SmppSession.bind(peer(bindAccepted(), connection), inbound)) {
      CompletableFuture<String> reason = new CompletableFuture<>();
      session.onClosed(reason::complete);
      CompletableFuture<SubmitResult> result = new CompletableFuture<>();
      Thread.ofVirtual()
          .start(
              () ->
                  result.complete(
                      session.submit(
                          new SubmitPdu("1", "2", new byte[0], new byte[1], 0, true, null))));
      Socket socket = connection.get(10, TimeUnit.SECONDS);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      in.readNBytes(in.readInt() - 4);
      socket.getOutputStream().write(pdu(length, 0x80000004, 0, 2));
      assertThat(result.get(10, TimeUnit.SECONDS)).isEqualTo(new SubmitResult.ConnectionLost(true));
      assertThat(reason.get(10, TimeUnit.SECONDS)).contains(Integer.toString(length));
    }
  }

  @Test
  void an_interface_version_nobody_knows_does_not_disturb_the_bind() throws Exception {
    CompletableFuture<Socket> connection = new CompletableFuture<>();
    byte[] version = {0x02, 0x10, 0, 1, 0x77};
    try (SmppSession session = SmppSession.bind(peer(bindAccepted(version), connection), inbound)) {
      assertThat(session.isBound()).isTrue();
    }
  }

  @Test
  void an_smsc_that_hangs_up_instead_of_answering_the_bind_is_broken() throws Exception {
    CompletableFuture<Socket> connection = new CompletableFuture<>();
    var _ =
        connection.thenAccept(
            socket -> {
              try {
                socket.close();
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    SmppBind bind = peer(new byte[0], connection);
    assertThatThrownBy(() -> SmppSession.bind(bind, inbound))
        .isInstanceOfSatisfying(
            SmppException.class,
            e -> assertThat(e.reason()).isEqualTo(SmppException.Reason.BROKEN));
  }

  @Test
  void an_smsc_that_does_not_answer_the_bind_times_out() throws Exception {
    SmppBind bind =
        peer(new byte[0], new CompletableFuture<>())
            .withTimeouts(Duration.ofSeconds(30), Duration.ofSeconds(5), Duration.ofMillis(200));
    assertThatThrownBy(() -> SmppSession.bind(bind, inbound))
        .isInstanceOfSatisfying(
            SmppException.class,
            e -> assertThat(e.reason()).isEqualTo(SmppException.Reason.TIMED_OUT));
  }

  @Test
  void an_unanswered_enquire_link_ends_the_session() throws Exception {
    CompletableFuture<Socket> connection = new CompletableFuture<>();
    SmppBind bind =
        peer(bindAccepted(), connection)
            .withTimeouts(Duration.ofMillis(100), Duration.ofMillis(200), Duration.ofSeconds(5));
    try (SmppSession session = SmppSession.bind(bind, inbound)) {
      CompletableFuture<String> reason = new CompletableFuture<>();
      session.onClosed(reason::complete);
      assertThat(reason.get(10, TimeUnit.SECONDS)).isEqualTo("the SMSC stopped answering");
      assertThat(session.isBound()).isFalse();
    }
  }

  @Test
  void a_response_that_arrived_before_the_connection_broke_counts() throws Exception {
    CompletableFuture<Socket> connection = new CompletableFuture<>();
    SmppBind bind = peer(bindAccepted(), connection);
    try (SmppSession session = SmppSession.bind(bind, inbound)) {
      CompletableFuture<SubmitResult> result = new CompletableFuture<>();
      Thread.ofVirtual()
          .start(
              () ->
                  result.complete(
                      session.submit(
                          new SubmitPdu("1", "2", new byte[0], new byte[1], 0, true, null))));
      Socket socket = connection.get(10, TimeUnit.SECONDS);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      int length = in.readInt();
      assertThat(in.readInt()).isEqualTo(4);
      in.readInt();
      int sequence = in.readInt();
      in.readNBytes(length - 16);
      byte[] id = "77\0".getBytes(US_ASCII);
      socket.getOutputStream().write(pdu(16 + id.length, 4 | RESPONSE, 0, sequence, id));
      socket.close();
      assertThat(result.get(10, TimeUnit.SECONDS))
          .isInstanceOfSatisfying(
              SubmitResult.Accepted.class, a -> assertThat(a.messageId()).isEqualTo("77"));
    }
  }

  /** Times out once after every octet. */
  private static final class StutteringStream extends InputStream {
    private final byte[] octets;
    private int at;
    private boolean stall;

    StutteringStream(byte[] octets) {
      this.octets = octets;
    }

    @Override
    public int read() throws IOException {
      stall = !stall;
      if (stall && at == 20) {
        throw new SocketTimeoutException();
      }
      return at < octets.length ? octets[at++] & 0xFF : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      into[offset] = (byte) read();
      return 1;
    }
  }

  @Test
  void a_pdu_that_pauses_longer_than_the_idle_timer_is_read_whole() throws Exception {
    byte[] pdu = pdu(24, 5, 0, 9, new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
    CappedPduReader reader =
        new CappedPduReader((id, status, sequence, whole) -> whole, reason -> {});
    DataInputStream in = new DataInputStream(new StutteringStream(pdu));
    assertThat(reader.readPDU(in, reader.readPDUHeader(in))).isEqualTo(pdu);
  }
}
