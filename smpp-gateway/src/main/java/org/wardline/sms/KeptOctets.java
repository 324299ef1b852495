package org.wardline.sms;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.wardline.jdbc.Tx;

/**
 * The octets of inbound texts that could not be shown whole (binary, damaged, too long), as the
 * carrier delivered them. Sealed with the transport key in {@code sms.inbound_octets} under the
 * text's id, and forgotten by the gateway after a month.
 */
public final class KeptOctets {
  private static final String TABLE = "inbound_octets";

  /**
   * One part of a text; most texts have one.
   *
   * @param dataCoding SMPP 3.4 §5.2.19
   * @param header the user data header with its length octet, empty when there was none
   */
  @SuppressWarnings("ArrayRecordComponent") // wire octets; nobody compares them
  public record Part(int dataCoding, byte[] header, byte[] body) {
    @Override
    public String toString() {
      return "Part[redacted]";
    }
  }

  private KeptOctets() {}

  /** Keeps the parts of one text; for the gateway. */
  public static byte[] seal(TransportKeys keys, UUID text, List<Part> parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      for (Part part : parts) {
        out.writeByte(part.dataCoding());
        out.writeInt(part.header().length);
        out.write(part.header());
        out.writeInt(part.body().length);
        out.write(part.body());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return keys.seal(TABLE, text, bytes.toByteArray());
  }

  /** The parts that were kept of a text; none when it could be shown, or its time is over. */
  public static List<Part> find(Tx tx, TransportKeys keys, UUID text) {
    return tx.first(
            "SELECT sealed FROM sms.inbound_octets WHERE id = ?", row -> row.bytes("sealed"), text)
        .map(kept -> parts(keys.open(TABLE, text, kept)))
        .orElse(List.of());
  }

  private static List<Part> parts(byte[] opened) {
    List<Part> parts = new ArrayList<>();
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(opened))) {
      while (in.available() > 0) {
        int dataCoding = in.readUnsignedByte();
        byte[] header = in.readNBytes(in.readInt());
        parts.add(new Part(dataCoding, header, in.readNBytes(in.readInt())));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return List.copyOf(parts);
  }
}
