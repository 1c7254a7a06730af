package dev.hadal.chat;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads the messages of a request.
 *
 * @param dialect what is allowed in them
 */
record MessageReader(Dialect dialect) {
    /** Who wrote the messages. */
    enum Dialect {
        /** A client of OpenAI's protocol (api.md 3.1). */
        CHAT_COMPLETIONS,
        /** A user of the release's encoder, with the fields of DeepSeek's own app (encoding.md 5). */
        ENCODER
    }

    private static final List<String> CHAT_ROLES = List.of("system", "developer", "user", "assistant", "tool");
    private static final List<String> ENCODER_ROLES =
            List.of("system", "user", "assistant", "tool", "latest_reminder", "developer");
    private static final String FUNCTION = "function";

    List<Message> messages(Field list) {
        List<Message> messages = new ArrayList<>();
        for (Field element : list.elements()) {
            messages.add(message(element.object()));
        }
        return messages;
    }

    private Message message(Field message) {
        String role = message.get("role").string();
        List<String> roles = dialect == Dialect.ENCODER ? ENCODER_ROLES : CHAT_ROLES;
        if (!roles.contains(role)) {
            throw message.get("role").unknown(role, roles);
        }
        Field content = message.get("content");
        return switch (role) {
            case "user" -> new Message.User(parts(content), task(message));
            case "assistant" -> assistant(message);
            case "tool" ->
                new Message.ToolResult(
                        message.get("tool_call_id").string(""), content.absent() ? List.of() : parts(content));
            case "latest_reminder" -> new Message.LatestReminder(text(content));
            case "developer" -> developer(message);
            default -> system(message);
        };
    }

    /** For OpenAI another name of the system role, for the encoder a kind of user. */
    private Message developer(Field message) {
        if (dialect == Dialect.CHAT_COMPLETIONS) {
            return system(message);
        }
        return new Message.Developer(
                text(message.get("content")), tools(message.get("tools")), responseFormat(message));
    }

    private Message.SystemPrompt system(Field message) {
        if (dialect == Dialect.CHAT_COMPLETIONS) {
            return Message.system(text(message.get("content")));
        }
        return new Message.SystemPrompt(
                text(message.get("content")), tools(message.get("tools")), responseFormat(message));
    }

    private Message.Assistant assistant(Field message) {
        List<ToolCall> calls = new ArrayList<>();
        for (Field element : message.get("tool_calls").elements()) {
            Field function = element.object().get(FUNCTION).object();
            calls.add(new ToolCall(
                    element.get("id").string(""), function.get("name").string(), arguments(function.get("arguments"))));
        }
        boolean open =
                message.get(dialect == Dialect.ENCODER ? "wo_eos" : "prefix").bool(false);
        String reasoning = message.get("reasoning_content").string("");
        return new Message.Assistant(reasoning, text(message.get("content")), calls, task(message), open);
    }

    /** Arguments are JSON in a string; some clients send the object itself. */
    private static String arguments(Field arguments) {
        if (arguments.isObject()) {
            return arguments.json();
        }
        String json = arguments.string("");
        if (json.contains("\\ud") || json.contains("\\uD")) {
            RequestLimits.requireUnicode(arguments, PythonJson.respell(json).orElse(""));
        }
        return json;
    }

    private Task task(Field message) {
        if (dialect == Dialect.CHAT_COMPLETIONS) {
            return Task.NONE;
        }
        return message.get("task").constant(Task.class, Task.NONE);
    }

    /** The tools of a request or a message. */
    static List<ToolSpec> tools(Field list) {
        List<ToolSpec> tools = new ArrayList<>();
        for (Field element : list.elements()) {
            String type = element.object().get("type").string(FUNCTION);
            if (!type.equals(FUNCTION)) {
                throw element.get("type").unknown(type, List.of(FUNCTION));
            }
            Field function = element.get(FUNCTION).object();
            function.get("name").string();
            if (JsonText.deeperThan(function.node(), RequestLimits.defaults().schemaDepth())) {
                throw function.refused(
                        "is nested deeper than " + RequestLimits.defaults().schemaDepth() + " levels");
            }
            tools.add(ToolSpec.of(function.node()));
        }
        return tools;
    }

    private static String responseFormat(Field message) {
        Field format = message.get("response_format");
        // The reference takes an empty object for none.
        return format.absent() || format.object().node().isEmpty() ? "" : PythonJson.text(format.node());
    }

    /** Content that is one text: a string, text parts, or nothing. */
    private static String text(Field content) {
        if (content.absent()) {
            return "";
        }
        List<String> texts = new ArrayList<>();
        for (Part part : parts(content)) {
            if (!(part instanceof Part.Text text)) {
                throw content.refused("only text parts are possible here");
            }
            texts.add(text.text());
        }
        return String.join(Part.SEPARATOR, texts);
    }

    private static List<Part> parts(Field content) {
        if (content.node().isString()) {
            return List.of(new Part.Text(content.node().stringValue()));
        }
        if (!content.node().isArray()) {
            return List.of(new Part.Text(content.string()));
        }
        List<Part> parts = new ArrayList<>();
        for (Field element : content.elements()) {
            String type = element.object().get("type").string();
            parts.add(type.equals("text") ? new Part.Text(element.get("text").string()) : new Part.Unsupported(type));
        }
        return parts;
    }
}
