package org.wardline.appliance;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.wardline.config.Secret;

/** Where to bind and as whom: {@code HOST:PORT[:SYSTEMID:PASSWORD]}. */
public record SmscAddress(String host, int port, String systemId, Secret password) {
  private static final Pattern FORM =
      Pattern.compile("(\\[[0-9a-fA-F:.]+]|[^:\\[\\]]+):(\\d{1,5})(?::([^:]{1,15}):(.{1,8}))?");
  private static final int MAX_PORT = 65_535;
  private static final String DEFAULT_ACCOUNT = "wardline";

  /** SMPP 3.4 §4.1.1 allows 15 characters of system_id and 8 of password. */
  static SmscAddress of(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()
        || Integer.parseInt(matcher.group(2)) > MAX_PORT
        || Integer.parseInt(matcher.group(2)) == 0) {
      throw new StartRefused(
          "--smsc wants HOST:PORT or HOST:PORT:SYSTEMID:PASSWORD (15 and 8 characters at most), for example 10.0.0.5:2775:clinic:secret");
    }
    String login = matcher.group(3) == null ? DEFAULT_ACCOUNT : matcher.group(3);
    String password = matcher.group(4) == null ? DEFAULT_ACCOUNT : matcher.group(4);
    return new SmscAddress(
        matcher.group(1).replaceAll("[\\[\\]]", ""),
        Integer.parseInt(matcher.group(2)),
        login,
        Secret.of(password));
  }
}
