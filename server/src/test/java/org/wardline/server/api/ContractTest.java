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
  void every_list_refuses_a_parameter_that_the_contract_does_not_know_and_names_those_it_does()
      throws Exception {
    try (TestServer server = new TestServer()) {
      String token = server.token("lister", "conversation:read", "audit:read", "link:read");
      int lists = 0;
      for (Map.Entry<String, JsonNode> path : contract().get("paths").properties()) {
        JsonNode get = path.getValue().path("get");
        if (get.isMissingNode() || get.has("security") || path.getKey().contains("{")) {
          continue;
        }
        lists++;
        HttpResponse<String> answer =
            server
                .browser()
                .get(
                    "/api/v1" + path.getKey() + "?to=%2B13125550100",
                    "Authorization",
                    "Bearer " + token);
        assertThat(answer.statusCode()).as(path.getKey()).isEqualTo(400);
        assertThat(answer.body()).contains("invalid-request").doesNotContain("3125550100");
        for (JsonNode parameter : get.path("parameters")) {
          String name =
              parameter.has("$ref")
                  ? contract()
                      .at(parameter.path("$ref").asString().substring(1))
                      .path("name")
                      .asString()
                  : parameter.path("name").asString();
          assertThat(answer.body()).as(path.getKey()).contains(name);
          assertThat(
                  server
                      .browser()
                      .get(
                          "/api/v1" + path.getKey() + "?" + name + "=",
                          "Authorization",
                          "Bearer " + token)
                      .body())
              .as("%s takes %s", path.getKey(), name)
              .doesNotContain("not known here");
        }
      }
      assertThat(lists).isEqualTo(3);
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
