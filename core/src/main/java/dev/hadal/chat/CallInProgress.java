package dev.hadal.chat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * A tool call while it is read. Each method that reads more returns the piece of arguments JSON that
 * is certain now.
 */
final class CallInProgress {
    /** How the value being read becomes JSON. */
    private enum Value {
        STRING,
        JSON,
        UNTYPED
    }

    private final int index;
    private final String id;
    private final String name;
    private final Map<String, String> arguments = new LinkedHashMap<>();
    private final StringBuilder value = new StringBuilder();
    private String key = "";
    private Value kind = Value.STRING;

    CallInProgress(int index, String id, String name) {
        this.index = index;
        this.id = id;
        this.name = name;
    }

    int index() {
        return index;
    }

    String name() {
        return name;
    }

    /** The argument that is read, or was read last. */
    String key() {
        return key;
    }

    /** An argument begins with a tag that names it. */
    String startArgument(TagAttributes tag) {
        key = tag.name().orElseThrow();
        value.setLength(0);
        kind = tag.string().map(bare -> bare ? Value.STRING : Value.JSON).orElse(Value.UNTYPED);
        String start = (arguments.isEmpty() ? "{" : ", ") + PythonJson.quote(key) + ": ";
        return kind == Value.STRING ? start + "\"" : start;
    }

    /** More of the value. Only a string can go out before its end is seen. */
    String more(CharSequence text) {
        if (kind != Value.STRING) {
            value.append(text);
            return "";
        }
        int from = value.length();
        PythonJson.escape(text, value);
        return value.substring(from);
    }

    /**
     * The value is complete.
     *
     * @param declaredString asked only when the tag did not tell: does the tool's schema want a string?
     */
    String endArgument(BooleanSupplier declaredString) {
        if (kind == Value.STRING) {
            arguments.put(key, '"' + value.toString() + '"');
            return "\"";
        }
        String text = value.toString();
        boolean bare = kind == Value.UNTYPED && declaredString.getAsBoolean();
        boolean json = !bare && JsonText.valid(text);
        String spelled = json ? text : PythonJson.quote(text);
        arguments.put(key, spelled);
        return spelled;
    }

    /** Closes the arguments. */
    String end() {
        return arguments.isEmpty() ? "{}" : "}";
    }

    /** The whole call; of an argument given twice the last value. */
    ToolCall call() {
        StringBuilder json = new StringBuilder("{");
        arguments.forEach((argument, spelled) -> json.append(json.length() == 1 ? "" : ", ")
                .append(PythonJson.quote(argument))
                .append(": ")
                .append(spelled));
        return new ToolCall(id, name, json.append('}').toString());
    }
}
