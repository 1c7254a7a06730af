package dev.hadal.server.openai;

import dev.hadal.chat.Field;
import dev.hadal.chat.Message;
import dev.hadal.chat.Part;
import dev.hadal.chat.PythonJson;
import dev.hadal.chat.Task;
import dev.hadal.chat.ToolCall;
import dev.hadal.server.api.Normalisation;
import dev.hadal.server.http.HttpException;
import java.util.ArrayList;
import java.util.List;

/** Reads the input items of a Responses request. What one answer brought apart becomes one message again. */
final class ResponseInput {
    private static final List<String> ROLES = List.of("system", "developer", "user", "assistant");
    private static final String CALL_ID = "call_id";
    private static final String CONTENT = "content";
    private static final String TEXT = "text";

    private final Normalisation normalised;
    private final List<Message> messages = new ArrayList<>();
    private final StringBuilder reasoning = new StringBuilder();
    private final StringBuilder content = new StringBuilder();
    private final List<ToolCall> calls = new ArrayList<>();
    private boolean answering;

    ResponseInput(Normalisation normalised) {
        this.normalised = normalised;
    }

    /** The messages that the items are. */
    List<Message> read(Field instructions, Field input) {
        messages.add(Message.system(instructions.string("")));
        if (input.isString()) {
            messages.add(Message.user(input.string()));
        } else {
            if (input.elements().isEmpty()) {
                throw input.refused("is required and must be a text or an array of at least one item");
            }
            input.elements().forEach(this::item);
        }
        endAnswer();
        return messages;
    }

    private void item(Field item) {
        switch (item.object().get("type").string("message")) {
            case "message" -> message(item);
            case "reasoning" -> {
                if (!content.isEmpty() || !calls.isEmpty()) {
                    endAnswer();
                }
                answering = true;
                reasoning.append(reasoning(item));
            }
            case "function_call" ->
                call(
                        item,
                        ResponseTools.offered(
                                item.get("namespace").string(""),
                                item.get("name").string()),
                        item.get("arguments").string(""));
            case "custom_tool_call" ->
                call(
                        item,
                        item.get("name").string(),
                        "{\"input\": " + PythonJson.quote(item.get("input").string("")) + "}");
            case "function_call_output", "custom_tool_call_output" -> {
                endAnswer();
                messages.add(new Message.ToolResult(item.get(CALL_ID).string(""), parts(item.get("output"))));
            }
            case "item_reference" ->
                throw HttpException.badRequest(item.path() + ": this server stores no items; send the item itself")
                        .withParam(item.path());
            default -> {
                // Calls of tools that other servers ran: nothing that this model said or was told.
            }
        }
    }

    private void message(Field item) {
        String role = item.get("role").word(ROLES);
        Field said = item.get(CONTENT);
        if (role.equals("assistant")) {
            if (!calls.isEmpty()) {
                endAnswer();
            }
            answering = true;
            content.append(text(said));
            return;
        }
        endAnswer();
        messages.add(
                role.equals("user")
                        ? new Message.User(parts(said), Task.NONE)
                        : Message.system(String.join(Part.SEPARATOR, texts(said))));
    }

    private void call(Field item, String name, String arguments) {
        answering = true;
        calls.add(new ToolCall(item.get(CALL_ID).string(""), name, arguments));
    }

    private void endAnswer() {
        if (answering) {
            messages.add(new Message.Assistant(reasoning.toString(), content.toString(), calls));
        }
        answering = false;
        reasoning.setLength(0);
        content.setLength(0);
        calls.clear();
    }

    private static String reasoning(Field item) {
        StringBuilder text = new StringBuilder();
        for (Field part : item.get(CONTENT).elements()) {
            text.append(part.object().get(TEXT).string(""));
        }
        return text.isEmpty()
                ? SealedReasoning.open(item.get("encrypted_content").string(""))
                : text.toString();
    }

    private static String text(Field said) {
        return said.isString() ? said.string() : String.join("", texts(said));
    }

    private static List<String> texts(Field said) {
        if (said.absent()) {
            return List.of();
        }
        if (said.isString()) {
            return List.of(said.string());
        }
        List<String> texts = new ArrayList<>();
        for (Field part : said.elements()) {
            texts.add(part.object().get(TEXT).string(""));
        }
        return texts;
    }

    private List<Part> parts(Field said) {
        if (said.absent()) {
            return List.of();
        }
        if (said.isString()) {
            return List.of(new Part.Text(said.string()));
        }
        List<Part> parts = new ArrayList<>();
        for (Field part : said.elements()) {
            String type = part.object().get("type").string();
            if (part.get(TEXT).isString()) {
                parts.add(new Part.Text(part.get(TEXT).string()));
            } else {
                normalised.add(Normalisation.IMAGES);
                parts.add(new Part.Unsupported(type));
            }
        }
        return parts;
    }
}
