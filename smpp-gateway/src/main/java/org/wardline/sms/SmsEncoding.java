package org.wardline.sms;

/** How a text's characters become octets on the air (3GPP TS 23.038 §4 and §6). */
public enum SmsEncoding {
  /** GSM 7 bit: the default alphabet with its extension table, or national tables. */
  GSM7("gsm7", 0),
  /** ISO 8859-1, where {@link SmsFormat} asks for it. */
  LATIN1("latin1", 3),
  /** UTF-16, big endian. Phones show surrogate pairs although UCS-2 proper has none. */
  UCS2("ucs2", 8);

  private final String wireName;
  private final int dataCoding;

  SmsEncoding(String wireName, int dataCoding) {
    this.wireName = wireName;
    this.dataCoding = dataCoding;
  }

  /** The name used in JSON and in the database. */
  public String wireName() {
    return wireName;
  }

  /** SMPP 3.4 §5.2.19 data_coding. */
  public int dataCoding() {
    return dataCoding;
  }
}
