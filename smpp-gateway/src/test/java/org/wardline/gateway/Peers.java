package org.wardline.gateway;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.wardline.gateway.smpp.SmppBind;

/**
 * {@code ./dev peers}: the gateway on a real database against SMSCs made of other people's SMPP
 * libraries, one process each ({@code ops/peers}), with one connection and with two. Not part of
 * the build: the peers come from package registries.
 */
final class Peers {
  private static final Duration LIMIT = Duration.ofSeconds(40);

  private static final String SHORT = "Your appointment is on Tuesday at 10:30.";
  private static final String LONG =
      "Please bring {all} your papers, €5 for parking, and come ten minutes early. "
          .repeat(5)
          .strip();
  private static final String UCS2 = "Приходите завтра в десять, пожалуйста 😀 ".repeat(4).strip();

  private static final Set<String> FROM_PATIENT =
      Set.of(
          "STOP please",
          "Здравствуйте! Можно перенести приём на четверг, после трёх часов дня? Спасибо большое 😀");

  private final List<String> told = new CopyOnWriteArrayList<>();

  private Peers() {}

  /**
   * @param args the command line of each peer, words separated by commas; the port is put in for
   *     PORT
   */
  public static void main(String[] args) throws IOException {
    boolean well = true;
    System.out.println("peer | connections | result");
    System.out.println("--- | --- | ---");
    for (String command : args) {
      for (SmppBind.Mode mode : SmppBind.Mode.values()) {
        well &= new Peers().meets(List.of(command.split(",")), mode);
      }
    }
    System.exit(well ? 0 : 1);
  }

  private boolean meets(List<String> command, SmppBind.Mode mode) throws IOException {
    int port = freePort();
    Process peer =
        new ProcessBuilder(
                command.stream().map(w -> w.equals("PORT") ? String.valueOf(port) : w).toList())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Thread.ofVirtual().start(() -> listen(peer));
    String name = command.get(1);
    try (GatewayWorld world = new GatewayWorld()) {
      world.await("the peer listens", LIMIT, () -> lines("LISTENING").size() == 1);
      name = lines("LISTENING").getFirst();
      world.start(
          LinkSettings.of(
              SmppBind.of("127.0.0.1", port, "clinic", GatewayWorld.secret()).withMode(mode)));
      String result = texts(world);
      System.out.println(name + " | " + mode + " | " + result);
      return true;
    } catch (AssertionError | IllegalStateException e) {
      System.out.println(name + " | " + mode + " | FAILED: " + e.getMessage());
      told.stream().filter(line -> !line.startsWith("PART")).forEach(System.out::println);
      return false;
    } finally {
      peer.destroy();
    }
  }

  private String texts(GatewayWorld world) {
    List<String> texts = List.of(SHORT, LONG, UCS2);
    List<UUID> ids = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      ids.add(world.send(GatewayWorld.number(i), texts.get(i)));
    }
    world.await("texts are final", LIMIT, () -> ids.stream().allMatch(world::isFinal));
    for (int i = 0; i < texts.size(); i++) {
      List<String> states = world.states(ids.get(i));
      require(states.getLast().equals("delivered"), "text " + i + " is " + states);
      require(
          heard(GatewayWorld.number(i).substring(1)).equals(texts.get(i)),
          "the peer read text " + i + " in another way");
    }
    world.await("texts from the patient", LIMIT, () -> world.inbound.size() == FROM_PATIENT.size());
    require(
        world.inbound.stream()
            .map(one -> one.text())
            .collect(Collectors.toSet())
            .equals(FROM_PATIENT),
        "a patient's text came in another way");
    return "%d texts in %d parts out, %d in, all receipts (%s)"
        .formatted(
            texts.size(),
            lines("PART").size(),
            FROM_PATIENT.size(),
            String.join(", ", lines("BOUND")));
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }

  /** What the peer's own library read, in the order of the headers' last octet. */
  private String heard(String number) {
    TreeMap<Integer, String> parts = new TreeMap<>();
    for (String line : lines("PART")) {
      String[] words = line.split(" ");
      if (words[0].equals(number)) {
        String header = words[1];
        int place =
            header.equals("-")
                ? 1
                : HexFormat.fromHexDigits(header, header.length() - 2, header.length());
        parts.put(place, new String(HexFormat.of().parseHex(words[2]), StandardCharsets.UTF_8));
      }
    }
    return String.join("", parts.values());
  }

  private List<String> lines(String kind) {
    return told.stream()
        .filter(line -> line.startsWith(kind + " "))
        .map(line -> line.substring(kind.length() + 1))
        .toList();
  }

  private void listen(Process peer) {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(peer.getInputStream(), StandardCharsets.UTF_8))) {
      lines.lines().forEach(told::add);
    } catch (IOException e) {
      told.add("ENDED");
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
