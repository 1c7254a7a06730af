package dev.hadal.chat;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * A tool the model may call.
 *
 * @param name its name
 * @param json the function object (name, description, parameters, ...) in the spelling of
 *     {@link PythonJson}, members in the client's order
 */
public record ToolSpec(String name, String json) {

    /**
     * The tool described by a function object.
     *
     * @param json a JSON object with a string {@code name}
     * @throws IllegalArgumentException if it is not that
     */
    public static ToolSpec function(String json) {
        return JsonText.pythonTree(json)
                .filter(tree -> tree.path("name").isString())
                .map(ToolSpec::of)
                .orElseThrow(() -> new IllegalArgumentException("a tool must be a JSON object with a string \"name\""));
    }

    static ToolSpec of(JsonNode function) {
        return new ToolSpec(function.path("name").stringValue(), PythonJson.text(function));
    }

    /** The parameters that are strings and nothing else, says the schema. */
    Set<String> stringParameters() {
        JsonNode properties = JsonText.pythonTree(json)
                .map(tree -> tree.path("parameters").path("properties"))
                .orElseThrow();
        Set<String> strings = new HashSet<>();
        for (Map.Entry<String, JsonNode> property : properties.properties()) {
            JsonNode type = property.getValue().path("type");
            if (type.isString() && type.stringValue().equals("string")) {
                strings.add(property.getKey());
            }
        }
        return strings;
    }
}
