package org.wardline.server.accounts;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.shiro.authc.credential.DefaultPasswordService;
import org.apache.shiro.crypto.hash.DefaultHashService;
import org.wardline.server.web.Problem;

/**
 * Hashes passwords with Argon2id (RFC 9106). Each hash takes {@value #MEMORY_KIB} KiB for its time,
 * so only {@value #AT_ONCE} run at once in the whole server, which therefore has one of these; who
 * waits longer than a few seconds is told to try again.
 */
final class Passwords {
  private static final int MEMORY_KIB = 19_456;
  private static final int PASSES = 2;
  private static final int LANES = 1;
  private static final int AT_ONCE = 2;
  private static final Duration WAIT_MAX = Duration.ofSeconds(5);
  private static final int RETRY_SECONDS = 5;

  /** NIST SP 800-63B-4 §3.1.1.2: at least 8 with a second factor, 64 and more allowed. */
  static final int LENGTH_MIN = 8;

  static final int LENGTH_MAX = 256;

  private final DefaultPasswordService service = new DefaultPasswordService();
  private final Semaphore running = new Semaphore(AT_ONCE, true);
  private final String nobody;

  Passwords() {
    DefaultHashService hashes = new DefaultHashService();
    hashes.setDefaultAlgorithmName("argon2id");
    hashes.setParameters(
        Map.of(
            "Argon2.memoryKib", MEMORY_KIB,
            "Argon2.iterations", PASSES,
            "Argon2.parallelism", LANES));
    service.setHashService(hashes);
    nobody = service.encryptPassword("not a password of anybody");
  }

  String hash(String password) {
    return bounded(() -> service.encryptPassword(password));
  }

  boolean matches(String password, String hash) {
    return bounded(() -> service.passwordsMatch(cut(password), hash));
  }

  /** Takes as long as a comparison, for logins that do not exist. */
  void compareWithNobody(String password) {
    boolean ignored = bounded(() -> service.passwordsMatch(cut(password), nobody));
  }

  private static String cut(String password) {
    // An empty or endless input must neither match nor cost more than a real one.
    return password.isEmpty() || password.length() > LENGTH_MAX ? "\0" : password;
  }

  private <T> T bounded(Supplier<T> work) {
    boolean mine = false;
    try {
      mine = running.tryAcquire(WAIT_MAX.toMillis(), TimeUnit.MILLISECONDS);
      if (!mine) {
        throw Problem.unavailable(
            "Many people are signing in right now. Try again in a few seconds.", RETRY_SECONDS);
      }
      return work.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Problem.unavailable("Wardline is stopping.", RETRY_SECONDS);
    } finally {
      if (mine) {
        running.release();
      }
    }
  }
}
