package org.wardline.gateway.smpp;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

final class RecordingInbound implements SmppInbound {
  final BlockingQueue<InboundPdu> texts = new LinkedBlockingQueue<>();
  final BlockingQueue<ReceiptPdu> receipts = new LinkedBlockingQueue<>();

  @Override
  public InboundAnswer onText(InboundPdu pdu) {
    texts.add(pdu);
    return InboundAnswer.ACCEPTED;
  }

  @Override
  public InboundAnswer onReceipt(ReceiptPdu receipt) {
    receipts.add(receipt);
    return InboundAnswer.ACCEPTED;
  }
}
