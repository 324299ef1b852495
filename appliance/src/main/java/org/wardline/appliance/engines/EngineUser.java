package org.wardline.appliance.engines;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Whom the engines run as. Started by root, they get an account without rights (PostgreSQL refuses
 * root anyway); started by anybody else, they run as that person.
 */
public final class EngineUser {
  /** In order of preference; the first that exists is taken. */
  private static final List<String> ACCOUNTS = List.of("wardline", "postgres", "nobody");

  private record Account(String name, int uid, int gid) {}

  private final Optional<Account> account;

  private EngineUser(Optional<Account> account) {
    this.account = account;
  }

  /**
   * @throws EngineException when a tool is missing, or root starts us and no account is there to
   *     step down to
   */
  public static EngineUser ofThisMachine() {
    try {
      boolean root =
          Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
      requireTools(Path.of("/usr/bin"), root);
      if (!root) {
        return new EngineUser(Optional.empty());
      }
      Map<String, Account> known =
          Files.readAllLines(Path.of("/etc/passwd")).stream()
              .map(line -> line.split(":"))
              .filter(
                  fields ->
                      fields.length > 3 && fields[2].matches("\\d+") && fields[3].matches("\\d+"))
              .map(
                  fields ->
                      new Account(
                          fields[0], Integer.parseInt(fields[2]), Integer.parseInt(fields[3])))
              .collect(Collectors.toMap(Account::name, a -> a, (first, second) -> first));
      return ACCOUNTS.stream()
          .map(known::get)
          .filter(found -> found != null && found.uid() != 0)
          .findFirst()
          .map(found -> new EngineUser(Optional.of(found)))
          .orElseThrow(
              () ->
                  new EngineException(
                      "The databases must not run as root, and no account for them exists. Run: adduser --system --group wardline"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Only root steps down; the rest of {@link #command} is for everybody. */
  static void requireTools(Path bin, boolean root) {
    for (String tool :
        root ? List.of("setsid", "prlimit", "setpriv") : List.of("setsid", "prlimit")) {
      if (!Files.isExecutable(bin.resolve(tool))) {
        throw new EngineException(
            "The databases are started with %s, which is missing. Run: apt-get install util-linux"
                .formatted(bin.resolve(tool)));
      }
    }
  }

  public boolean isSteppedDown() {
    return account.isPresent();
  }

  /** For messages. */
  String name() {
    return account.map(Account::name).orElseGet(() -> System.getProperty("user.name"));
  }

  /**
   * The command as the engine's user, in its own session (so that Ctrl-C reaches the launcher
   * alone, which stops things in order) and without core dumps (they would hold patient data in
   * clear).
   *
   * @param mustReach folders and files the program opens; when a private folder above them is in
   *     the way (a clone in root's home), the program may read past it, still without any right to
   *     write there
   */
  List<String> command(List<String> program, Path... mustReach) {
    List<String> command =
        new ArrayList<>(List.of("/usr/bin/setsid", "/usr/bin/prlimit", "--core=0:0"));
    account.ifPresent(
        to -> {
          command.addAll(stepDown(to));
          if (Stream.of(mustReach).anyMatch(path -> !reaches(to, path))) {
            // Without the secure bit, access(2) leaves the capability out and both engines ask
            // access(2) first.
            command.addAll(
                List.of(
                    "--inh-caps",
                    "+dac_read_search",
                    "--ambient-caps",
                    "+dac_read_search",
                    "--securebits",
                    "+no_setuid_fixup"));
          }
        });
    command.addAll(program);
    return command;
  }

  private static List<String> stepDown(Account to) {
    return List.of(
        "/usr/bin/setpriv",
        "--reuid",
        Integer.toString(to.uid()),
        "--regid",
        Integer.toString(to.gid()),
        "--clear-groups",
        "--no-new-privs");
  }

  private static boolean reaches(Account who, Path path) {
    List<String> test = new ArrayList<>(stepDown(who));
    test.addAll(List.of("/usr/bin/test", "-r", path.toString()));
    try {
      return new ProcessBuilder(test).start().waitFor() == 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EngineException("Interrupted.", e);
    }
  }

  /** Makes the folder (mode 0700) when it is missing and gives it to the engine. */
  void makeFolder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Path parent = folder.getParent();
      if (parent != null && !Files.isDirectory(parent)) {
        Files.createDirectories(parent);
      }
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      own(folder);
    }
    if (account.isPresent()
        && !Integer.valueOf(account.get().uid()).equals(Files.getAttribute(folder, "unix:uid"))) {
      throw wrongOwner(folder);
    }
    if (account.isEmpty() && !Files.isWritable(folder)) {
      throw wrongOwner(folder);
    }
  }

  /** A file the engine's user may read and nobody else. */
  void giveFile(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    own(file);
  }

  private void own(Path path) throws IOException {
    if (account.isPresent()) {
      Files.setAttribute(path, "unix:gid", account.get().gid());
      Files.setAttribute(path, "unix:uid", account.get().uid());
    }
  }

  private EngineException wrongOwner(Path folder) {
    return new EngineException(
        "The folder %s belongs to another account than %s. Start Wardline as the same user as before, or give the folder back: chown -R %s %s"
            .formatted(folder, name(), name(), folder));
  }
}
