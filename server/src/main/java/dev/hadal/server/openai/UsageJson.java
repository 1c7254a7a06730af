package dev.hadal.server.openai;

import dev.hadal.chat.Usage;
import dev.hadal.server.api.Json;
import tools.jackson.databind.node.ObjectNode;

/** Usage as the hosted service tells it (api.md 5.3). */
final class UsageJson {
    private UsageJson() {}

    static ObjectNode of(Usage usage, ReplyShape shape) {
        int hits = shape.decisions().shownHits(usage.reusedTokens());
        ObjectNode json = Json.object()
                .put("prompt_tokens", usage.promptTokens())
                .put("completion_tokens", usage.completionTokens())
                .put("total_tokens", usage.promptTokens() + usage.completionTokens());
        json.set("prompt_tokens_details", Json.object().put("cached_tokens", hits));
        if (shape.thinking()) {
            json.set("completion_tokens_details", Json.object().put("reasoning_tokens", usage.reasoningTokens()));
        }
        return json.put("prompt_cache_hit_tokens", hits).put("prompt_cache_miss_tokens", usage.promptTokens() - hits);
    }
}
