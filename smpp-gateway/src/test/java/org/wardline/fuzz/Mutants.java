package org.wardline.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * A short run of every fuzz test of a class over changed seeds, the same in every build. It needs
 * no agent. The long runs, which look for what is not thought of here, are {@code ./dev fuzz}.
 */
public final class Mutants {
  private static final long SEED = 20261122;
  private static final int PER_TEST = 3_000;

  /** Longer ones now and then, up to what a PDU can hold. */
  private static final int MAX_OCTETS = 64 * 1024;

  private static final int ONE_IN_LONG = 300;
  private static final int MAX_CHANGES = 4;
  private static final int SHOWN_OCTETS = 512;
  private static final byte[] TELLING = {0, 1, 2, 5, 8, 16, 27, 32, 48, 127, -128, -1};

  private final Random random = new Random(SEED);
  private final List<byte[]> seeds;

  private Mutants(List<byte[]> seeds) {
    this.seeds = seeds;
  }

  /**
   * @throws AssertionError with the octets that broke a promise; kept as a file among the seeds
   *     they are tried in every build
   */
  public static void of(Object tests) throws ReflectiveOperationException {
    for (Method method : tests.getClass().getDeclaredMethods()) {
      if (method.isAnnotationPresent(FuzzTest.class)) {
        method.setAccessible(true);
        Mutants mutants = new Mutants(seeds(tests.getClass(), method.getName()));
        for (int i = 0; i < PER_TEST; i++) {
          byte[] octets = mutants.next();
          try {
            method.invoke(tests, (Object) octets);
          } catch (InvocationTargetException e) {
            String hex = HexFormat.of().formatHex(octets, 0, Math.min(SHOWN_OCTETS, octets.length));
            throw new AssertionError(
                "%s, input %d of %d octets: %s".formatted(method.getName(), i, octets.length, hex),
                e.getCause());
          }
        }
      }
    }
  }

  /** In the folder where Jazzer looks for them too. */
  private static List<byte[]> seeds(Class<?> tests, String method) {
    String folder = tests.getSimpleName() + "Inputs/" + method;
    URL found = tests.getResource(folder);
    if (found == null) {
      throw new IllegalStateException("There are no seeds in " + folder);
    }
    try (Stream<Path> files = Files.list(Path.of(found.toURI()))) {
      List<byte[]> seeds = new ArrayList<>();
      for (Path file : files.sorted().toList()) {
        seeds.add(Files.readAllBytes(file));
      }
      return seeds;
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException("The seeds in " + folder + " cannot be read", e);
    }
  }

  private byte[] next() {
    byte[] octets = any().clone();
    for (int changes = 1 + random.nextInt(MAX_CHANGES); changes > 0; changes--) {
      octets = changed(octets);
    }
    if (random.nextInt(ONE_IN_LONG) == 0) {
      octets = repeated(octets);
    }
    return octets.length > MAX_OCTETS ? Arrays.copyOf(octets, MAX_OCTETS) : octets;
  }

  private byte[] any() {
    return seeds.get(random.nextInt(seeds.size()));
  }

  private byte[] changed(byte[] octets) {
    int at = random.nextInt(octets.length + 1);
    int end = at + random.nextInt(Math.min(16, octets.length - at) + 1);
    return switch (random.nextInt(6)) {
      case 0 -> joined(octets, 0, at, random(1 + random.nextInt(4)), octets, end);
      case 1 -> joined(octets, 0, at, new byte[] {telling()}, octets, Math.min(at + 1, end));
      case 2 -> Arrays.copyOf(octets, at);
      case 3 -> joined(octets, 0, end, Arrays.copyOfRange(octets, at, end), octets, end);
      case 4 -> joined(octets, 0, at, any(), octets, end);
      default -> {
        byte[] flipped = octets.clone();
        if (at < flipped.length) {
          flipped[at] ^= (byte) (1 << random.nextInt(8));
        }
        yield flipped;
      }
    };
  }

  private byte telling() {
    return TELLING[random.nextInt(TELLING.length)];
  }

  private byte[] random(int count) {
    byte[] octets = new byte[count];
    random.nextBytes(octets);
    return octets;
  }

  private byte[] repeated(byte[] octets) {
    int at = random.nextInt(octets.length + 1);
    byte[] piece = Arrays.copyOfRange(octets, at, Math.min(octets.length, at + 8));
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(octets, 0, at);
    int wanted = random.nextInt(MAX_OCTETS);
    while (piece.length > 0 && all.size() < wanted) {
      all.writeBytes(piece);
    }
    all.write(octets, at, octets.length - at);
    return all.toByteArray();
  }

  private static byte[] joined(
      byte[] first, int from, int to, byte[] middle, byte[] last, int lastFrom) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(first, from, to - from);
    all.writeBytes(middle);
    all.write(last, lastFrom, last.length - lastFrom);
    return all.toByteArray();
  }
}
