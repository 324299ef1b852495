package org.wardline.sms;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
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
    return keys.seal(TABLE, text, octets(parts));
  }

  static byte[] octets(List<Part> parts) {
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
    return bytes.toByteArray();
  }

  /** The parts that were kept of a text; none when it could be shown, or its time is over. */
  public static List<Part> find(Tx tx, TransportKeys keys, UUID text) {
    return tx.first(
            "SELECT sealed FROM sms.inbound_octets WHERE id = ?", row -> row.bytes("sealed"), text)
        .map(kept -> parts(keys.open(TABLE, text, kept)))
        .orElse(List.of());
  }

  static List<Part> parts(byte[] opened) {
    List<Part> parts = new ArrayList<>();
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(opened))) {
      while (in.available() > 0) {
        int dataCoding = in.readUnsignedByte();
        byte[] header = block(in);
        parts.add(new Part(dataCoding, header, block(in)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return List.copyOf(parts);
  }

  private static byte[] block(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new EOFException("the record is shorter than it says");
    }
    return in.readNBytes(length);
  }
}
