import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Prints login, password and the present code of every person in a quick start's run.json, for
 * people without an authenticator app at hand: {@code ./dev code [run.json]}.
 */
void main(String[] args) throws Exception {
  String run = Files.readString(Path.of(args.length > 0 ? args[0] : ".wardline/run.json"));
  var user = Pattern.compile("\"login\" : \"(.+?)\".+?\"password\" : \"(.+?)\".+?\"totpSecret\" : \"(.+?)\"", Pattern.DOTALL);
  user.matcher(run).results().forEach(u -> IO.println("%s  password %s  code %s".formatted(u.group(1), u.group(2), code(u.group(3)))));
}

/** RFC 6238: HMAC-SHA-1, 30 seconds, six digits; the secret is base32. */
String code(String secret) {
  try {
    StringBuilder bits = new StringBuilder();
    secret.chars().forEach(c -> {
      int value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c);
      bits.append(Integer.toBinaryString(32 + value).substring(1));
    });
    byte[] key = new byte[bits.length() / 8];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) Integer.parseInt(bits.substring(8 * i, 8 * i + 8), 2);
    }
    Mac mac = Mac.getInstance("HmacSHA1");
    mac.init(new SecretKeySpec(key, "HmacSHA1"));
    byte[] hash = mac.doFinal(ByteBuffer.allocate(8).putLong(System.currentTimeMillis() / 30_000).array());
    int at = hash[hash.length - 1] & 0xF;
    return "%06d".formatted((ByteBuffer.wrap(hash).getInt(at) & 0x7FFF_FFFF) % 1_000_000);
  } catch (java.security.GeneralSecurityException e) {
    throw new IllegalStateException(e);
  }
}
