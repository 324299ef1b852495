package org.wardline.server.accounts;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Which role may do what. The only place that says so; everything not listed is denied. */
final class Roles {
  private static final Map<String, List<String>> PERMISSIONS =
      Map.of(
          "clinician", List.of("patient:*", "conversation:*", "consent:*"),
          // Keeps the appliance running and sees no patient data.
          "it", List.of("health:read", "link:*", "account:*"));

  private Roles() {}

  /**
   * Refuses a role that does not exist, so that a typing error does not make a powerless account.
   */
  static void check(Collection<String> roles) {
    for (String role : roles) {
      if (!PERMISSIONS.containsKey(role)) {
        throw new IllegalArgumentException(
            "There is no role \"" + role + "\"; there are: " + names() + ".");
      }
    }
    if (roles.isEmpty()) {
      throw new IllegalArgumentException("An account needs at least one role of: " + names() + ".");
    }
  }

  static List<String> permissions(Collection<String> roles) {
    return roles.stream()
        .flatMap(role -> PERMISSIONS.getOrDefault(role, List.of()).stream())
        .distinct()
        .toList();
  }

  private static String names() {
    return String.join(", ", PERMISSIONS.keySet().stream().sorted().toList());
  }
}
