package org.wardline.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.wardline.server.TestServer;
import org.wardline.server.web.Problem;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

class ContractTest {
  @Test
  void every_operation_of_the_contract_exists_and_is_guarded_as_it_says() throws Exception {
    try (TestServer server = new TestServer()) {
      HttpResponse<String> served = server.browser().get("/api/v1/openapi.yaml");
      assertThat(served.statusCode()).isEqualTo(200);
      JsonNode contract = new YAMLMapper().readTree(served.body());
      assertThat(contract.get("openapi").asString()).startsWith("3.1");
      for (Map.Entry<String, JsonNode> path : contract.get("paths").properties()) {
        for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
          String address =
              "/api/v1"
                  + path.getKey()
                      .replace("{id}", "0b6b5e6e-0000-4000-8000-1234567890ab")
                      .replace("{kind}", "care")
                      .replace("{name}", "carrier");
          TestServer.Browser browser = server.browser();
          HttpResponse<String> answer =
              browser
                  .client()
                  .send(
                      browser
                          .builder(address)
                          .method(
                              operation.getKey().toUpperCase(Locale.ROOT), BodyPublishers.noBody())
                          .build(),
                      BodyHandlers.ofString());
          boolean open = operation.getValue().has("security");
          assertThat(answer.statusCode())
              .as(operation.getKey() + " " + path.getKey())
              .isEqualTo(open ? 200 : 401);
        }
      }
    }
  }

  @Test
  void the_contract_knows_every_problem_type() {
    JsonNode contract = contract();
    JsonNode types = contract.at("/components/schemas/Problem/properties/type/enum");
    for (Problem.Type type : Problem.Type.values()) {
      assertThat(types.valueStream().map(JsonNode::asString)).contains(type.urn());
    }
  }

  private static JsonNode contract() {
    try (var in = ContractTest.class.getResourceAsStream("openapi.yaml")) {
      return new YAMLMapper().readTree(in);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
