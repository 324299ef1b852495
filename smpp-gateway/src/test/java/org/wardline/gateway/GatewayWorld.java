package org.wardline.gateway;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.wardline.config.Secret;
import org.wardline.gateway.smpp.SmppBind;
import org.wardline.jdbc.Db;
import org.wardline.jdbc.DbException;
import org.wardline.metrics.Metrics;
import org.wardline.sms.DeliveryState;
import org.wardline.sms.PhoneNumber;
import org.wardline.sms.SmsQueue;
import org.wardline.sms.SmsText;
import org.wardline.sms.TransportKeys;

/** A database, a carrier and a gateway between them, and the server's view of it. */
final class GatewayWorld implements AutoCloseable {
  static final int WINDOW = 50;
  static final String SOURCE = "+15550009999";

  final FakeCarrier carrier = new FakeCarrier();
  final Path keyFile = keyFile();
  final TransportKeys keys = TransportKeys.loadOrCreate(keyFile);
  final SmsQueue queue = new SmsQueue(keys);
  final String database = PostgresFixture.shared().freshDatabase();
  final HikariDataSource serverPool = PostgresFixture.shared().pool(database, "wardline_server", 4);
  final Db server = new Db(serverPool);
  final List<HikariDataSource> pools = new ArrayList<>();
  final List<Gateway> gateways = new ArrayList<>();

  /** Every event the server has taken, per text, in order. */
  final Map<UUID, List<SmsQueue.Event>> history = new LinkedHashMap<>();

  final List<SmsQueue.InboundText> inbound = new ArrayList<>();
  Metrics metrics = new Metrics();

  LinkSettings link() {
    return link(Duration.ofSeconds(10));
  }

  LinkSettings link(Duration responseTimeout) {
    return LinkSettings.of(
            SmppBind.of("127.0.0.1", carrier.port(), "clinic", secret())
                .withWindowSize(WINDOW)
                .withTimeouts(Duration.ofSeconds(5), responseTimeout, Duration.ofSeconds(2)))
        .withDoubt(
            new LinkSettings.Doubt(
                LinkSettings.Doubt.USUAL.lateAnswerLimit(),
                LinkSettings.Doubt.USUAL.queryAfter(),
                Duration.ZERO));
  }

  static Secret secret() {
    return Secret.of("pw");
  }

  Gateway start() {
    return start(link());
  }

  Gateway start(LinkSettings... links) {
    HikariDataSource pool =
        GatewayPool.open(
            PostgresFixture.shared().url(database),
            "wardline_gateway",
            Secret.of(PostgresFixture.password()));
    pools.add(pool);
    metrics = new Metrics();
    Gateway gateway = Gateway.start(GatewaySettings.of(pool, keys, List.of(links)), metrics);
    gateways.add(gateway);
    return gateway;
  }

  Gateway startBound() {
    Gateway gateway = start();
    await("the link is bound", () -> gateway.status().bound());
    return gateway;
  }

  UUID send(String number, String text) {
    return send(number, text, Instant.now().plus(Duration.ofHours(1)));
  }

  UUID send(String number, String text, Instant expiresAt) {
    SmsQueue.OutboundText one = text(number, text, expiresAt);
    server.run(tx -> queue.enqueue(tx, List.of(one)));
    return one.id();
  }

  List<UUID> sendAll(List<String> numbers, String prefix) {
    List<SmsQueue.OutboundText> texts = new ArrayList<>();
    for (int i = 0; i < numbers.size(); i++) {
      texts.add(text(numbers.get(i), prefix + i, Instant.now().plus(Duration.ofHours(1))));
    }
    server.run(tx -> queue.enqueue(tx, texts));
    return texts.stream().map(SmsQueue.OutboundText::id).toList();
  }

  private static SmsQueue.OutboundText text(String number, String text, Instant expiresAt) {
    return new SmsQueue.OutboundText(
        UUID.randomUUID(),
        "main",
        SOURCE,
        new PhoneNumber(number),
        text,
        SmsText.of(text).segments(),
        expiresAt);
  }

  static String number(int i) {
    return "+1312555%04d".formatted(i);
  }

  /** Takes what the gateway wrote since the last call. */
  void take() {
    try {
      server
          .inTransaction(tx -> queue.takeEvents(tx, 5_000))
          .forEach(
              event -> history.computeIfAbsent(event.id(), id -> new ArrayList<>()).add(event));
      inbound.addAll(server.inTransaction(tx -> queue.takeInbound(tx, 1_000)));
    } catch (DbException e) {
      // The database is being restarted by the test.
    }
  }

  List<String> states(UUID id) {
    return history.getOrDefault(id, List.of()).stream()
        .map(event -> event.state().wireName())
        .toList();
  }

  SmsQueue.Event last(UUID id) {
    return history.getOrDefault(id, List.of()).getLast();
  }

  boolean isFinal(UUID id) {
    @Nullable List<SmsQueue.Event> events = history.get(id);
    if (events == null) {
      return false;
    }
    return switch (events.getLast().state()) {
      case QUEUED, SUBMITTING, SENT -> false;
      case DELIVERED, FAILED, EXPIRED, UNKNOWN, RECALLED, RECEIVED -> true;
    };
  }

  void awaitFinal(UUID id) {
    await("a final state", () -> isFinal(id));
  }

  void awaitState(UUID id, DeliveryState state) {
    await(
        state + " is reported",
        () -> history.getOrDefault(id, List.of()).stream().anyMatch(e -> e.state() == state));
  }

  void awaitAllFinal(List<UUID> ids) {
    await(
        "every text is final", Duration.ofSeconds(60), () -> ids.stream().allMatch(this::isFinal));
  }

  long count(String table) {
    return server.inTransaction(
        tx -> tx.one("SELECT count(*) AS n FROM sms." + table, row -> row.longValue("n")));
  }

  /** For tables that only the gateway may read. */
  long gatewayCount(String tableAndCondition) {
    try (HikariDataSource pool = PostgresFixture.shared().pool(database, "wardline_gateway", 1)) {
      return new Db(pool)
          .inTransaction(
              tx ->
                  tx.one(
                      "SELECT count(*) AS n FROM sms." + tableAndCondition,
                      row -> row.longValue("n")));
    }
  }

  void await(String what, BooleanSupplier condition) {
    await(what, Duration.ofSeconds(20), condition);
  }

  void await(String what, Duration limit, BooleanSupplier condition) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      take();
      if (condition.getAsBoolean()) {
        return;
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + limit + ": " + what);
      }
      try {
        Thread.sleep(5);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private static Path keyFile() {
    try {
      return Files.createTempDirectory("wardline-keys").resolve("transport.keys");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * From now on a transaction that does this, such as {@code INSERT ON sms.inbound}, writes
   * everything and then fails at its commit.
   */
  void failCommitsThatTouch(String what) {
    PostgresFixture.shared()
        .execute(
            database,
            "wardline_owner",
            """
            CREATE FUNCTION sms.fail() RETURNS trigger LANGUAGE plpgsql
            AS 'BEGIN RAISE EXCEPTION ''on purpose''; END'
            """,
            "CREATE CONSTRAINT TRIGGER fail_at_commit AFTER "
                + what
                + " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sms.fail()");
  }

  void letCommitsPass() {
    PostgresFixture.shared()
        .execute(database, "wardline_owner", "DROP FUNCTION sms.fail() CASCADE");
  }

  /** Changes what only the gateway's role may change. */
  void asGateway(java.util.function.Consumer<org.wardline.jdbc.Tx> change) {
    try (HikariDataSource pool = PostgresFixture.shared().pool(database, "wardline_gateway", 1)) {
      new Db(pool).run(change);
    }
  }

  @Override
  public void close() throws IOException {
    gateways.forEach(Gateway::close);
    carrier.close();
    pools.forEach(HikariDataSource::close);
    serverPool.close();
    Files.deleteIfExists(keyFile);
    Files.deleteIfExists(keyFile.getParent());
  }
}
