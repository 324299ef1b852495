package org.wardline.server.consent;

import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.wardline.server.accounts.Access;
import org.wardline.server.accounts.Caller;
import org.wardline.server.consent.ConsentLedger.Saying;
import org.wardline.server.web.Json;
import org.wardline.server.web.Problem;

/** {@code /api/v1/patients/{id}/consents}: record what a patient told the practice. */
final class ConsentApi {
  private final Access access;
  private final Consents consents;

  ConsentApi(Access access, Consents consents) {
    this.access = access;
    this.consents = consents;
  }

  void routes(HttpRules rules) {
    rules.put("/api/v1/patients/{id}/consents/{kind}", access.api("consent:write", this::record));
  }

  private record ConsentChange(
      @Nullable String state, @Nullable String method, @Nullable String wordingVersion) {}

  private void record(Caller caller, ServerRequest request, ServerResponse response) {
    ConsentChange body = Json.read(request, ConsentChange.class);
    ConsentKind kind =
        ConsentKind.ofWireName(request.path().pathParameters().get("kind"))
            .orElseThrow(Problem::notFound);
    Saying saying = ConsentFields.saying(body.state(), "state");
    switch (consents.record(
        caller,
        id(request),
        kind,
        saying,
        ConsentFields.method(body.method(), "method"),
        ConsentFields.version(body.wordingVersion(), "wordingVersion"))) {
      case RECORDED ->
          Json.send(
              response,
              Status.OK_200,
              Map.of(
                  "kind",
                  kind.wireName(),
                  "state",
                  saying == Saying.GRANTED ? "granted" : "revoked"));
      case UNKNOWN_PATIENT -> throw Problem.notFound();
      case PATIENT_OPTED_OUT ->
          throw new Problem(
              Problem.Type.OPTED_OUT,
              "The patient opted out by text. Only the patient can open it again, by texting START to the practice.");
    }
  }

  private static UUID id(ServerRequest request) {
    try {
      return UUID.fromString(request.path().pathParameters().get("id"));
    } catch (IllegalArgumentException e) {
      throw Problem.notFound();
    }
  }
}
