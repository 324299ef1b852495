package org.wardline.gateway.smpp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.wardline.gateway.smpp.FakeSmsc.next;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** A text, a number and a password must be in no log line, whatever the log level. */
@Timeout(60)
class NoLeakTest {
  private static final String TEXT = "canarytext";
  private static final String NUMBER = "13125550177";

  private static final class Recorder extends AppenderBase<ILoggingEvent> {
    final List<String> lines = new CopyOnWriteArrayList<>();

    @Override
    protected void append(ILoggingEvent event) {
      StringBuilder line = new StringBuilder(event.getLoggerName() + event.getFormattedMessage());
      IThrowableProxy cause = event.getThrowableProxy();
      while (cause != null) {
        line.append(cause.getMessage());
        cause = cause.getCause();
      }
      lines.add(line.toString().toLowerCase(Locale.ROOT));
    }
  }

  @Test
  void nothing_a_patient_or_a_password_says_reaches_a_log() throws Exception {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    Level before = root.getLevel();
    Recorder recorder = new Recorder();
    recorder.start();
    root.setLevel(Level.TRACE);
    root.addAppender(recorder);
    try (FakeSmsc smsc = new FakeSmsc()) {
      RecordingInbound inbound = new RecordingInbound();
      try (SmppSession session = SmppSession.bind(smsc.bind(), inbound)) {
        session.submit(
            new SubmitPdu(
                "72345", "+" + NUMBER, new byte[0], TEXT.getBytes(US_ASCII), 0, true, null));
        DeliverPdu pdu =
            new DeliverPdu(
                "+" + NUMBER,
                "72345",
                0,
                0,
                TEXT.getBytes(US_ASCII),
                List.of(new Tlv(0x1400, TEXT.getBytes(US_ASCII))));
        next(smsc.bound).deliver(pdu);
        assertThat(inbound.texts.toString() + smsc.submitted + smsc.binds)
            .doesNotContain(TEXT, NUMBER, "secret");
      }
    } finally {
      root.detachAppender(recorder);
      root.setLevel(before);
    }
    for (String canary : new String[] {TEXT, NUMBER, "secret"}) {
      String hex = HexFormat.of().formatHex(canary.getBytes(US_ASCII));
      assertThat(recorder.lines).noneMatch(l -> l.contains(canary) || l.contains(hex));
    }
    assertThat(recorder.lines).noneMatch(l -> l.startsWith("org.jsmpp"));
  }
}
