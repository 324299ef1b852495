package org.wardline.server.accounts;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.apache.shiro.authz.Permission;
import org.apache.shiro.authz.permission.WildcardPermission;

/**
 * Who is asking, from where, and what they may do. Every method that touches patient data takes
 * one. Deny is the default: a caller has only the permissions it was made with (Shiro wildcard
 * form, {@code conversation:read:main}).
 */
public final class Caller {
  /** What sort of caller it is, as the audit writes it. */
  public enum Kind {
    PERSON,
    CLIENT,
    SYSTEM,
    PATIENT,
    ANONYMOUS;

    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Kind kind;
  private final Optional<UUID> id;
  private final String name;
  private final String address;
  private final List<String> scopes;
  private final List<Permission> permissions;

  public Caller(
      Kind kind, Optional<UUID> id, String name, String address, List<String> permissions) {
    this.kind = kind;
    this.id = id;
    this.name = name;
    this.address = address;
    this.scopes = List.copyOf(permissions);
    this.permissions = permissions.stream().<Permission>map(WildcardPermission::new).toList();
  }

  /** Wardline itself, acting by a rule with a name, such as {@code consent-rules}. */
  public static Caller system(String rule) {
    return new Caller(Kind.SYSTEM, Optional.empty(), rule, "appliance", List.of("*"));
  }

  /** The patient, whose text is the act. */
  public static Caller patient() {
    return new Caller(Kind.PATIENT, Optional.empty(), "patient", "carrier", List.of());
  }

  /** Nobody yet: before sign-in. */
  public static Caller anonymous(String name, String address) {
    return new Caller(Kind.ANONYMOUS, Optional.empty(), name, address, List.of());
  }

  public boolean may(String permission) {
    Permission wanted = new WildcardPermission(permission);
    return permissions.stream().anyMatch(held -> held.implies(wanted));
  }

  /**
   * Whether the caller may do {@code verb}, such as {@code conversation:read}, on at least one
   * line. Routes ask this; what they then show or do asks {@link #may} for its line.
   */
  public boolean mayOnSomeLine(String verb) {
    return may(verb)
        || scopes.stream()
            .filter(scope -> scope.startsWith(verb + ":"))
            .anyMatch(scope -> scope.length() > verb.length() + 1);
  }

  public Kind kind() {
    return kind;
  }

  public Optional<UUID> id() {
    return id;
  }

  /** Login of a person, name of a client or rule. Never a patient's name. */
  public String name() {
    return name;
  }

  /** The network address the request came from. */
  public String address() {
    return address;
  }

  @Override
  public String toString() {
    return kind.wireName() + " " + name;
  }
}
