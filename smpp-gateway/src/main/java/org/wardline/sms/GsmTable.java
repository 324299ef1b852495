package org.wardline.sms;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** One table of 128 septets with its way back (3GPP TS 23.038 §6.2.1 and annex A). */
final class GsmTable {
  /** Stands for a septet without a character; itself in none of the tables. */
  static final char NOTHING = '□';

  static final int ESCAPE = 0x1B;
  static final int SEPTETS = 128;
  static final int NO_SEPTET = -1;

  private static final int PAGE = 256;

  static final GsmTable DEFAULT = new GsmTable(NationalTables.DEFAULT);
  static final GsmTable EXTENSION = new GsmTable(NationalTables.EXTENSION);

  private static final Map<NationalLanguage, GsmTable> SINGLE =
      new EnumMap<>(NationalLanguage.class);
  private static final Map<NationalLanguage, GsmTable> LOCKING =
      new EnumMap<>(NationalLanguage.class);

  static {
    for (NationalLanguage language : NationalLanguage.values()) {
      SINGLE.put(language, new GsmTable(singleCharacters(language)));
      if (language != NationalLanguage.SPANISH) {
        LOCKING.put(language, new GsmTable(lockingCharacters(language)));
      }
    }
  }

  private final String characters;

  /** By the character's high octet, then its low one. */
  private final byte[][] septetOf = new byte[PAGE][];

  GsmTable(String characters) {
    if (characters.length() != SEPTETS) {
      throw new IllegalArgumentException("a table has 128 septets, not " + characters.length());
    }
    this.characters = characters;
    // From the end: of a character that stands twice, the first place is written.
    for (int septet = SEPTETS - 1; septet >= 0; septet--) {
      char c = characters.charAt(septet);
      if (c != NOTHING && septet != ESCAPE) {
        if (septetOf[c >> 8] == null) {
          septetOf[c >> 8] = emptyPage();
        }
        septetOf[c >> 8][c & 0xFF] = (byte) septet;
      }
    }
    byte[] shared = emptyPage();
    for (int page = 0; page < PAGE; page++) {
      if (septetOf[page] == null) {
        septetOf[page] = shared;
      }
    }
  }

  private static byte[] emptyPage() {
    byte[] page = new byte[PAGE];
    Arrays.fill(page, (byte) NO_SEPTET);
    return page;
  }

  private static String singleCharacters(NationalLanguage language) {
    return switch (language) {
      case TURKISH -> NationalTables.TURKISH_SINGLE;
      case SPANISH -> NationalTables.SPANISH_SINGLE;
      case PORTUGUESE -> NationalTables.PORTUGUESE_SINGLE;
      case BENGALI -> NationalTables.BENGALI_SINGLE;
      case GUJARATI -> NationalTables.GUJARATI_SINGLE;
      case HINDI -> NationalTables.HINDI_SINGLE;
      case KANNADA -> NationalTables.KANNADA_SINGLE;
      case MALAYALAM -> NationalTables.MALAYALAM_SINGLE;
      case ORIYA -> NationalTables.ORIYA_SINGLE;
      case PUNJABI -> NationalTables.PUNJABI_SINGLE;
      case TAMIL -> NationalTables.TAMIL_SINGLE;
      case TELUGU -> NationalTables.TELUGU_SINGLE;
      case URDU -> NationalTables.URDU_SINGLE;
    };
  }

  /** Spanish has none and writes the default alphabet. */
  private static String lockingCharacters(NationalLanguage language) {
    return switch (language) {
      case SPANISH -> NationalTables.DEFAULT;
      case TURKISH -> NationalTables.TURKISH_LOCKING;
      case PORTUGUESE -> NationalTables.PORTUGUESE_LOCKING;
      case BENGALI -> NationalTables.BENGALI_LOCKING;
      case GUJARATI -> NationalTables.GUJARATI_LOCKING;
      case HINDI -> NationalTables.HINDI_LOCKING;
      case KANNADA -> NationalTables.KANNADA_LOCKING;
      case MALAYALAM -> NationalTables.MALAYALAM_LOCKING;
      case ORIYA -> NationalTables.ORIYA_LOCKING;
      case PUNJABI -> NationalTables.PUNJABI_LOCKING;
      case TAMIL -> NationalTables.TAMIL_LOCKING;
      case TELUGU -> NationalTables.TELUGU_LOCKING;
      case URDU -> NationalTables.URDU_LOCKING;
    };
  }

  static GsmTable single(NationalLanguage language) {
    return SINGLE.getOrDefault(language, EXTENSION);
  }

  /** Empty for Spanish, which has none. */
  static Optional<GsmTable> locking(NationalLanguage language) {
    return Optional.ofNullable(LOCKING.get(language));
  }

  /** {@link #NO_SEPTET} when the table does not hold the character. */
  int septetOf(char c) {
    return septetOf[c >> 8][c & 0xFF];
  }

  /** {@link #NOTHING} when nothing stands there. */
  char at(int septet) {
    return characters.charAt(septet);
  }

  String characters() {
    return characters;
  }
}
