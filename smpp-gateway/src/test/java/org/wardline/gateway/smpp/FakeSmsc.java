package org.wardline.gateway.smpp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.wardline.config.Secret;

/** An SMSC on a real socket whose answers a test writes as one function. */
final class FakeSmsc implements SmppServerHandler, AutoCloseable {
  final BlockingQueue<SmppServerSession> bound = new LinkedBlockingQueue<>();
  final BlockingQueue<SubmittedPdu> submitted = new LinkedBlockingQueue<>();
  final BlockingQueue<BindAttempt> binds = new LinkedBlockingQueue<>();
  final BlockingQueue<SmppServerSession> closed = new LinkedBlockingQueue<>();
  private final AtomicInteger ids = new AtomicInteger();
  final SmppServer server;
  volatile Function<SubmittedPdu, SubmitDecision> answer =
      pdu -> new SubmitDecision.Accept("id-" + ids.incrementAndGet());

  FakeSmsc() {
    this(
        new SmppServer.Timeouts(
            Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofSeconds(5)));
  }

  FakeSmsc(SmppServer.Timeouts timeouts) {
    this(timeouts, null);
  }

  FakeSmsc(SmppServer.Tls tls) {
    this(SmppServer.Timeouts.DEFAULT, tls);
  }

  private FakeSmsc(SmppServer.Timeouts timeouts, SmppServer.@Nullable Tls tls) {
    try {
      server = SmppServer.start(InetAddress.getLoopbackAddress(), 0, this, timeouts, tls);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  SmppBind bind() {
    return SmppBind.of("127.0.0.1", server.port(), "wardline", Secret.of("secret"))
        .withTimeouts(Duration.ofSeconds(30), Duration.ofSeconds(5), Duration.ofSeconds(5));
  }

  static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    T next = queue.poll(10, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("nothing came within 10 s");
    }
    return next;
  }

  @Override
  public BindDecision onBind(BindAttempt attempt) {
    binds.add(attempt);
    return attempt.password().reveal().equals("secret")
        ? new BindDecision.Accept("fake")
        : new BindDecision.Refuse(CommandStatus.INVALID_PASSWORD);
  }

  @Override
  public void onBound(SmppServerSession session) {
    bound.add(session);
  }

  @Override
  public SubmitDecision onSubmit(SmppServerSession session, SubmittedPdu pdu) {
    submitted.add(pdu);
    return answer.apply(pdu);
  }

  @Override
  public void onClosed(SmppServerSession session) {
    closed.add(session);
  }

  @Override
  public void close() {
    server.close();
  }
}
