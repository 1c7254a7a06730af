package dev.hadal.server.openai;

import dev.hadal.chat.Field;
import dev.hadal.chat.PythonJson;
import dev.hadal.chat.ToolSpec;
import dev.hadal.server.api.Normalisation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tools of a Responses request: functions, functions in a namespace, and custom tools that take one text. The model
 * knows only functions, so the others are named and shaped as such, and their calls are translated back.
 */
final class ResponseTools {
    private static final String NAME = "name";
    private static final String DESCRIPTION = "description";
    /** Between a namespace and a name. */
    private static final String SEPARATOR = "__";
    /** What a custom tool takes. */
    private static final String TEXT_PARAMETER =
            "{\"type\": \"object\", \"properties\": {\"input\": {\"type\": \"string\"}}, \"required\": [\"input\"]}";

    private final Map<String, Origin> origins = new LinkedHashMap<>();
    private final List<ToolSpec> specs = new ArrayList<>();

    /**
     * What the client calls a tool.
     *
     * @param name its name
     * @param namespace where it is; may be empty
     * @param custom whether it takes a text instead of arguments
     */
    record Origin(String name, String namespace, boolean custom) {}

    ResponseTools(Field list, Normalisation normalised) {
        for (Field tool : list.elements()) {
            switch (tool.object().get("type").string()) {
                case "function" -> add(tool, "", false);
                case "custom" -> add(tool, "", true);
                case "namespace" -> {
                    String namespace = tool.get(NAME).string();
                    for (Field inner : tool.get("tools").elements()) {
                        String type = inner.object().get("type").word(List.of("function", "custom"));
                        add(inner, namespace, type.equals("custom"));
                    }
                }
                default -> normalised.add(Normalisation.SERVER_TOOLS);
            }
        }
    }

    private void add(Field tool, String namespace, boolean custom) {
        String own = tool.get(NAME).string();
        String name = offered(namespace, own);
        StringBuilder function = new StringBuilder("{\"name\": ").append(PythonJson.quote(name));
        if (!tool.get(DESCRIPTION).absent()) {
            function.append(", \"description\": ")
                    .append(PythonJson.quote(tool.get(DESCRIPTION).string()));
        }
        Field parameters = tool.get("parameters");
        if (custom) {
            function.append(", \"parameters\": ").append(TEXT_PARAMETER);
        } else if (!parameters.absent()) {
            function.append(", \"parameters\": ").append(parameters.object().json());
        }
        specs.add(new ToolSpec(name, function.append('}').toString()));
        origins.put(name, new Origin(own, namespace, custom));
    }

    /** The name that the model knows. */
    static String offered(String namespace, String name) {
        return namespace.isEmpty() ? name : namespace + SEPARATOR + name;
    }

    /** As functions, for the prompt. */
    List<ToolSpec> specs() {
        return specs;
    }

    /** What the client calls the tool that the model called. */
    Origin origin(String called) {
        return origins.getOrDefault(called, new Origin(called, "", false));
    }
}
