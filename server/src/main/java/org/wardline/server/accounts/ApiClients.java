package org.wardline.server.accounts;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.wardline.jdbc.Db;
import org.wardline.server.audit.Audit;

/** Programs that use the REST interface, each with a token, scopes and an end. */
public final class ApiClients {
  private static final String PREFIX = "wl_";

  /** A revoked token stops working within this time. */
  private static final Duration REMEMBERED = Duration.ofSeconds(5);

  private static final int REMEMBERED_CLIENTS_MAX = 1_000;

  private record Client(
      UUID id, String name, List<String> scopes, Instant expiresAt, Instant readAt) {}

  private final Db db;
  private final Audit audit;
  private final Tokens tokens;
  private final InstantSource clock;
  private final Map<String, Client> remembered = new ConcurrentHashMap<>();

  public ApiClients(Db db, Audit audit, SecureRandom random, InstantSource clock) {
    this.db = db;
    this.audit = audit;
    this.tokens = new Tokens(random);
    this.clock = clock;
  }

  /**
   * Makes a client and returns its token, which nothing can show again. A client of the same name
   * gets a new token and the new scopes; its old token ends.
   *
   * @param scopes permissions in Shiro's wildcard form
   */
  public String create(Caller caller, String name, List<String> scopes, Duration validFor) {
    String token = PREFIX + tokens.fresh();
    Instant expiresAt = clock.instant().plus(validFor);
    db.run(
        tx -> {
          UUID id =
              tx.one(
                  """
                  INSERT INTO wardline.api_client (id, name, token_hash, scopes, expires_at)
                  VALUES (?, ?, ?, ?, ?)
                  ON CONFLICT (name) DO UPDATE SET
                    token_hash = excluded.token_hash, scopes = excluded.scopes,
                    expires_at = excluded.expires_at, revoked_at = NULL
                  RETURNING id
                  """,
                  row -> row.uuid("id"),
                  UUID.randomUUID(),
                  name,
                  Tokens.hash(token),
                  scopes.toArray(new String[0]),
                  expiresAt);
          audit.record(
              tx, caller, "client.created", Optional.of(id), "scopes " + String.join(" ", scopes));
        });
    remembered.clear();
    return token;
  }

  /** Ends a client's token; true when there was one. */
  public boolean revoke(Caller caller, String name) {
    boolean done =
        db.inTransaction(
            tx -> {
              Optional<UUID> id =
                  tx.first(
                      """
                      UPDATE wardline.api_client SET revoked_at = ?
                      WHERE name = ? AND revoked_at IS NULL RETURNING id
                      """,
                      row -> row.uuid("id"),
                      clock.instant(),
                      name);
              id.ifPresent(found -> audit.record(tx, caller, "client.revoked", id, ""));
              return id.isPresent();
            });
    remembered.clear();
    return done;
  }

  /** Whose token this is, if it is one and still good. */
  Optional<Caller> find(String token, String address) {
    if (!token.startsWith(PREFIX)) {
      return Optional.empty();
    }
    Instant now = clock.instant();
    byte[] hash = Tokens.hash(token);
    String key = HexFormat.of().formatHex(hash);
    Client client = remembered.get(key);
    if (client == null || client.readAt().isBefore(now.minus(REMEMBERED))) {
      Optional<Client> read = read(hash, now);
      if (read.isEmpty()) {
        remembered.remove(key);
        return Optional.empty();
      }
      if (remembered.size() >= REMEMBERED_CLIENTS_MAX) {
        remembered.clear();
      }
      client = read.get();
      remembered.put(key, client);
    }
    if (!client.expiresAt().isAfter(now)) {
      return Optional.empty();
    }
    return Optional.of(
        new Caller(
            Caller.Kind.CLIENT, Optional.of(client.id()), client.name(), address, client.scopes()));
  }

  private Optional<Client> read(byte[] hash, Instant now) {
    return db.inTransaction(
        tx ->
            tx.first(
                """
                SELECT id, name, scopes, expires_at FROM wardline.api_client
                WHERE token_hash = ? AND revoked_at IS NULL
                """,
                row ->
                    new Client(
                        row.uuid("id"),
                        row.string("name"),
                        row.strings("scopes"),
                        row.instant("expires_at"),
                        now),
                hash));
  }
}
