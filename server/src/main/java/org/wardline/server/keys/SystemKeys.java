package org.wardline.server.keys;

import com.google.crypto.tink.Mac;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.wardline.jdbc.Db;
import org.wardline.jdbc.Tx;

/** The appliance's own keys: one seals what belongs to no patient, one makes blind indexes. */
public final class SystemKeys {
  private static final String DATA = "system-data";
  private static final String INDEX = "blind-index";
  private static final int INDEX_BYTES = 16;

  private record Wrapped(String name, byte[] bytes) {}

  private final RootKey root;
  private final Sealer data;
  private final Mac index;

  private SystemKeys(RootKey root, Sealer data, Mac index) {
    this.root = root;
    this.data = data;
    this.index = index;
  }

  /**
   * Opens the keys of this database with the root key in {@code rootKeyFile}. An empty database
   * gets new keys and, when the file is missing, a new root key; a database with keys and no root
   * key file is refused.
   */
  public static SystemKeys open(Db db, Path rootKeyFile) {
    return db.inTransaction(
        tx -> {
          tx.query("SELECT pg_advisory_xact_lock(hashtext('wardline.system_key'))", row -> "");
          Map<String, byte[]> wrapped =
              tx
                  .query(
                      "SELECT name, wrapped FROM wardline.system_key",
                      row -> new Wrapped(row.string("name"), row.bytes("wrapped")))
                  .stream()
                  .collect(Collectors.toMap(Wrapped::name, Wrapped::bytes));
          boolean fresh = wrapped.isEmpty() && !java.nio.file.Files.exists(rootKeyFile);
          RootKey root = fresh ? RootKey.create(rootKeyFile) : RootKey.load(rootKeyFile);
          byte[] data = wrapped.get(DATA);
          if (data == null) {
            data = store(tx, DATA, root.newDataKey(DATA));
          }
          byte[] index = wrapped.get(INDEX);
          if (index == null) {
            index = store(tx, INDEX, root.newIndexKey(INDEX));
          }
          return new SystemKeys(
              root, root.openDataKey(DATA, data), root.openIndexKey(INDEX, index));
        });
  }

  private static byte[] store(Tx tx, String name, byte[] wrapped) {
    tx.update("INSERT INTO wardline.system_key (name, wrapped) VALUES (?, ?)", name, wrapped);
    return wrapped;
  }

  public byte[] seal(String table, UUID id, byte[] clear) {
    return data.seal(table, id, clear);
  }

  public byte[] open(String table, UUID id, byte[] sealed) {
    return data.open(table, id, sealed);
  }

  /**
   * A blind index: equal values of one domain ({@code phone}, {@code external-id}) give equal
   * bytes, and without the key nothing can be told from them.
   */
  public byte[] blindIndex(String domain, String value) {
    try {
      byte[] mac = index.computeMac((domain + "|" + value).getBytes(StandardCharsets.UTF_8));
      // The first five bytes are Tink's key id, the same for all.
      return Arrays.copyOfRange(mac, 5, 5 + INDEX_BYTES);
    } catch (GeneralSecurityException e) {
      throw new KeyException("A blind index could not be made.", e);
    }
  }

  RootKey root() {
    return root;
  }
}
