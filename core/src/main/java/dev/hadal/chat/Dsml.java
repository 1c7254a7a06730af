package dev.hadal.chat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The tool language of the V4 format: its tags, and how calls and tools are written in it (encoding.md 8). */
public final class Dsml {
    /** Name of the tag around all calls of a message. */
    public static final String TOOL_CALLS = "tool_calls";
    /** Name of the tag around one call. */
    public static final String INVOKE = "invoke";
    /** Name of the tag around one argument. */
    public static final String PARAMETER = "parameter";
    /** How an opening tag starts. */
    public static final String OPEN = "<" + ControlTokens.DSML;
    /** How a closing tag starts. */
    public static final String CLOSE = "</" + ControlTokens.DSML;
    /** Between the end of a name and its tag's end. */
    public static final String NAME_END = "\">";
    /** What stands between the text of a message and its calls. */
    public static final String BEFORE_CALLS = "\n\n";

    /** The key under which arguments that are no JSON object are passed. */
    private static final String UNREADABLE_ARGUMENTS = "arguments";

    private static final String TOOLS_BEFORE_SCHEMAS = """
            ## Tools

            You have access to a set of tools to help answer the user's question. You can invoke tools by writing a \
            "<｜DSML｜tool_calls>" block like the following:

            <｜DSML｜tool_calls>
            <｜DSML｜invoke name="$TOOL_NAME">
            <｜DSML｜parameter name="$PARAMETER_NAME" string="true|false">$PARAMETER_VALUE</｜DSML｜parameter>
            ...
            </｜DSML｜invoke>
            <｜DSML｜invoke name="$TOOL_NAME2">
            ...
            </｜DSML｜invoke>
            </｜DSML｜tool_calls>

            String parameters should be specified as is and set `string="true"`. For all other types (numbers, \
            booleans, arrays, objects), pass the value in JSON format and set `string="false"`.

            If thinking_mode is enabled (triggered by <think>), you MUST output your complete reasoning inside \
            <think>...</think> BEFORE any tool calls or final response.

            Otherwise, output directly after </think> with tool calls or final response.

            ### Available Tool Schemas

            """;
    private static final String TOOLS_AFTER_SCHEMAS = """


            You MUST strictly follow the above defined tool name and parameter schemas to invoke tool calls.
            """;

    private Dsml() {}

    /** The opening tag without attributes. */
    public static String open(String tag) {
        return OPEN + tag + ">";
    }

    /** The closing tag. */
    public static String close(String tag) {
        return CLOSE + tag + ">";
    }

    /** The opening tag of a call up to its name. */
    public static String invokeStart() {
        return OPEN + INVOKE + " name=\"";
    }

    /** The opening tag of an argument up to its key. */
    public static String parameterStart() {
        return OPEN + PARAMETER + " name=\"";
    }

    /** What follows an argument's key: whether its value is a bare string or JSON. */
    public static String keyEnd(boolean string) {
        return "\" string=\"" + string + NAME_END;
    }

    /** Writes the section that announces tools. */
    static void writeTools(List<ToolSpec> tools, PromptWriter out) {
        out.wording(TOOLS_BEFORE_SCHEMAS);
        out.text(String.join("\n", tools.stream().map(ToolSpec::json).toList()));
        out.wording(TOOLS_AFTER_SCHEMAS);
    }

    /** Writes the block of calls that ends an assistant message. */
    static void writeCalls(List<ToolCall> calls, PromptWriter out) {
        out.wording(open(TOOL_CALLS) + "\n");
        for (ToolCall call : calls) {
            out.wording(invokeStart());
            out.text(call.name());
            out.wording(NAME_END + "\n");
            String separator = "";
            for (Map.Entry<String, Argument> argument :
                    arguments(call.arguments()).entrySet()) {
                out.text(separator);
                separator = "\n";
                out.wording(parameterStart());
                out.text(argument.getKey());
                out.wording(keyEnd(argument.getValue().string()));
                out.text(argument.getValue().text());
                out.wording(close(PARAMETER));
            }
            out.wording("\n" + close(INVOKE) + "\n");
        }
        out.wording(close(TOOL_CALLS));
    }

    /** An argument's value as it stands in its tag. */
    private record Argument(String text, boolean string) {}

    /**
     * The arguments by key. Clients also send nothing, {@code null} and JSON wrapped in a JSON string:
     * encoding.md 8.2.
     */
    private static Map<String, Argument> arguments(String json) {
        if (json.isBlank()) {
            return Map.of();
        }
        Optional<JsonNode> tree = JsonText.pythonTree(json);
        if (tree.filter(JsonNode::isString).isPresent()) {
            tree = JsonText.pythonTree(tree.orElseThrow().stringValue());
        }
        if (tree.filter(JsonNode::isNull).isPresent()) {
            return Map.of();
        }
        if (tree.filter(JsonNode::isObject).isEmpty()) {
            return Map.of(UNREADABLE_ARGUMENTS, new Argument(json, true));
        }
        Map<String, Argument> arguments = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> member : tree.orElseThrow().properties()) {
            JsonNode value = member.getValue();
            boolean string = value.isString();
            arguments.put(member.getKey(), new Argument(string ? value.stringValue() : PythonJson.text(value), string));
        }
        return arguments;
    }
}
