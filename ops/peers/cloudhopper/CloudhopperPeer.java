import com.cloudhopper.commons.charset.CharsetUtil;
import com.cloudhopper.smpp.SmppServerConfiguration;
import com.cloudhopper.smpp.SmppServerHandler;
import com.cloudhopper.smpp.SmppServerSession;
import com.cloudhopper.smpp.SmppSessionConfiguration;
import com.cloudhopper.smpp.impl.DefaultSmppServer;
import com.cloudhopper.smpp.impl.DefaultSmppSessionHandler;
import com.cloudhopper.smpp.pdu.BaseBind;
import com.cloudhopper.smpp.pdu.BaseBindResp;
import com.cloudhopper.smpp.pdu.DeliverSm;
import com.cloudhopper.smpp.pdu.PduRequest;
import com.cloudhopper.smpp.pdu.PduResponse;
import com.cloudhopper.smpp.pdu.SubmitSm;
import com.cloudhopper.smpp.pdu.SubmitSmResp;
import com.cloudhopper.smpp.type.Address;
import com.cloudhopper.smpp.util.DeliveryReceipt;
import com.cloudhopper.smpp.util.SmppUtil;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.joda.time.DateTime;

/** An SMSC made of Cloudhopper's ch-smpp. What it says is described in ../README.md. */
public final class CloudhopperPeer implements SmppServerHandler {
  private static final Address PATIENT = new Address((byte) 1, (byte) 1, "13125550111");
  private static final Address LINE = new Address((byte) 1, (byte) 1, "15550009999");

  private final ExecutorService later = Executors.newCachedThreadPool();
  private volatile SmppServerSession receiver;

  public static void main(String[] args) throws Exception {
    SmppServerConfiguration settings = new SmppServerConfiguration();
    settings.setHost("127.0.0.1");
    settings.setPort(Integer.parseInt(args[0]));
    settings.setSystemId("cloudhopper");
    settings.setAutoNegotiateInterfaceVersion(true);
    new DefaultSmppServer(settings, new CloudhopperPeer(), Executors.newCachedThreadPool()).start();
    say("LISTENING Cloudhopper 5.0.9");
  }

  private static void say(String line) {
    System.out.println(line);
  }

  @Override
  public void sessionBindRequested(Long id, SmppSessionConfiguration settings, BaseBind bind) {
    settings.setName("peer");
    settings.setWindowSize(50);
    String kind = settings.getType().name().toLowerCase();
    say("BOUND " + kind + " 0x" + Integer.toHexString(bind.getInterfaceVersion()));
  }

  @Override
  public void sessionCreated(Long id, SmppServerSession session, BaseBindResp response) {
    boolean receives = !session.getConfiguration().getType().name().equals("TRANSMITTER");
    if (receives) {
      receiver = session;
    }
    session.serverReady(
        new DefaultSmppSessionHandler() {
          @Override
          public PduResponse firePduRequestReceived(PduRequest request) {
            return request instanceof SubmitSm submit ? submitted(submit) : request.createResponse();
          }
        });
    if (receives) {
      later.submit(this::patientWrites);
    }
  }

  @Override
  public void sessionDestroyed(Long id, SmppServerSession session) {
    session.destroy();
  }

  private Void patientWrites() throws Exception {
    deliver(PATIENT, 0, 0, CharsetUtil.encode("STOP please", CharsetUtil.CHARSET_GSM));
    String text =
        "Здравствуйте! Можно перенести приём на четверг, после трёх часов дня? Спасибо большое 😀";
    String[] parts = {text.substring(0, 60), text.substring(60)};
    for (int i = 0; i < parts.length; i++) {
      byte[] body = CharsetUtil.encode(parts[i], CharsetUtil.CHARSET_UCS_2);
      byte[] all = new byte[6 + body.length];
      System.arraycopy(new byte[] {5, 0, 3, 77, 2, (byte) (i + 1)}, 0, all, 0, 6);
      System.arraycopy(body, 0, all, 6, body.length);
      deliver(PATIENT, 0x40, 8, all);
    }
    return null;
  }

  private void deliver(Address from, int esmClass, int dataCoding, byte[] octets) throws Exception {
    DeliverSm pdu = new DeliverSm();
    pdu.setSourceAddress(from);
    pdu.setDestAddress(LINE);
    pdu.setEsmClass((byte) esmClass);
    pdu.setDataCoding((byte) dataCoding);
    pdu.setShortMessage(octets);
    say("ANSWERED " + receiver.sendRequestPdu(pdu, 10_000, true).await(10_000));
  }

  private PduResponse submitted(SubmitSm submit) {
    byte[] octets = submit.getShortMessage();
    int header = SmppUtil.isUserDataHeaderIndicatorEnabled(submit.getEsmClass()) ? 1 + octets[0] : 0;
    byte[] body = java.util.Arrays.copyOfRange(octets, header, octets.length);
    String text =
        CharsetUtil.decode(
            body,
            submit.getDataCoding() == 8 ? CharsetUtil.CHARSET_UCS_2 : CharsetUtil.CHARSET_GSM);
    HexFormat hex = HexFormat.of();
    say(
        "PART "
            + submit.getDestAddress().getAddress()
            + " "
            + (header == 0 ? "-" : hex.formatHex(octets, 0, header))
            + " "
            + hex.formatHex(text.getBytes(StandardCharsets.UTF_8)));
    // The library's own words for a receipt; ids are UUIDs.
    String id = UUID.randomUUID().toString();
    if (submit.getRegisteredDelivery() != 0) {
      Address phone = submit.getDestAddress();
      later.submit(
          () -> {
            DateTime now = DateTime.now();
            DeliveryReceipt receipt = new DeliveryReceipt(id, 1, 1, now, now, (byte) 2, 0, "");
            deliver(phone, 4, 0, receipt.toShortMessage().getBytes(StandardCharsets.US_ASCII));
            return null;
          });
    }
    SubmitSmResp response = submit.createResponse();
    response.setMessageId(id);
    return response;
  }
}
