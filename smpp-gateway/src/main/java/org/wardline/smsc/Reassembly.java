package org.wardline.smsc;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.wardline.sms.ReceivedCoding;
import org.wardline.sms.UserDataHeader;

/**
 * Puts the parts for one patient together as a phone does (3GPP TS 23.040 §9.2.3.24.1). Written
 * without the gateway's own reassembly, so that the two can prove each other wrong.
 */
final class Reassembly {
  /** Incomplete texts remembered for one patient. */
  private static final int MAX_OPEN = 100;

  private final List<Open> open = new ArrayList<>();

  private record Open(
      String source,
      UserDataHeader.Concatenation like,
      NavigableMap<Integer, CarriedPart> partByNumber) {
    boolean takes(CarriedPart part, UserDataHeader.Concatenation c) {
      return source.equals(part.source())
          && like.reference() == c.reference()
          && like.wide() == c.wide()
          && like.total() == c.total()
          && !partByNumber.containsKey(c.number());
    }
  }

  /** The text this part completes. */
  Optional<CarriedText> add(CarriedPart part) {
    Optional<UserDataHeader.Concatenation> place =
        part.header().flatMap(UserDataHeader::concatenation).filter(c -> c.total() > 1);
    if (place.isEmpty()) {
      return Optional.of(whole(part, List.of(part)));
    }
    UserDataHeader.Concatenation c = place.get();
    // The newest first: a part that comes twice belongs to a text sent again.
    Open into =
        open.reversed().stream()
            .filter(o -> o.takes(part, c))
            .findFirst()
            .orElseGet(() -> opened(part, c));
    into.partByNumber().put(c.number(), part);
    List<CarriedPart> parts = List.copyOf(into.partByNumber().values());
    if (parts.size() < c.total()) {
      return Optional.empty();
    }
    open.remove(into);
    return Optional.of(whole(part, parts));
  }

  private Open opened(CarriedPart part, UserDataHeader.Concatenation c) {
    Open opened = new Open(part.source(), c, new TreeMap<>());
    open.add(opened);
    if (open.size() > MAX_OPEN) {
      open.removeFirst();
    }
    return opened;
  }

  private static CarriedText whole(CarriedPart last, List<CarriedPart> parts) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    parts.forEach(p -> body.writeBytes(p.body()));
    return new CarriedText(
        last.number(),
        last.arrivedAt(),
        last.source(),
        last.destination(),
        ReceivedCoding.of(last.dataCoding(), last.header()).decode(body.toByteArray()),
        parts);
  }
}
