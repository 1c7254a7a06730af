package dev.hadal.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The description of the API, as a judge of bodies. */
public final class OpenApi {
    private final JsonNode document;
    private final SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private final Map<String, Schema> schemas = new ConcurrentHashMap<>();

    private OpenApi(JsonNode document) {
        this.document = document;
    }

    /** The description that the server ships. */
    public static OpenApi read() {
        try (InputStream in = Replies.class.getResourceAsStream("/openapi/openapi.yaml")) {
            return new OpenApi(new YAMLMapper().readTree(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Method and path of everything that is described. */
    public Set<String> operations() {
        Set<String> operations = new TreeSet<>();
        for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
            JsonNode item = resolved(path.getValue());
            item.properties().forEach(operation -> operations.add(operation.getKey() + " " + path.getKey()));
        }
        return operations;
    }

    /** The name of the schema for a request to a path. */
    public String requestSchema(String path) {
        JsonNode operation = resolved(document.path("paths").path(path)).path("post");
        return name(operation.path("requestBody").path("content").path("application/json"));
    }

    /** The name of the schema for a good response from a path. */
    public String responseSchema(String path, String method, boolean stream) {
        JsonNode operation = resolved(document.path("paths").path(path)).path(method);
        return name(operation
                .path("responses")
                .path("200")
                .path("content")
                .path(stream ? "text/event-stream" : "application/json"));
    }

    private static String name(JsonNode media) {
        String reference = media.path("schema").path("$ref").asString("");
        return reference.substring(reference.lastIndexOf('/') + 1);
    }

    private JsonNode resolved(JsonNode item) {
        String reference = item.path("$ref").asString("");
        return reference.isEmpty() ? item : document.at(reference.substring(1));
    }

    /** Fails unless the JSON text is as the schema of this name says. */
    public void assertFits(String schema, String json) {
        JsonNode tree = JsonMapper.shared().readTree(json);
        List<Error> errors = schemas.computeIfAbsent(schema, this::schema).validate(tree);
        assertThat(errors).as("%s: %s", schema, json).isEmpty();
    }

    private Schema schema(String name) {
        assertThat(document.path("components").path("schemas").has(name))
                .as("a schema %s", name)
                .isTrue();
        ObjectNode root = Json.object().put("$ref", "#/$defs/" + name);
        String inner = document.path("components").path("schemas").toString();
        root.set("$defs", JsonMapper.shared().readTree(inner.replace("#/components/schemas/", "#/$defs/")));
        return registry.getSchema(root);
    }
}
