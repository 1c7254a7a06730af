package dev.hadal.server.anthropic;

import dev.hadal.chat.Field;
import dev.hadal.server.api.Json;
import dev.hadal.server.api.ModelChoice;
import dev.hadal.server.api.ModelNames;
import dev.hadal.server.api.Replies;
import dev.hadal.server.api.RequestBody;
import dev.hadal.server.api.ServedCall;
import dev.hadal.server.http.Exchange;
import dev.hadal.server.http.Handler;
import java.io.IOException;

/** {@code POST .../messages/count_tokens}: the length of the prompt that the same body to Messages would have. */
public final class CountTokens implements Handler {
    private final ModelNames models;
    private final Replies replies;

    /**
     * @param models what can be asked
     * @param replies counts as it starts answers
     */
    public CountTokens(ModelNames models, Replies replies) {
        this.models = models;
        this.replies = replies;
    }

    @Override
    public void handle(Exchange exchange) throws IOException {
        RequestBody.answer(exchange, body -> {
            int tokens = count(exchange, body);
            return () -> Replies.json(exchange, Json.object().put("input_tokens", tokens));
        });
    }

    private int count(Exchange exchange, Field body) {
        ModelChoice model = models.anthropic(body.get("model").string());
        exchange.note("model", model.name());
        ServedCall call = new MessagesFields(replies, exchange.limits().fields()).read(body, model);
        return replies.countTokens(exchange, call);
    }
}
