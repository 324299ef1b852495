package org.wardline.server.patients;

import java.time.LocalDate;
import java.util.Optional;
import org.wardline.server.keys.Sealer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Who the patient is: sealed as one value in {@code patient.sealed_profile}. */
public record Profile(
    String givenName,
    String familyName,
    Optional<LocalDate> birthDate,
    Optional<String> externalId) {
  private static final JsonMapper JSON = new JsonMapper();

  /** A sender nobody has named yet. */
  static final Profile UNKNOWN = new Profile("", "", Optional.empty(), Optional.empty());

  public String displayName() {
    return (givenName + " " + familyName).strip();
  }

  byte[] seal(Sealer sealer, java.util.UUID patient) {
    return sealer.seal("patient", patient, JSON.writeValueAsString(fill(JSON.createObjectNode())));
  }

  /** Writes what is known into a JSON object. */
  ObjectNode fill(ObjectNode node) {
    node.put("given", givenName);
    node.put("family", familyName);
    birthDate.ifPresent(date -> node.put("born", date.toString()));
    externalId.ifPresent(id -> node.put("external", id));
    return node;
  }

  static Profile open(Sealer sealer, java.util.UUID patient, byte[] sealed) {
    JsonNode node = JSON.readTree(sealer.open("patient", patient, sealed));
    return new Profile(
        node.path("given").asString(""),
        node.path("family").asString(""),
        Optional.ofNullable(node.get("born")).map(born -> LocalDate.parse(born.asString())),
        Optional.ofNullable(node.get("external")).map(JsonNode::asString));
  }

  @Override
  public String toString() {
    return "Profile[redacted]";
  }
}
