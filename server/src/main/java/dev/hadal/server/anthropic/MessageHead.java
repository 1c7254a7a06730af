package dev.hadal.server.anthropic;

import dev.hadal.chat.Usage;
import dev.hadal.server.api.Decisions;
import dev.hadal.server.api.Json;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a message begins with.
 *
 * @param id names the message, and is the signature of its thinking
 * @param model the name of the model that answers
 * @param thinking whether it reasons
 * @param decisions where the server has a choice
 */
record MessageHead(String id, String model, boolean thinking, Decisions decisions) {
    ObjectNode object() {
        return Json.object()
                .put("id", id)
                .put("type", "message")
                .put("role", "assistant")
                .put("model", model);
    }

    /** Usage as Anthropic counts it: hits are not among the input tokens. */
    ObjectNode usage(Usage usage) {
        int hits = decisions.shownHits(usage.reusedTokens());
        return Json.object()
                .put("input_tokens", usage.promptTokens() - hits)
                .put("cache_creation_input_tokens", 0)
                .put("cache_read_input_tokens", hits)
                .put("output_tokens", usage.completionTokens())
                .put("service_tier", "standard");
    }
}
