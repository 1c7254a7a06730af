package dev.hadal.chat;

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

    /** Whether the schema says that a parameter is a string and nothing else. */
    boolean declaresString(String parameter) {
        JsonNode properties = JsonText.pythonTree(json)
                .map(tree -> tree.path("parameters").path("properties"))
                .orElseThrow();
        JsonNode type = properties.path(parameter).path("type");
        return type.isString() && type.stringValue().equals("string");
    }
}
