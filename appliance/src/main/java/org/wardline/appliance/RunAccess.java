package org.wardline.appliance;

import java.util.List;
import org.wardline.config.Secret;

/** How a person or a program signs in to a quick-start server; goes into {@code run.json}. */
public record RunAccess(List<User> users, Secret apiToken) {
  public RunAccess {
    users = List.copyOf(users);
  }

  /**
   * @param totpSecret in Base32, as authenticator apps take it
   */
  public record User(String login, Secret password, Secret totpSecret, List<String> roles) {
    public User {
      roles = List.copyOf(roles);
    }
  }
}
