package org.wardline.smsc;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.wardline.config.Secret;
import org.wardline.gateway.smpp.InboundAnswer;
import org.wardline.gateway.smpp.InboundPdu;
import org.wardline.gateway.smpp.ReceiptPdu;
import org.wardline.gateway.smpp.SmppBind;
import org.wardline.gateway.smpp.SmppInbound;
import org.wardline.gateway.smpp.SmppSession;
import org.wardline.gateway.smpp.SubmitPdu;
import org.wardline.gateway.smpp.SubmitResult;
import org.wardline.sms.SmsText;

/** The least a gateway does, to drive the simulator. */
final class Gateway implements SmppInbound, AutoCloseable {
  static final String LINE = "+13125550199";

  final BlockingQueue<InboundPdu> texts = new LinkedBlockingQueue<>();
  final BlockingQueue<ReceiptPdu> receipts = new LinkedBlockingQueue<>();
  volatile InboundAnswer answer = InboundAnswer.ACCEPTED;
  final SmppSession session;
  private int reference;

  Gateway(SmscSimulator smsc, int window) {
    this(smsc, window, SmppBind.Mode.TRANSCEIVER);
  }

  Gateway(SmscSimulator smsc, int window, SmppBind.Mode mode) {
    session =
        SmppSession.bind(
            SmppBind.of(
                    "127.0.0.1", smsc.port(), SmscOptions.DEFAULT_SYSTEM_ID, Secret.of("secret"))
                .withMode(mode)
                .withWindowSize(window)
                .withTimeouts(Duration.ofSeconds(30), Duration.ofSeconds(5), Duration.ofSeconds(5)),
            this);
  }

  SubmitResult send(String to, String text) {
    reference++;
    SubmitResult last = new SubmitResult.TimedOut();
    for (SmsText.Segment segment : SmsText.of(text).split(reference)) {
      last = submit(to, segment);
    }
    return last;
  }

  SubmitResult submit(String to, SmsText.Segment segment) {
    return session.submit(
        new SubmitPdu(LINE, to, segment.udh(), segment.body(), segment.dataCoding(), true, null));
  }

  static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    T next = queue.poll(10, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("nothing came within 10 s");
    }
    return next;
  }

  @Override
  public InboundAnswer onText(InboundPdu pdu) {
    InboundAnswer now = answer;
    if (now == InboundAnswer.ACCEPTED) {
      texts.add(pdu);
    }
    return now;
  }

  @Override
  public InboundAnswer onReceipt(ReceiptPdu receipt) {
    InboundAnswer now = answer;
    if (now == InboundAnswer.ACCEPTED) {
      receipts.add(receipt);
    }
    return now;
  }

  @Override
  public void close() {
    session.close();
  }
}
