package dev.hadal.server.openai;

import dev.hadal.ChatRun;
import dev.hadal.chat.Field;
import dev.hadal.chat.ThinkingMode;
import dev.hadal.server.api.ModelChoice;
import dev.hadal.server.api.ModelNames;
import dev.hadal.server.api.Replies;
import dev.hadal.server.api.RequestBody;
import dev.hadal.server.api.ServedRuns;
import dev.hadal.server.http.Exchange;
import dev.hadal.server.http.Handler;
import java.io.IOException;
import java.util.List;

/** {@code POST /responses} and {@code /v1/responses} (api.md 11). */
public final class Responses implements Handler {
    private final ModelNames models;
    private final Replies replies;
    private final ReplyHeads heads;

    /**
     * @param models what can be asked
     * @param replies starts and sends answers
     * @param heads begin replies
     */
    public Responses(ModelNames models, Replies replies, ReplyHeads heads) {
        this.models = models;
        this.replies = replies;
        this.heads = heads;
    }

    @Override
    public void handle(Exchange exchange) throws IOException {
        RequestBody.answer(exchange, body -> prepare(exchange, body));
    }

    private Runnable prepare(Exchange exchange, Field body) {
        ModelChoice model = models.openAi(body.get("model").string());
        exchange.note("model", model.name());
        ResponseFields.Asked asked =
                new ResponseFields(replies, exchange.limits().fields()).read(body, model);
        boolean stream = body.get("stream").bool(false);
        boolean thinking = asked.call().options().mode() == ThinkingMode.THINKING;
        List<ChatRun> runs = replies.start(exchange, asked.call());
        ServedRuns served = ServedRuns.of(asked.call(), runs);
        ResponseItems items = new ResponseItems(asked.tools(), replies.ids(), asked.sealed());
        ReplyHead head = heads.of(model).withId(items.id("resp_"));
        ResponseJson response = new ResponseJson(head, asked.effort(), thinking, replies.decisions());
        return stream
                ? () -> replies.stream(exchange, served, new ResponseEvents(response, items))
                : () -> replies.whole(exchange, served, false, answers -> response.of(answers.getFirst(), items));
    }
}
