package org.wardline.appliance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.wardline.config.PrivateFile;
import org.wardline.config.Secret;
import org.wardline.server.App;
import org.wardline.server.accounts.Accounts;
import org.wardline.server.accounts.Caller;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The people and the API client of a quick start: made once with random passwords, kept in a file
 * that only its owner may read, and shown in {@code run.json}. A practice's appliance has no such
 * file; its first owner is made by hand.
 */
final class Access {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Caller CALLER = Caller.system("quick-start");
  private static final Duration TOKEN_VALID = Duration.ofDays(365);
  private static final List<String> TOKEN_SCOPES =
      List.of("patient:*", "conversation:*", "consent:*", "audit:read", "link:*");
  private static final int MAX_LOGIN_TRIES = 100;

  private record Person(String login, String name, String role) {}

  private static final List<Person> PEOPLE =
      List.of(
          new Person("dana", "Dana Reyes", "clinician"), new Person("ines", "Ines Okafor", "it"));

  private Access() {}

  static RunAccess loadOrMake(Path file, App app) {
    try {
      if (Files.exists(file)) {
        JsonNode known = JSON.readTree(Files.readString(file));
        RunAccess kept = parse(known);
        if (scopes(known).equals(TOKEN_SCOPES)) {
          return kept;
        }
        // Made by an older Wardline whose programs could do less. The old token ends.
        RunAccess renewed = new RunAccess(kept.users(), token(app));
        write(file, renewed);
        return renewed;
      }
      RunAccess made = make(app);
      write(file, made);
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static RunAccess make(App app) {
    SecureRandom random = new SecureRandom();
    List<RunAccess.User> users = new ArrayList<>();
    for (Person person : PEOPLE) {
      users.add(make(app.accounts().accounts(), person, random));
    }
    return new RunAccess(users, token(app));
  }

  private static Secret token(App app) {
    return Secret.of(
        app.accounts().clients().create(CALLER, "quick-start", TOKEN_SCOPES, TOKEN_VALID));
  }

  private static List<String> scopes(JsonNode root) {
    List<String> scopes = new ArrayList<>();
    root.path("apiScopes").forEach(scope -> scopes.add(scope.asString()));
    return scopes;
  }

  /** A login can be taken when an earlier first start was killed before it could write the file. */
  private static RunAccess.User make(Accounts accounts, Person person, SecureRandom random) {
    Secret password = Secret.random(random);
    for (int i = 1; i <= MAX_LOGIN_TRIES; i++) {
      String login = i == 1 ? person.login() : person.login() + i;
      switch (accounts.create(
          CALLER, login, person.name(), password.reveal(), List.of(person.role()))) {
        case Accounts.Creation.Created created -> {
          return new RunAccess.User(
              created.login(), password, Secret.of(created.totpSecret()), List.of(person.role()));
        }
        case Accounts.Creation.LoginTaken taken -> {}
        case Accounts.Creation.Refused refused -> throw new IllegalStateException(refused.reason());
      }
    }
    throw new StartRefused(
        "Too many half-made accounts in this data folder. Start on a new one: --data DIR");
  }

  private static RunAccess parse(JsonNode root) {
    List<RunAccess.User> users = new ArrayList<>();
    for (JsonNode user : root.path("users")) {
      List<String> roles = new ArrayList<>();
      user.path("roles").forEach(role -> roles.add(role.asString()));
      users.add(
          new RunAccess.User(
              user.path("login").asString(),
              Secret.of(user.path("password").asString()),
              Secret.of(user.path("totpSecret").asString()),
              roles));
    }
    return new RunAccess(users, Secret.of(root.path("apiToken").asString()));
  }

  private static void write(Path file, RunAccess access) throws IOException {
    ObjectNode root = JSON.createObjectNode();
    ArrayNode users = root.putArray("users");
    for (RunAccess.User user : access.users()) {
      ObjectNode node = users.addObject();
      node.put("login", user.login());
      node.put("password", user.password().reveal());
      node.put("totpSecret", user.totpSecret().reveal());
      ArrayNode roles = node.putArray("roles");
      user.roles().forEach(roles::add);
    }
    root.put("apiToken", access.apiToken().reveal());
    ArrayNode scopes = root.putArray("apiScopes");
    TOKEN_SCOPES.forEach(scopes::add);
    PrivateFile.write(file, JSON.writeValueAsBytes(root));
  }
}
