package dev.hadal.server;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an answer says, whatever the dialect and whether it came at once or in pieces.
 *
 * @param reasoning the reasoning
 * @param content the visible text
 * @param calls name and arguments of each call
 * @param end why it ended: stop, length or calls
 * @param tokens of the prompt, those of it that were reused, of the answer
 */
record Told(String reasoning, String content, List<String> calls, String end, List<Integer> tokens) {
    private static final JsonMapper JSON = JsonMapper.shared();

    static Told chat(JsonNode body) {
        JsonNode message = body.path("choices").path(0).path("message");
        List<String> calls = new ArrayList<>();
        message.path("tool_calls")
                .forEach(call -> calls.add(call.path("function").path("name").stringValue()
                        + arguments(call.path("function").path("arguments").stringValue())));
        return new Told(
                message.path("reasoning_content").asString(""),
                message.path("content").asString(""),
                calls,
                end(body.path("choices").path(0).path("finish_reason").stringValue()),
                chatUsage(body.path("usage")));
    }

    static Told chatStream(HttpResponse<String> response) {
        StringBuilder reasoning = new StringBuilder();
        StringBuilder content = new StringBuilder();
        TreeMap<Integer, String> names = new TreeMap<>();
        TreeMap<Integer, String> arguments = new TreeMap<>();
        String end = "";
        List<Integer> tokens = List.of();
        for (String event : LiveServer.data(response)) {
            if (event.equals("[DONE]")) {
                continue;
            }
            JsonNode chunk = JSON.readTree(event);
            JsonNode choice = chunk.path("choices").path(0);
            reasoning.append(choice.path("delta").path("reasoning_content").asString(""));
            content.append(choice.path("delta").path("content").asString(""));
            for (JsonNode call : choice.path("delta").path("tool_calls")) {
                int index = call.path("index").intValue();
                names.merge(index, call.path("function").path("name").asString(""), String::concat);
                arguments.merge(index, call.path("function").path("arguments").asString(""), String::concat);
            }
            end = choice.path("finish_reason").isString()
                    ? choice.path("finish_reason").stringValue()
                    : end;
            tokens = chunk.path("usage").isObject() ? chatUsage(chunk.path("usage")) : tokens;
        }
        List<String> calls = new ArrayList<>();
        names.forEach((index, name) -> calls.add(name + arguments(arguments.getOrDefault(index, ""))));
        return new Told(reasoning.toString(), content.toString(), calls, end(end), tokens);
    }

    static Told message(JsonNode body) {
        StringBuilder reasoning = new StringBuilder();
        StringBuilder content = new StringBuilder();
        List<String> calls = new ArrayList<>();
        for (JsonNode block : body.path("content")) {
            reasoning.append(block.path("thinking").asString(""));
            content.append(block.path("text").asString(""));
            if (block.path("type").stringValue().equals("tool_use")) {
                calls.add(block.path("name").stringValue() + block.path("input"));
            }
        }
        return new Told(
                reasoning.toString(),
                content.toString(),
                calls,
                end(body.path("stop_reason").stringValue()),
                messageUsage(body.path("usage")));
    }

    static Told messageStream(HttpResponse<String> response) {
        StringBuilder reasoning = new StringBuilder();
        StringBuilder content = new StringBuilder();
        TreeMap<Integer, String> names = new TreeMap<>();
        TreeMap<Integer, String> inputs = new TreeMap<>();
        String end = "";
        List<Integer> tokens = List.of();
        for (String data : LiveServer.data(response)) {
            JsonNode event = JSON.readTree(data);
            int index = event.path("index").asInt(0);
            JsonNode delta = event.path("delta");
            reasoning.append(delta.path("thinking").asString(""));
            content.append(delta.path("text").asString(""));
            inputs.merge(index, delta.path("partial_json").asString(""), String::concat);
            if (event.path("content_block").path("type").asString("").equals("tool_use")) {
                names.put(index, event.path("content_block").path("name").stringValue());
            }
            if (event.path("type").stringValue().equals("message_delta")) {
                end = delta.path("stop_reason").stringValue();
                tokens = messageUsage(event.path("usage"));
            }
        }
        List<String> calls = new ArrayList<>();
        names.forEach((index, name) -> calls.add(name + arguments(inputs.getOrDefault(index, ""))));
        return new Told(reasoning.toString(), content.toString(), calls, end(end), tokens);
    }

    static Told response(JsonNode body) {
        StringBuilder reasoning = new StringBuilder();
        StringBuilder content = new StringBuilder();
        List<String> calls = new ArrayList<>();
        for (JsonNode item : body.path("output")) {
            switch (item.path("type").stringValue()) {
                case "reasoning" ->
                    reasoning.append(item.path("content").path(0).path("text").stringValue());
                case "message" ->
                    content.append(item.path("content").path(0).path("text").stringValue());
                default ->
                    calls.add(item.path("name").stringValue()
                            + arguments(item.path("arguments").stringValue()));
            }
        }
        JsonNode usage = body.path("usage");
        String status = body.path("status").stringValue();
        return new Told(
                reasoning.toString(),
                content.toString(),
                calls,
                status.equals("incomplete") ? "length" : calls.isEmpty() ? "stop" : "calls",
                List.of(
                        usage.path("input_tokens").intValue(),
                        usage.path("input_tokens_details").path("cached_tokens").intValue(),
                        usage.path("output_tokens").intValue()));
    }

    /** By the deltas, with the end and the usage of the last event. */
    static Told responseStream(HttpResponse<String> response) {
        StringBuilder reasoning = new StringBuilder();
        StringBuilder content = new StringBuilder();
        TreeMap<Integer, String> names = new TreeMap<>();
        TreeMap<Integer, String> arguments = new TreeMap<>();
        Told last = new Told("", "", List.of(), "", List.of());
        int number = 0;
        for (String data : LiveServer.data(response)) {
            JsonNode event = JSON.readTree(data);
            if (event.path("sequence_number").intValue() != number++) {
                throw new AssertionError("out of order: " + data);
            }
            int index = event.path("output_index").asInt(0);
            switch (event.path("type").stringValue()) {
                case "response.reasoning_text.delta" ->
                    reasoning.append(event.path("delta").stringValue());
                case "response.output_text.delta" ->
                    content.append(event.path("delta").stringValue());
                case "response.function_call_arguments.delta" ->
                    arguments.merge(index, event.path("delta").stringValue(), String::concat);
                case "response.output_item.added" -> {
                    if (event.path("item").path("type").stringValue().equals("function_call")) {
                        names.put(index, event.path("item").path("name").stringValue());
                    }
                }
                case "response.completed", "response.incomplete" -> last = response(event.path("response"));
                default -> {}
            }
        }
        List<String> calls = new ArrayList<>();
        names.forEach((index, name) -> calls.add(name + arguments(arguments.getOrDefault(index, ""))));
        return new Told(reasoning.toString(), content.toString(), calls, last.end(), last.tokens());
    }

    private static String arguments(String json) {
        return JSON.readTree(json).toString();
    }

    private static String end(String word) {
        return switch (word) {
            case "stop", "end_turn" -> "stop";
            case "length", "max_tokens" -> "length";
            case "tool_calls", "tool_use" -> "calls";
            default -> word;
        };
    }

    private static List<Integer> chatUsage(JsonNode usage) {
        return List.of(
                usage.path("prompt_tokens").intValue(),
                usage.path("prompt_cache_hit_tokens").intValue(),
                usage.path("completion_tokens").intValue());
    }

    private static List<Integer> messageUsage(JsonNode usage) {
        int hits = usage.path("cache_read_input_tokens").intValue();
        return List.of(
                usage.path("input_tokens").intValue() + hits,
                hits,
                usage.path("output_tokens").intValue());
    }

    /** Without the number of reused tokens, which grows with each repetition. */
    Told withoutHits() {
        return new Told(reasoning, content, calls, end, List.of(tokens.get(0), tokens.get(2)));
    }
}
