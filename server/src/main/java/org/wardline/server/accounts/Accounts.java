package org.wardline.server.accounts;

import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.wardline.jdbc.Db;
import org.wardline.jdbc.DbException;
import org.wardline.server.audit.Audit;
import org.wardline.server.keys.SystemKeys;

/** The people who may sign in. Every change is audited in its own transaction. */
public final class Accounts {
  private static final String TABLE = "account";

  /** Names that records use for others than people. */
  private static final Set<String> RESERVED =
      Set.of("patient", "consent-rules", "appliance", "system", "anonymous");

  private static final String LOGIN_PATTERN = "[a-z][a-z0-9._@-]{1,63}";

  private final Db db;
  private final Audit audit;
  private final SystemKeys keys;
  private final SecureRandom random;
  private final Passwords passwords;

  Accounts(Db db, Audit audit, SystemKeys keys, SecureRandom random, Passwords passwords) {
    this.db = db;
    this.audit = audit;
    this.keys = keys;
    this.random = random;
    this.passwords = passwords;
  }

  /** What became of the wish for a new account. */
  public sealed interface Creation {
    /**
     * @param totpSecret in base32, shown this once; the person scans or types it into an
     *     authenticator app
     */
    record Created(UUID id, String login, String totpSecret) implements Creation {
      @Override
      public String toString() {
        return "Created[" + login + "]";
      }
    }

    record LoginTaken(String login) implements Creation {}

    /** Login or password cannot be used; says why, in words for the person who chose them. */
    record Refused(String reason) implements Creation {}
  }

  /** What a list of accounts shows. */
  public record Listed(UUID id, String login, String displayName, List<String> roles) {}

  /** Makes an account. Roles must exist ({@link IllegalArgumentException}). */
  public Creation create(
      Caller caller, String login, String displayName, String password, List<String> roles) {
    Roles.check(roles);
    String canonical = login.strip().toLowerCase(Locale.ROOT);
    if (!canonical.matches(LOGIN_PATTERN) || RESERVED.contains(canonical)) {
      return new Creation.Refused(
          "A login has 2 to 64 small letters, digits, dots, dashes, underscores or @, and begins"
              + " with a letter.");
    }
    if (password.length() < Passwords.LENGTH_MIN || password.length() > Passwords.LENGTH_MAX) {
      return new Creation.Refused(
          "A password has %d to %d characters."
              .formatted(Passwords.LENGTH_MIN, Passwords.LENGTH_MAX));
    }
    if (password.toLowerCase(Locale.ROOT).contains(canonical)) {
      return new Creation.Refused("The password must not contain the login.");
    }
    UUID id = UUID.randomUUID();
    byte[] secret = Totp.newSecret(random);
    String hash = passwords.hash(password);
    try {
      db.run(
          tx -> {
            tx.update(
                """
                INSERT INTO wardline.account
                  (id, login, display_name, password_hash, sealed_totp, roles)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
                id,
                canonical,
                displayName,
                hash,
                keys.seal(TABLE, id, secret),
                roles.toArray(new String[0]));
            audit.record(
                tx, caller, "account.created", Optional.of(id), "roles " + String.join(" ", roles));
          });
    } catch (DbException e) {
      if (e.violates("account_login")) {
        return new Creation.LoginTaken(canonical);
      }
      throw e;
    }
    return new Creation.Created(id, canonical, Totp.base32(secret));
  }

  public List<Listed> list() {
    return db.inTransaction(
        tx ->
            tx.query(
                "SELECT id, login, display_name, roles FROM wardline.account ORDER BY login",
                row ->
                    new Listed(
                        row.uuid("id"),
                        row.string("login"),
                        row.string("display_name"),
                        row.strings("roles"))));
  }

  /** Ends every session of one account at once; true when there is such an account. */
  public boolean signOutEverywhere(Caller caller, String login) {
    return db.inTransaction(
        tx -> {
          Optional<UUID> account =
              tx.first(
                  "SELECT id FROM wardline.account WHERE lower(login) = lower(?)",
                  row -> row.uuid("id"),
                  login);
          account.ifPresent(
              id -> {
                tx.update("DELETE FROM wardline.session WHERE account_id = ?", id);
                audit.record(tx, caller, "account.signed-out", account, "every session");
              });
          return account.isPresent();
        });
  }
}
