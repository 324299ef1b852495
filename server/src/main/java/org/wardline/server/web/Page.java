package org.wardline.server.web;

import java.time.Duration;
import org.wardline.server.accounts.Caller;

/**
 * What the frame around every console page needs: who is signed in, the session's CSRF token and
 * the addresses of styles and scripts. Templates take it as their first parameter.
 *
 * @param path the request's path, to mark the place in the navigation
 * @param csrfToken empty before sign-in
 * @param idleLogOff after this long without a person's act the session ends
 */
public record Page(
    Caller caller, String path, String csrfToken, Duration idleLogOff, Assets assets) {

  /** Address of a style, script or image in {@code src/main/resources/assets}. */
  public String asset(String name) {
    return assets.url(name);
  }

  public boolean signedIn() {
    return caller.kind() == Caller.Kind.PERSON;
  }

  /** Whether to show a link or button. Hiding is a courtesy; the route decides again. */
  public boolean may(String permission) {
    return caller.mayOnSomeLine(permission);
  }

  /** For {@code aria-current} in the navigation; null leaves the attribute out. */
  public @org.jspecify.annotations.Nullable String current(String prefix) {
    return path.equals(prefix) || path.startsWith(prefix + "/") ? "page" : null;
  }
}
