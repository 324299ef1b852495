package org.wardline.smsc;

/** Counts since the start, and what is under way. No texts, no numbers. */
public record SmscStats(
    long segmentsTaken,
    long throttled,
    long ignored,
    long deliveriesAccepted,
    long deliveriesRetried,
    long deliveriesDropped,
    int deliveriesWaiting,
    int sessions) {}
