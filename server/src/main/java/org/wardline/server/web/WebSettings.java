package org.wardline.server.web;

/**
 * Where the server listens. A port of 0 takes any free one.
 *
 * @param host address the console and the portal listen on; metrics are on 127.0.0.1 always
 */
public record WebSettings(String host, int consolePort, int portalPort, int metricsPort) {}
