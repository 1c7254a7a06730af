package dev.hadal.server.openai;

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
import dev.hadal.server.http.HttpException;
import java.io.IOException;
import java.util.List;

/** {@code POST /chat/completions}, also below {@code /v1} and {@code /beta} (api.md 3 to 6). */
public final class ChatCompletions implements Handler {
    private final ModelNames models;
    private final Replies replies;
    private final ReplyHeads heads;
    private final boolean beta;

    /**
     * @param models what can be asked
     * @param replies starts and sends answers
     * @param heads begin replies
     * @param beta whether this is the path with beta features
     */
    public ChatCompletions(ModelNames models, Replies replies, ReplyHeads heads, boolean beta) {
        this.models = models;
        this.replies = replies;
        this.heads = heads;
        this.beta = beta;
    }

    @Override
    public void handle(Exchange exchange) throws IOException {
        RequestBody.answer(exchange, body -> prepare(exchange, body));
    }

    private Runnable prepare(Exchange exchange, Field body) {
        ModelChoice model = models.openAi(body.get("model").string());
        exchange.note("model", model.name());
        ServedCall call = new ChatRequestFields(replies, exchange.limits().fields(), beta).read(body, model);
        boolean stream = body.get("stream").bool(false);
        ReplyShape shape = new ReplyShape(
                call.options().mode() == ThinkingMode.THINKING,
                includeUsage(body, stream),
                new SamplingFields(body, replies).topLogProbs(),
                "",
                replies.decisions());
        List<ChatRun> runs = replies.start(exchange, call);
        ServedRuns served = ServedRuns.of(call, runs);
        ReplyHead head = heads.of(model);
        return stream
                ? () -> replies.stream(exchange, served, new ChatChunks(head, shape, runs.size()))
                : () -> replies.whole(exchange, served, shape.logProbs(), new ChatCompletionJson(head, shape)::of);
    }

    /** {@code stream_options.include_usage}, which has no meaning without a stream. */
    static boolean includeUsage(Field body, boolean stream) {
        Field options = body.get("stream_options");
        if (options.absent()) {
            return false;
        }
        if (!stream) {
            throw HttpException.badRequest("stream_options is only possible with \"stream\": true")
                    .withParam(options.path());
        }
        return options.object().get("include_usage").bool(false);
    }
}
