package org.wardline.appliance.faults;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.wardline.appliance.carrier.Pdu;

/**
 * A PDU that was valid until something was done to it.
 *
 * @param endsLine after these octets nobody can tell where the next PDU begins, or the PDU asks for
 *     the end: the carrier cuts the line
 */
record Mutant(String kind, byte[] octets, boolean endsLine) {
  private static final int DATA_SM = 0x103;
  private static final int OUTBIND = 0x0B;
  private static final int ALERT = 0x102;
  private static final int QUERY = 3;
  private static final int GENERIC_NACK = 0x8000_0000;
  private static final int ABSURD_OCTETS = 200;
  private static final int MAX_FLIPS = 6;
  private static final int ESM_RECEIPT = 4;
  private static final int ESM_UDHI = 0x40;

  /** Far from the numbers of requests under way, so that no answer to a good text is forged. */
  private static final int FAR_SEQUENCE = 0x7000_0000;

  /** Octets of a PDU that say how it is framed or which request it answers. */
  private static final int HEADER = 16;

  static Mutant next(Random random) {
    byte[] valid = valid(random);
    return switch (random.nextInt(20)) {
      case 0 -> length(valid, random.nextInt(0, HEADER), "length under a header");
      case 1 -> length(valid, random.nextInt(100_000, Integer.MAX_VALUE), "length beyond reason");
      case 2 -> length(valid, -random.nextInt(1, 1_000_000), "negative length");
      case 3 -> length(valid, valid.length + random.nextInt(1, 60), "length too long");
      case 4, 5, 6 -> truncated(valid, random);
      case 7, 8, 9 -> tlv(random);
      case 10, 11 -> counts(random);
      case 12, 13 -> state(random);
      case 14 -> garbledHeader(random);
      default -> flipped(valid, random);
    };
  }

  /** What a bind is answered with instead. */
  static byte[] bindAnswer(Random random) {
    byte[] good = Pdu.of(Pdu.BIND_TRANSCEIVER | Pdu.RESPONSE, 0, 1, Pdu.string("plain"));
    return switch (random.nextInt(4)) {
      case 0 -> Pdu.of(Pdu.BIND_TRANSCEIVER | Pdu.RESPONSE, 0, 1, new byte[0]);
      case 1 -> Pdu.of(Pdu.BIND_TRANSCEIVER | Pdu.RESPONSE, random.nextInt(), 1, new byte[0]);
      case 2 -> Pdu.of(GENERIC_NACK, 3, 1, new byte[0]);
      default -> ByteBuffer.wrap(good).putInt(0, random.nextInt(0, HEADER)).array();
    };
  }

  private static int far(Random random) {
    return FAR_SEQUENCE + random.nextInt(0x0FFF_FFFF);
  }

  private static byte[] valid(Random random) {
    return switch (random.nextInt(4)) {
      case 0 ->
          deliver(
              random,
              ESM_RECEIPT,
              Pdu.ascii(
                  "id:zz%d sub:001 dlvrd:001 submit date:2601010101 done date:2601010102 stat:DELIVRD err:000 text:"
                      .formatted(random.nextInt())));
      case 1 -> deliver(random, ESM_UDHI, concatenated(random.nextInt(), 2, 1));
      case 2 ->
          Pdu.of(
              DATA_SM,
              0,
              far(random),
              Pdu.deliver(number(random), "13125550199", 0, Pdu.ascii("data")));
      default -> deliver(random, 0, Pdu.ascii("nonsense " + random.nextInt()));
    };
  }

  private static byte[] concatenated(int reference, int total, int number) {
    byte[] header = {5, 0, 3, (byte) reference, (byte) total, (byte) number};
    byte[] part = Arrays.copyOf(header, header.length + 8);
    Arrays.fill(part, header.length, part.length, (byte) 'x');
    return part;
  }

  private static byte[] deliver(Random random, int esmClass, byte[] message, byte... tlvs) {
    return Pdu.of(
        Pdu.DELIVER_SM,
        0,
        far(random),
        Pdu.deliver(number(random), "13125550199", esmClass, message, tlvs));
  }

  /** Of nobody on file. */
  private static String number(Random random) {
    return "1%03d555%04d".formatted(random.nextInt(200, 999), random.nextInt(10_000));
  }

  private static Mutant length(byte[] pdu, int length, String kind) {
    return new Mutant(kind, ByteBuffer.wrap(pdu).putInt(0, length).array(), true);
  }

  /** Ends in the middle of a field, and its length says so. */
  private static Mutant truncated(byte[] pdu, Random random) {
    byte[] shorter = Arrays.copyOf(pdu, random.nextInt(HEADER, pdu.length));
    return new Mutant(
        "truncated", ByteBuffer.wrap(shorter).putInt(0, shorter.length).array(), false);
  }

  private static Mutant tlv(Random random) {
    int tag =
        List.of(0x001E, 0x0427, 0x0423, 0x0424, 0x020C, 0x020E, 0x020F, 0x0204, 0x1403)
            .get(random.nextInt(9));
    byte[] value = new byte[random.nextInt(0, 12)];
    random.nextBytes(value);
    int said =
        switch (random.nextInt(4)) {
          case 0 -> value.length + random.nextInt(1, 100);
          case 1 -> 0xFFFF;
          case 2 -> Math.max(0, value.length - 1);
          default -> value.length;
        };
    byte[] tlv =
        ByteBuffer.allocate(4 + value.length)
            .putShort((short) tag)
            .putShort((short) said)
            .put(value)
            .array();
    byte[] cut = Arrays.copyOf(tlv, random.nextBoolean() ? tlv.length : random.nextInt(1, 4));
    return new Mutant(
        "TLV", deliver(random, random.nextInt(2) * ESM_RECEIPT, Pdu.ascii("tlv"), cut), false);
  }

  /** Counts that cannot be: of octets, of header octets, of parts. */
  private static Mutant counts(Random random) {
    byte[] message =
        switch (random.nextInt(4)) {
          case 0 -> concatenated(random.nextInt(), 0, 0);
          case 1 -> concatenated(random.nextInt(), random.nextInt(1, 5), 200);
          case 2 -> new byte[] {(byte) ABSURD_OCTETS, 0, 3, 1, 2, 1};
          default -> new byte[] {5, 0, (byte) ABSURD_OCTETS, 1, 2, 1};
        };
    byte[] pdu = deliver(random, ESM_UDHI, message);
    if (random.nextBoolean()) {
      pdu[pdu.length - message.length - 1] = (byte) ABSURD_OCTETS; // sm_length
    }
    return new Mutant("counts", pdu, false);
  }

  /** PDUs that have no business here, or not now. */
  private static Mutant state(Random random) {
    int number = far(random);
    byte[] none = {};
    return switch (random.nextInt(9)) {
      case 0 -> new Mutant("bind in bound", Pdu.of(9, 0, number, Pdu.string("a")), false);
      case 1 ->
          new Mutant("bind answer in bound", Pdu.of(9 | Pdu.RESPONSE, 0, number, none), false);
      case 2 ->
          new Mutant(
              "answer nobody waits for",
              Pdu.of(Pdu.SUBMIT_SM | Pdu.RESPONSE, 0, number, Pdu.string("id")),
              false);
      case 3 -> new Mutant("outbind", Pdu.of(OUTBIND, 0, number, Pdu.string("a")), false);
      case 4 -> new Mutant("alert", Pdu.of(ALERT, 0, number, new byte[3]), false);
      case 5 -> new Mutant("query", Pdu.of(QUERY, 0, number, Pdu.string("1")), false);
      case 6 -> new Mutant("nack", Pdu.of(GENERIC_NACK, 1, number, none), false);
      case 7 -> new Mutant("unknown command", Pdu.of(0x0666, 0, number, new byte[5]), false);
      default -> new Mutant("unbind", Pdu.of(Pdu.UNBIND, 0, number, none), true);
    };
  }

  private static Mutant garbledHeader(Random random) {
    return new Mutant(
        "random command",
        Pdu.of(random.nextInt(), random.nextInt(), far(random), new byte[7]),
        false);
  }

  /** A few octets of the body are others. */
  private static Mutant flipped(byte[] pdu, Random random) {
    byte[] changed = pdu.clone();
    int flips = random.nextInt(1, MAX_FLIPS);
    for (int i = 0; i < flips; i++) {
      changed[random.nextInt(HEADER, changed.length)] = (byte) random.nextInt();
    }
    return new Mutant("octets changed", changed, false);
  }
}
