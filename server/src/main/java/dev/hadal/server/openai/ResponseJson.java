package dev.hadal.server.openai;

import dev.hadal.chat.ChatEvent;
import dev.hadal.chat.FinishReason;
import dev.hadal.chat.RequestedEffort;
import dev.hadal.chat.Usage;
import dev.hadal.server.api.Answer;
import dev.hadal.server.api.Decisions;
import dev.hadal.server.api.Json;
import dev.hadal.server.http.HttpException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The response object.
 *
 * @param head what it begins with
 * @param effort as the client named it
 * @param thinking whether the model reasons
 * @param decisions where the server has a choice
 */
record ResponseJson(ReplyHead head, RequestedEffort effort, boolean thinking, Decisions decisions) {
    private static final String STATUS = "status";

    /** A response that is being made. */
    ObjectNode begun() {
        return response("in_progress", null, List.of());
    }

    /** A complete response, or one that was cut off by a limit. */
    ObjectNode ended(ChatEvent.End end, List<ObjectNode> items) {
        ObjectNode response = response(complete(end) ? "completed" : "incomplete", end, items);
        response.set("usage", usage(end.usage()));
        return response;
    }

    /** The body for an answer that was not streamed. */
    ObjectNode of(Answer answer, ResponseItems items) {
        return ended(answer.end(), items.all(answer.message()));
    }

    /** A response that cannot be continued. */
    ObjectNode failed(HttpException failure) {
        ObjectNode response = response("failed", null, List.of());
        response.set("error", Json.object().put("code", code(failure)).put("message", failure.getMessage()));
        return response;
    }

    static boolean complete(ChatEvent.End end) {
        return end.reason() == FinishReason.STOP || end.reason() == FinishReason.TOOL_CALLS;
    }

    private static String code(HttpException failure) {
        return switch (failure.status()) {
            case 429 -> "rate_limit_exceeded";
            case 503 -> "server_is_overloaded";
            default -> "server_error";
        };
    }

    private ObjectNode response(String status, ChatEvent.@Nullable End end, List<ObjectNode> items) {
        ObjectNode response = Json.object()
                .put("id", head.id())
                .put("object", "response")
                .put("created_at", head.created())
                .put(STATUS, status)
                .put("background", false)
                .putNull("error");
        if (end != null && !complete(end)) {
            response.putObject("incomplete_details")
                    .put("reason", end.reason() == FinishReason.LENGTH ? "max_output_tokens" : "interrupted");
        } else {
            response.putNull("incomplete_details");
        }
        response.putNull("instructions").putNull("max_output_tokens").put("model", head.model());
        ArrayNode output = response.putArray("output");
        output.addAll(items);
        response.put("parallel_tool_calls", true).putNull("previous_response_id");
        response.putObject("reasoning")
                .put("effort", thinking ? effort.name().toLowerCase(Locale.ROOT) : "none")
                .putNull("summary");
        response.put("store", false).put("temperature", 1.0);
        response.putObject("text").putObject("format").put("type", "text");
        response.put("tool_choice", "auto");
        response.putArray("tools");
        response.put("top_p", 1.0)
                .put("truncation", "disabled")
                .putNull("usage")
                .putNull("user");
        response.putObject("metadata");
        return response;
    }

    private ObjectNode usage(Usage usage) {
        ObjectNode json = Json.object().put("input_tokens", usage.promptTokens());
        json.putObject("input_tokens_details").put("cached_tokens", decisions.shownHits(usage.reusedTokens()));
        json.put("output_tokens", usage.completionTokens());
        json.putObject("output_tokens_details").put("reasoning_tokens", usage.reasoningTokens());
        return json.put("total_tokens", usage.promptTokens() + usage.completionTokens());
    }
}
