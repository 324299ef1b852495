package org.wardline.server.web;

import io.helidon.common.socket.SocketOptions;
import io.helidon.common.tls.Tls;
import io.helidon.webserver.ListenerConfig;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http2.Http2Config;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.wardline.jdbc.Worker;
import org.wardline.server.parts.Parts;

/**
 * The listeners: console with REST interface, portal, and metrics. Helidon's own limits are mostly
 * "none" and a named listener inherits nothing, so {@link #limited} sets every one of them for
 * each.
 */
public final class WebServers implements AutoCloseable {
  private static final String PORTAL = "portal";
  private static final String METRICS = "metrics";
  private static final String LOOPBACK = "127.0.0.1";

  /** Somewhat more than {@link Body} takes, so that the refusal is ours. */
  private static final long PAYLOAD_BYTES_MAX = 8_000_000;

  private static final int HEADER_BYTES_MAX = 16_384;
  private static final int REQUEST_LINE_BYTES_MAX = 4_096;
  private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(25);
  private static final Duration IDLE_CHECK = Duration.ofSeconds(2);
  private static final Duration STOP_DEADLINE = Duration.ofSeconds(3);
  private static final Duration STREAM_END_WAIT = Duration.ofMillis(20);
  private static final int STREAM_ENDS_WAITED_MAX = 50;
  private static final int BACKLOG = 256;

  /** What a client may send before somebody reads it; Helidon's own megabyte fills the memory. */
  private static final int HTTP2_WINDOW_BYTES = 65_535;

  /** A certificate near its end is renewed this often, long before anybody notices. */
  private static final Duration CERTIFICATES_LOOK = Duration.ofHours(12);

  private static final int HTTP2_STREAMS_PER_CONNECTION = 100;
  private static final int HTTP2_RAPID_RESETS_MAX = 50;
  private static final Duration HTTP2_FLOW_CONTROL_TIMEOUT = Duration.ofSeconds(15);

  /** How much one listener takes at once. */
  private record Size(int connections, int connectionsPerAddress, int requests) {}

  private static final Size CONSOLE_SIZE = new Size(2_000, 600, 1_500);
  private static final Size PORTAL_SIZE = new Size(500, 100, 100);
  private static final Size METRICS_SIZE = new Size(20, 20, 4);

  /** See {@link LimitedTlsManager} for why the TLS listeners do not use Helidon's own limit. */
  private static final int NO_LIMIT = -1;

  private final WebSettings settings;
  private final LocalCa ca;
  private final Assets assets;
  private final Pages pages;
  private final LiveEvents live;
  private final Requests requests;
  private final Errors errors;
  private final StalledConnections stalled = new StalledConnections();
  private @Nullable WebServer server;
  private @Nullable Worker certificates;

  public WebServers(WebSettings settings, Parts parts) {
    this.settings = settings;
    this.ca = new LocalCa(settings.certificates(), parts.clock(), parts.random());
    this.pages = parts.pages();
    this.assets = pages.assets();
    this.live = parts.live();
    this.errors = new Errors(pages, assets);
    this.requests = new Requests(parts.metrics(), errors);
    parts
        .metrics()
        .gauge("wardline_live_streams", "Browsers that wait for live events.", live::open);
  }

  /** The authority whose certificate browsers must trust. */
  public LocalCa certificateAuthority() {
    return ca;
  }

  /**
   * Starts all listeners.
   *
   * @param console adds the routes of console and REST interface
   * @param beforeMissing runs before a missing console page is answered, so that the answer looks
   *     the same as for a page the caller may not see
   * @param practiceName for the portal's page
   * @param inside adds the routes for monitoring, on 127.0.0.1 only
   */
  public void start(
      Consumer<HttpRules> console,
      Consumer<io.helidon.webserver.http.ServerRequest> beforeMissing,
      Supplier<String> practiceName,
      Consumer<HttpRules> inside) {
    PortalPage portal = new PortalPage(pages, assets, practiceName);
    WebServer built =
        WebServer.builder()
            .shutdownHook(false)
            .update(listener -> limited(listener, CONSOLE_SIZE))
            .maxTcpConnections(NO_LIMIT)
            .addConnectionSelector(http2())
            .host(settings.host())
            .port(settings.consolePort())
            .tls(tls(Optional.of(CONSOLE_SIZE)))
            .routing(
                routing(
                    "console",
                    rules -> {
                      assets.routes(rules);
                      console.accept(rules);
                    },
                    beforeMissing))
            .putSocket(
                PORTAL,
                listener ->
                    limited(listener, PORTAL_SIZE)
                        .maxTcpConnections(NO_LIMIT)
                        .addConnectionSelector(http2())
                        .host(settings.host())
                        .port(settings.portalPort())
                        .tls(tls(Optional.of(PORTAL_SIZE)))
                        .routing(
                            routing(
                                PORTAL,
                                rules -> {
                                  assets.routes(rules);
                                  portal.routes(rules);
                                },
                                request -> {})))
            .putSocket(
                METRICS,
                listener ->
                    limited(listener, METRICS_SIZE)
                        .host(LOOPBACK)
                        .port(settings.metricsPort())
                        .routing(routing(METRICS, inside, request -> {})))
            .build();
    server = built;
    built.start();
    if (!built.isRunning()) {
      // Helidon logs a listener that could not start and returns as if all were well.
      throw new IllegalStateException(
          "The web server did not start. Is one of the ports "
              + settings.consolePort()
              + ", "
              + settings.portalPort()
              + " and "
              + settings.metricsPort()
              + " taken by another program?");
    }
    certificates =
        new Worker(
            "certificates",
            CERTIFICATES_LOOK,
            () -> {
              reloadCertificates();
              return 0;
            });
  }

  private HttpRouting.Builder routing(
      String listener,
      Consumer<HttpRules> add,
      Consumer<io.helidon.webserver.http.ServerRequest> beforeMissing) {
    HttpRouting.Builder routing = HttpRouting.builder();
    routing.addFilter(requests.around(listener));
    errors.install(routing);
    Routes routes = new Routes(routing);
    add.accept(routes);
    routing.any(
        (request, response) -> {
          beforeMissing.accept(request);
          throw routes.refusal(request);
        });
    return routing;
  }

  private <B extends ListenerConfig.BuilderBase<B, ?>> B limited(B listener, Size size) {
    return listener
        .maxPayloadSize(PAYLOAD_BYTES_MAX)
        .maxTcpConnections(size.connections())
        .maxConcurrentRequests(size.requests())
        .backlog(BACKLOG)
        .idleConnectionTimeout(IDLE_TIMEOUT)
        .idleConnectionPeriod(IDLE_CHECK)
        .shutdownGracePeriod(STOP_DEADLINE)
        .connectionOptions(SocketOptions.builder().tcpNoDelay(true).buildPrototype())
        .directHandlers(errors.direct())
        .protocolsDiscoverServices(false)
        .addConnectionSelector(
            stalled.http1(
                Http1Config.builder()
                    .maxHeadersSize(HEADER_BYTES_MAX)
                    .maxPrologueLength(REQUEST_LINE_BYTES_MAX)
                    .validateRequestHeaders(true)
                    .validateResponseHeaders(true)
                    .validatePath(true)));
  }

  private ServerConnectionSelector http2() {
    return stalled.http2(
        Http2Config.builder()
            .maxHeaderListSize(HEADER_BYTES_MAX)
            .maxConcurrentStreams(HTTP2_STREAMS_PER_CONNECTION)
            .initialWindowSize(HTTP2_WINDOW_BYTES)
            .maxRapidResets(HTTP2_RAPID_RESETS_MAX)
            .flowControlTimeout(HTTP2_FLOW_CONTROL_TIMEOUT)
            .sendErrorDetails(false)
            .validatePath(true)
            .build());
  }

  private Tls tls(Optional<Size> size) {
    LocalCa.Identity identity = ca.serverIdentity();
    return Tls.builder()
        .privateKey(identity.key())
        .privateKeyCertChain(identity.chain())
        // Nobody is asked for a certificate, but reloading fails in Helidon without any trust.
        .trust(List.of(ca.certificate()))
        .enabledProtocols(List.of("TLSv1.3", "TLSv1.2"))
        .update(
            builder ->
                size.map(s -> new ConnectionLimit(s.connections(), s.connectionsPerAddress()))
                    .map(LimitedTlsManager::new)
                    .ifPresent(builder::manager))
        .build();
  }

  /** Takes the server certificate anew, renewing it when its end is near; no connection breaks. */
  public void reloadCertificates() {
    running().reloadTls(tls(Optional.empty()));
    running().reloadTls(PORTAL, tls(Optional.empty()));
  }

  public int consolePort() {
    return running().port();
  }

  public int portalPort() {
    return running().port(PORTAL);
  }

  public int metricsPort() {
    return running().port(METRICS);
  }

  private WebServer running() {
    if (server == null) {
      throw new IllegalStateException("not started");
    }
    return server;
  }

  /** Ends the live streams, lets running requests finish for a few seconds, and stops. */
  @Override
  public void close() {
    if (certificates != null) {
      certificates.close();
    }
    live.close();
    for (int i = 0; i < STREAM_ENDS_WAITED_MAX && live.open() > 0; i++) {
      LockSupport.parkNanos(STREAM_END_WAIT.toNanos());
    }
    if (server != null) {
      server.stop();
    }
  }
}
