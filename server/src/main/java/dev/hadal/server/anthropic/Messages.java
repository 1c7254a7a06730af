package dev.hadal.server.anthropic;

import dev.hadal.ChatRun;
import dev.hadal.chat.Field;
import dev.hadal.chat.ThinkingMode;
import dev.hadal.server.api.ModelChoice;
import dev.hadal.server.api.ModelNames;
import dev.hadal.server.api.Replies;
import dev.hadal.server.api.RequestBody;
import dev.hadal.server.api.ServedCall;
import dev.hadal.server.api.ServedRuns;
import dev.hadal.server.http.Exchange;
import dev.hadal.server.http.Handler;
import java.io.IOException;
import java.util.List;
import java.util.UUID;

/** {@code POST /anthropic/v1/messages} and {@code /v1/messages} (api.md 10). */
public final class Messages implements Handler {
    private final ModelNames models;
    private final Replies replies;

    /**
     * @param models what can be asked
     * @param replies starts and sends answers
     */
    public Messages(ModelNames models, Replies replies) {
        this.models = models;
        this.replies = replies;
    }

    @Override
    public void handle(Exchange exchange) throws IOException {
        RequestBody.answer(exchange, body -> prepare(exchange, body));
    }

    private Runnable prepare(Exchange exchange, Field body) {
        ModelChoice model = models.anthropic(body.get("model").string());
        exchange.note("model", model.name());
        ServedCall call = new MessagesFields(replies, exchange.limits().fields()).read(body, model);
        boolean stream = body.get("stream").bool(false);
        List<ChatRun> runs = replies.start(exchange, call);
        ServedRuns served = ServedRuns.of(call, runs);
        MessageHead head = new MessageHead(
                UUID.randomUUID().toString(),
                model.name(),
                call.options().mode() == ThinkingMode.THINKING,
                replies.decisions());
        return stream
                ? () -> replies.stream(exchange, served, new MessageEvents(head))
                : () -> replies.whole(exchange, served, false, answers -> MessageJson.of(head, answers.getFirst()));
    }
}
