package org.wardline.server.keys;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.wardline.jdbc.Tx;

/**
 * One data key per patient, wrapped by the root key. Everything about a patient is sealed with it,
 * here and in the archive; destroying the wrapped key is deletion.
 */
public final class PatientKeys {
  private static final int CACHED_KEYS = 20_000;

  private record Wrapped(UUID patient, byte[] bytes) {}

  private final RootKey root;
  private final Map<UUID, Sealer> cache =
      new LinkedHashMap<>(1024, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Sealer> eldest) {
          return size() > CACHED_KEYS;
        }
      };

  public PatientKeys(SystemKeys systemKeys) {
    this.root = systemKeys.root();
  }

  /** A key for a patient whose row this transaction is about to insert; {@link #store} keeps it. */
  public Fresh generate(UUID patient) {
    byte[] wrapped = root.newDataKey(name(patient));
    return new Fresh(patient, wrapped, root.openDataKey(name(patient), wrapped));
  }

  /**
   * A key not stored yet: a patient's sealed row needs its key, and the key's row needs the
   * patient's.
   */
  public record Fresh(UUID patient, byte[] wrapped, Sealer sealer) {
    @Override
    public String toString() {
      return "Fresh[" + patient + "]";
    }
  }

  public void store(Tx tx, Fresh fresh) {
    tx.update(
        "INSERT INTO wardline.patient_key (patient_id, wrapped) VALUES (?, ?)",
        fresh.patient(),
        fresh.wrapped());
  }

  /** The key of one patient. Throws when it was destroyed. */
  public Sealer of(Tx tx, UUID patient) {
    Sealer sealer = of(tx, List.of(patient)).get(patient);
    if (sealer == null) {
      throw new KeyException("This patient's key was destroyed; the data cannot be read any more.");
    }
    return sealer;
  }

  /**
   * The keys of many patients with at most one query; patients whose key was destroyed are left
   * out.
   */
  public Map<UUID, Sealer> of(Tx tx, Collection<UUID> patients) {
    Map<UUID, Sealer> sealers = new HashMap<>();
    List<UUID> missing;
    synchronized (cache) {
      for (UUID patient : patients) {
        Sealer cached = cache.get(patient);
        if (cached != null) {
          sealers.put(patient, cached);
        }
      }
      missing =
          patients.stream().distinct().filter(patient -> !sealers.containsKey(patient)).toList();
    }
    if (missing.isEmpty()) {
      return sealers;
    }
    for (Wrapped wrapped :
        tx.query(
            "SELECT patient_id, wrapped FROM wardline.patient_key WHERE patient_id = ANY (?)",
            row -> new Wrapped(row.uuid("patient_id"), row.bytes("wrapped")),
            (Object) missing.toArray(new UUID[0]))) {
      Sealer sealer = root.openDataKey(name(wrapped.patient()), wrapped.bytes());
      sealers.put(wrapped.patient(), sealer);
    }
    synchronized (cache) {
      missing.stream()
          .filter(sealers::containsKey)
          .forEach(patient -> cache.put(patient, sealers.get(patient)));
    }
    return sealers;
  }

  private static String name(UUID patient) {
    return "patient|" + patient;
  }
}
