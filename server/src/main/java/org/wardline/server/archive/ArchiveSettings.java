package org.wardline.server.archive;

import java.util.function.Supplier;

/**
 * Where the archive is. The password is asked for when a connection is made.
 *
 * @param replicationFactor 1 on a laptop, 3 across appliances
 */
public record ArchiveSettings(
    String contactPoint,
    int port,
    String datacenter,
    String username,
    Supplier<String> password,
    int replicationFactor) {}
