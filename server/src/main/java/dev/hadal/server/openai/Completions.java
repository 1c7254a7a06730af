package dev.hadal.server.openai;

import dev.hadal.ChatOptions;
import dev.hadal.ChatRun;
import dev.hadal.OutputOptions;
import dev.hadal.PromptOptions;
import dev.hadal.chat.Field;
import dev.hadal.chat.ReasoningEffort;
import dev.hadal.chat.ThinkingMode;
import dev.hadal.server.api.GenerationLimits;
import dev.hadal.server.api.ModelChoice;
import dev.hadal.server.api.ModelNames;
import dev.hadal.server.api.Normalisation;
import dev.hadal.server.api.Replies;
import dev.hadal.server.api.RequestBody;
import dev.hadal.server.api.ServedRuns;
import dev.hadal.server.http.Exchange;
import dev.hadal.server.http.Handler;
import dev.hadal.server.http.Limits;
import java.io.IOException;
import java.util.List;

/**
 * {@code POST /beta/completions} and {@code /v1/completions}: text that continues a prompt or stands between a prompt
 * and a suffix (api.md 4.7).
 */
public final class Completions implements Handler {
    private final ModelNames models;
    private final Replies replies;
    private final ReplyHeads heads;

    /**
     * @param models what can be asked
     * @param replies starts and sends answers
     * @param heads begin replies
     */
    public Completions(ModelNames models, Replies replies, ReplyHeads heads) {
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
        Field suffix = body.get("suffix");
        Replies.CompletionText text =
                new Replies.CompletionText(prompt(body.get("prompt")), suffix.absent() ? null : suffix.string());
        boolean stream = body.get("stream").bool(false);
        ReplyShape shape = new ReplyShape(
                false,
                ChatCompletions.includeUsage(body, stream),
                new SamplingFields(body, replies).legacyLogProbs(),
                body.get("echo").bool(false) ? text.prompt() : "",
                replies.decisions());
        ChatOptions options = options(body, shape, exchange.limits().fields());
        List<ChatRun> runs = replies.complete(
                exchange, model, text, options, body.get("user_id").string(""));
        ServedRuns served = new ServedRuns(model.name(), runs, true, new Normalisation());
        ReplyHead head = heads.of(model);
        return stream
                ? () -> replies.stream(exchange, served, new CompletionChunks(head, shape, runs.size()))
                : () -> replies.whole(exchange, served, shape.logProbs(), new CompletionJson(head, shape)::of);
    }

    /** A text; OpenAI's clients send a list of one now and then. */
    private static String prompt(Field field) {
        if (field.isArray()) {
            if (field.elements().size() != 1) {
                throw field.refused("must be one text");
            }
            return field.elements().getFirst().string();
        }
        return field.string();
    }

    private ChatOptions options(Field body, ReplyShape shape, Limits.Fields limits) {
        SamplingFields sampling = new SamplingFields(body, replies);
        return new ChatOptions(
                ThinkingMode.CHAT,
                ReasoningEffort.NONE,
                sampling.sampling(true),
                GenerationLimits.maxTokens(body.get("max_tokens")),
                GenerationLimits.stops(body.get("stop"), limits),
                new OutputOptions(sampling.choices(limits), sampling.wantedAlternatives(shape.topLogProbs())),
                new PromptOptions(false, true, false));
    }
}
