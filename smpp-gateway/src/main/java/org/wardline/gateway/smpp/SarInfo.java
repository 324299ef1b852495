package org.wardline.gateway.smpp;

/**
 * A part's place in a longer text, when the carrier says it in TLVs instead of a user data header
 * (SMPP 3.4 §5.3.2.22–24).
 *
 * @param number from 1 to {@code total}
 */
public record SarInfo(int reference, int total, int number) {}
