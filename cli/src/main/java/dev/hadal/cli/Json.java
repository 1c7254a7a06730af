package dev.hadal.cli;

import dev.hadal.chat.Message;
import dev.hadal.chat.ToolCall;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The JSON that other programs exchange with the commands. */
final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}

    /** An object to fill; members keep their order. */
    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** An object with ids as its only member. */
    static ObjectNode ids(int[] ids) {
        ObjectNode object = object();
        ArrayNode array = object.putArray("ids");
        for (int id : ids) {
            array.add(id);
        }
        return object;
    }

    /** An object with the members of an assistant's message; tool calls have no ids. */
    static ObjectNode message(Message.Assistant message) {
        ObjectNode object = object().put("role", "assistant")
                .put("content", message.content())
                .put("reasoning_content", message.reasoning());
        ArrayNode calls = object.putArray("tool_calls");
        for (ToolCall call : message.toolCalls()) {
            ObjectNode function = calls.addObject().put("type", "function").putObject("function");
            function.put("name", call.name()).put("arguments", call.arguments());
        }
        return object;
    }

    /**
     * Answers each line of standard input, which must be a JSON object, with one line on standard output; where the answer
     * fails it is {@code {"error": reason}}. Blank lines are skipped.
     */
    static void answerLines(Terminal terminal, Function<ObjectNode, ObjectNode> answer) {
        for (String line = terminal.readLine(); line != null; line = terminal.readLine()) {
            if (!line.isBlank()) {
                terminal.printLine(answerLine(line, answer).toString());
                // Whoever writes a line may wait for its answer before the next.
                terminal.flush();
            }
        }
    }

    private static ObjectNode answerLine(String line, Function<ObjectNode, ObjectNode> answer) {
        try {
            return answer.apply(parseObject(line));
        } catch (RuntimeException e) {
            if (!Main.isForeseen(e)) {
                throw e;
            }
            return object().put("error", e.getMessage());
        }
    }

    private static ObjectNode parseObject(String line) {
        try {
            if (MAPPER.readTree(line) instanceof ObjectNode object) {
                return object;
            }
            throw new CommandException("the line is not a JSON object");
        } catch (JacksonException e) {
            throw new CommandException("the line is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** The text of a member. */
    static String text(ObjectNode object, String member) {
        JsonNode value = object.path(member);
        if (!value.isString()) {
            throw new CommandException("\"" + member + "\" must be a string");
        }
        return value.stringValue();
    }

    /** The token ids of a member. */
    static int[] ids(ObjectNode object, String member) {
        JsonNode value = object.path(member);
        if (!value.isArray() || !value.values().stream().allMatch(JsonNode::isInt)) {
            throw new CommandException("\"" + member + "\" must be an array of token ids");
        }
        return value.values().stream().mapToInt(JsonNode::intValue).toArray();
    }
}
