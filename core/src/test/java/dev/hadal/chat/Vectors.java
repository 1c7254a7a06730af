package dev.hadal.chat;

import dev.hadal.tokenizer.Segment;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The recorded vectors, and how they are compared. */
final class Vectors {
    static final JsonMapper JSON = new JsonMapper();

    private Vectors() {}

    static JsonNode read(String name) {
        try (InputStream in = Objects.requireNonNull(Vectors.class.getResourceAsStream("/vectors/" + name), name)) {
            return JSON.readTree(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<JsonNode> cases(String name) {
        return read(name).path("vectors").values().stream();
    }

    static String prompt(List<Segment> segments) {
        StringBuilder prompt = new StringBuilder();
        segments.forEach(segment -> prompt.append(segment.text()));
        return prompt.toString();
    }

    static List<Segment> encode(ChatRequest request) {
        return new V4PromptEncoder().encode(request.conversation(), request.options());
    }

    /** A message in the shape of parse.json. */
    static String shape(Message.Assistant message) {
        var result = JSON.createObjectNode();
        result.put("role", "assistant");
        result.put("content", message.content());
        result.put("reasoning_content", message.reasoning());
        var calls = result.putArray("tool_calls");
        for (ToolCall call : message.toolCalls()) {
            var entry = calls.addObject();
            entry.put("type", "function");
            entry.putObject("function").put("name", call.name()).put("arguments", call.arguments());
        }
        return result.toString();
    }

    static ThinkingMode mode(JsonNode vector) {
        return vector.path("thinking_mode").stringValue().equals("thinking")
                ? ThinkingMode.THINKING
                : ThinkingMode.CHAT;
    }
}
