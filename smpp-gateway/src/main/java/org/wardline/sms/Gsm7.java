package org.wardline.sms;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * GSM 7 bit text, one septet per octet as SMPP carriers expect it: the default alphabet with its
 * extension table (3GPP TS 23.038 §6.2.1), or national tables in the place of one or both
 * (§6.2.1.2).
 */
final class Gsm7 implements Coding {
  static final int ESCAPE = GsmTable.ESCAPE;

  static final Gsm7 DEFAULT = new Gsm7(Optional.empty(), Optional.empty());

  /** Shown for an octet outside the table, as phones do. */
  private static final char UNREADABLE = '\uFFFD';

  private static final int BITS_PER_SEPTET = 7;

  private static final Map<NationalLanguage, List<Gsm7>> OF_LANGUAGE =
      new EnumMap<>(NationalLanguage.class);

  static {
    for (NationalLanguage language : NationalLanguage.values()) {
      Optional<NationalLanguage> national = Optional.of(language);
      List<Gsm7> codings = new ArrayList<>();
      // The plainest first: a phone that ignores a single shift still shows the rest of the text.
      codings.add(new Gsm7(Optional.empty(), national));
      if (GsmTable.locking(language).isPresent()) {
        codings.add(new Gsm7(national, Optional.empty()));
        codings.add(new Gsm7(national, national));
      }
      OF_LANGUAGE.put(language, List.copyOf(codings));
    }
  }

  private final GsmTable locking;
  private final GsmTable single;
  private final byte[] announcement;

  private Gsm7(Optional<NationalLanguage> locking, Optional<NationalLanguage> single) {
    this.locking = locking.flatMap(GsmTable::locking).orElse(GsmTable.DEFAULT);
    this.single = single.map(GsmTable::single).orElse(GsmTable.EXTENSION);
    ByteArrayOutputStream elements = new ByteArrayOutputStream();
    single.ifPresent(
        l -> elements.writeBytes(UserDataHeader.element(UserDataHeader.SINGLE_SHIFT, l)));
    locking.ifPresent(
        l -> elements.writeBytes(UserDataHeader.element(UserDataHeader.LOCKING_SHIFT, l)));
    this.announcement = elements.toByteArray();
  }

  /** The ways to write a text with a language's tables, the plainest first. */
  static List<Gsm7> of(NationalLanguage language) {
    return OF_LANGUAGE.getOrDefault(language, List.of());
  }

  /**
   * How a received text is read. An identifier that is not known counts as 0, the default alphabet,
   * as §6.2.1.2.4 asks of receivers.
   */
  static Gsm7 of(int lockingIdentifier, int singleIdentifier) {
    return lockingIdentifier == 0 && singleIdentifier == 0
        ? DEFAULT
        : new Gsm7(
            NationalLanguage.ofIdentifier(lockingIdentifier),
            NationalLanguage.ofIdentifier(singleIdentifier));
  }

  @Override
  public SmsEncoding encoding() {
    return SmsEncoding.GSM7;
  }

  @Override
  public byte[] announcement() {
    return announcement.clone();
  }

  @Override
  public int unitsIn(int octets) {
    return octets * Byte.SIZE / BITS_PER_SEPTET;
  }

  /** Septets this character takes: 1, or 2 with its escape; 0 when these tables lack it. */
  @Override
  public int cost(char c) {
    if (locking.septetOf(c) != GsmTable.NO_SEPTET) {
      return 1;
    }
    return single.septetOf(c) == GsmTable.NO_SEPTET ? 0 : 2;
  }

  @Override
  public byte[] encode(String part) {
    byte[] out = new byte[part.length() * 2];
    int length = 0;
    for (int i = 0; i < part.length(); i++) {
      int septet = locking.septetOf(part.charAt(i));
      if (septet == GsmTable.NO_SEPTET) {
        septet = single.septetOf(part.charAt(i));
        if (septet == GsmTable.NO_SEPTET) {
          throw new IllegalArgumentException("character " + i + " is not in the alphabet");
        }
        out[length++] = ESCAPE;
      }
      out[length++] = (byte) septet;
    }
    return Arrays.copyOf(out, length);
  }

  /**
   * Never throws. An escape before a septet that the single shift table leaves empty shows the main
   * table's character, as §6.2.1.1 asks of receivers; an escape at the very end is dropped.
   */
  String decode(byte[] septets) {
    StringBuilder text = new StringBuilder(septets.length);
    for (int i = 0; i < septets.length; i++) {
      int septet = septets[i] & 0xFF;
      if (septet == ESCAPE) {
        i++;
        if (i < septets.length) {
          text.append(escaped(septets[i] & 0xFF));
        }
      } else {
        text.append(plain(septet));
      }
    }
    return text.toString();
  }

  private char escaped(int septet) {
    if (septet == ESCAPE) {
      return ' ';
    }
    char c = septet < GsmTable.SEPTETS ? single.at(septet) : GsmTable.NOTHING;
    return c == GsmTable.NOTHING ? plain(septet) : c;
  }

  private char plain(int septet) {
    char c = septet < GsmTable.SEPTETS ? locking.at(septet) : GsmTable.NOTHING;
    return c == GsmTable.NOTHING ? UNREADABLE : c;
  }
}
