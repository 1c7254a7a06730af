package dev.hadal.server;

import static dev.hadal.server.auth.Right.INFERENCE;

import dev.hadal.server.anthropic.CountTokens;
import dev.hadal.server.anthropic.Messages;
import dev.hadal.server.anthropic.ModelList;
import dev.hadal.server.api.ModelNames;
import dev.hadal.server.api.Replies;
import dev.hadal.server.auth.Principal;
import dev.hadal.server.http.Dialect;
import dev.hadal.server.http.Handler;
import dev.hadal.server.http.Route;
import dev.hadal.server.openai.Balance;
import dev.hadal.server.openai.ChatCompletions;
import dev.hadal.server.openai.Completions;
import dev.hadal.server.openai.Models;
import dev.hadal.server.openai.ReplyHeads;
import dev.hadal.server.openai.Responses;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The paths of the DeepSeek API (api.md 2). */
public final class ApiRoutes {
    private final ModelNames models;
    private final Replies replies;
    private final Function<Principal, Optional<BigDecimal>> budgetLeft;
    private final Clock clock;

    /**
     * @param models what can be asked
     * @param replies starts and sends answers
     * @param budgetLeft US dollars left to a key; empty if it has no budget
     * @param clock dates replies
     */
    public ApiRoutes(
            ModelNames models, Replies replies, Function<Principal, Optional<BigDecimal>> budgetLeft, Clock clock) {
        this.models = models;
        this.replies = replies;
        this.budgetLeft = budgetLeft;
        this.clock = clock;
    }

    /** All of them. */
    public List<Route> routes() {
        ReplyHeads heads = new ReplyHeads(clock);
        Instant now = clock.instant();
        Handler chat = new ChatCompletions(models, replies, heads, false);
        Handler betaChat = new ChatCompletions(models, replies, heads, true);
        Handler completions = new Completions(models, replies, heads);
        Handler responses = new Responses(models, replies, heads);
        Handler list = new Models(models, now.getEpochSecond());
        Handler messages = new Messages(models, replies);
        Handler count = new CountTokens(models, replies);
        return List.of(
                openAi("/chat/completions", chat),
                openAi("/v1/chat/completions", chat),
                openAi("/beta/chat/completions", betaChat),
                openAi("/beta/completions", completions),
                openAi("/v1/completions", completions),
                openAi("/responses", responses),
                openAi("/v1/responses", responses),
                Route.get("/models", INFERENCE, Dialect.OPENAI, list),
                Route.get("/v1/models", INFERENCE, Dialect.OPENAI, list),
                Route.get("/beta/models", INFERENCE, Dialect.OPENAI, list),
                Route.get("/user/balance", INFERENCE, Dialect.OPENAI, new Balance(budgetLeft)),
                anthropic("/anthropic/v1/messages", messages),
                anthropic("/v1/messages", messages),
                anthropic("/anthropic/v1/messages/count_tokens", count),
                anthropic("/v1/messages/count_tokens", count),
                Route.get(
                        "/anthropic/v1/models",
                        INFERENCE,
                        Dialect.ANTHROPIC,
                        new ModelList(models, !replies.decisions().hostedFieldsOnly(), now)));
    }

    private static Route openAi(String path, Handler handler) {
        return Route.post(path, INFERENCE, Dialect.OPENAI, handler);
    }

    private static Route anthropic(String path, Handler handler) {
        return Route.post(path, INFERENCE, Dialect.ANTHROPIC, handler);
    }
}
