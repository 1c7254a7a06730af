package dev.hadal.server.anthropic;

import dev.hadal.chat.Field;
import dev.hadal.chat.Message;
import dev.hadal.chat.Part;
import dev.hadal.chat.Task;
import dev.hadal.chat.ToolCall;
import dev.hadal.server.api.Normalisation;
import java.util.ArrayList;
import java.util.List;

/** Reads messages and their content blocks (api.md 10.3). */
final class Blocks {
    private static final List<String> ROLES = List.of("user", "assistant", "system");
    private static final String TEXT = "text";
    private static final String CONTENT = "content";
    /** Claude Code's first system block; it changes with the client's version and says nothing to a model. */
    private static final String ATTRIBUTION = "x-anthropic-billing-header:";

    private final Normalisation normalised;

    Blocks(Normalisation normalised) {
        this.normalised = normalised;
    }

    /** The instructions: a text, or text blocks joined with blank lines. */
    String system(Field field) {
        List<String> texts = new ArrayList<>();
        for (String text : texts(field)) {
            if (text.startsWith(ATTRIBUTION)) {
                normalised.add(Normalisation.ATTRIBUTION);
                int line = text.indexOf('\n');
                if (line >= 0 && line + 1 < text.length()) {
                    texts.add(text.substring(line + 1));
                }
            } else {
                texts.add(text);
            }
        }
        return String.join(Part.SEPARATOR, texts);
    }

    Message message(Field message) {
        Field content = message.object().get(CONTENT);
        return switch (message.get("role").word(ROLES)) {
            case "user" -> new Message.User(parts(content, true), Task.NONE);
            case "assistant" -> assistant(content);
            default -> Message.system(String.join(Part.SEPARATOR, texts(content)));
        };
    }

    private List<Part> parts(Field content, boolean results) {
        if (content.absent()) {
            return List.of();
        }
        if (content.isString()) {
            return List.of(new Part.Text(content.string()));
        }
        List<Part> parts = new ArrayList<>();
        for (Field block : content.elements()) {
            String type = block.object().get("type").string();
            if (type.equals(TEXT)) {
                parts.add(new Part.Text(block.get(TEXT).string()));
            } else if (results && type.equals("tool_result")) {
                parts.add(new Part.ToolResult(block.get("tool_use_id").string(""), parts(block.get(CONTENT), false)));
            } else {
                normalised.add(Normalisation.IMAGES);
                parts.add(new Part.Unsupported(type));
            }
        }
        return parts;
    }

    private static Message.Assistant assistant(Field content) {
        StringBuilder reasoning = new StringBuilder();
        StringBuilder text = new StringBuilder();
        List<ToolCall> calls = new ArrayList<>();
        if (content.isString()) {
            text.append(content.string());
        } else {
            for (Field block : content.elements()) {
                switch (block.object().get("type").string()) {
                    case "thinking" -> reasoning.append(block.get("thinking").string(""));
                    case TEXT -> text.append(block.get(TEXT).string());
                    case "tool_use" ->
                        calls.add(new ToolCall(
                                block.get("id").string(""), block.get("name").string(), input(block.get("input"))));
                    default -> {
                        // What the vendor's own servers ran or hid has no place in the prompt.
                    }
                }
            }
        }
        return new Message.Assistant(reasoning.toString(), text.toString(), calls);
    }

    private static String input(Field input) {
        return input.absent() ? "{}" : input.object().json();
    }

    private static List<String> texts(Field field) {
        if (field.absent()) {
            return List.of();
        }
        if (field.isString()) {
            return field.string().isEmpty() ? List.of() : List.of(field.string());
        }
        List<String> texts = new ArrayList<>();
        for (Field block : field.elements()) {
            block.object().get("type").word(List.of(TEXT));
            texts.add(block.get(TEXT).string());
        }
        return texts;
    }
}
