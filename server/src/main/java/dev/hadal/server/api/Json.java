package dev.hadal.server.api;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.util.RawValue;

/** Trees of JSON to be sent, members in the order in which they are added. */
public final class Json {
    private static final JsonMapper MAPPER = JsonMapper.shared();

    private Json() {}

    /** An object without members. */
    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** An array without elements. */
    public static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    /** The null of JSON. */
    public static JsonNode nothing() {
        return JsonNodeFactory.instance.nullNode();
    }

    /** A value from JSON text that is known to be valid, sent as it is spelled. */
    public static JsonNode raw(String json) {
        return JsonNodeFactory.instance.rawValueNode(new RawValue(json));
    }

    /** The text of a tree in one line. */
    public static String text(JsonNode tree) {
        return MAPPER.writeValueAsString(tree);
    }
}
