package org.wardline.server.web;

import java.nio.file.Path;

/**
 * Where the server listens. A port of 0 takes any free one.
 *
 * @param host address the console and the portal listen on; metrics are on 127.0.0.1 always
 * @param certificates folder of the local certificate authority
 */
public record WebSettings(
    String host, int consolePort, int portalPort, int metricsPort, Path certificates) {}
