package dev.hadal.server.anthropic;

import dev.hadal.chat.ChatEvent;
import dev.hadal.server.api.Json;
import dev.hadal.server.api.Refusals;
import tools.jackson.databind.node.ObjectNode;

/** Why an answer ended, in Anthropic's words (api.md 10.4). */
final class StopWords {
    private StopWords() {}

    /**
     * {@code stop_reason} and {@code stop_sequence}.
     *
     * @throws dev.hadal.server.http.HttpException if the server ended it, for which there is no word
     */
    static ObjectNode of(ChatEvent.End end) {
        String reason = switch (end.reason()) {
            case STOP -> end.stopText() == null ? "end_turn" : "stop_sequence";
            case LENGTH -> "max_tokens";
            case TOOL_CALLS -> "tool_use";
            case CANCELLED, DEADLINE -> throw Refusals.interrupted();
        };
        return Json.object().put("stop_reason", reason).put("stop_sequence", end.stopText());
    }
}
