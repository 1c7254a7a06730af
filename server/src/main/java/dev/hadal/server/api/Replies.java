package dev.hadal.server.api;

import dev.hadal.AdmissionRefusedException;
import dev.hadal.CallContext;
import dev.hadal.ChatBackend;
import dev.hadal.ChatCall;
import dev.hadal.ChatOptions;
import dev.hadal.ChatRun;
import dev.hadal.CompletionCall;
import dev.hadal.ContextOverflowException;
import dev.hadal.chat.ConversationException;
import dev.hadal.server.auth.Principal;
import dev.hadal.server.http.Exchange;
import dev.hadal.server.http.HttpException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Starts what a request asks for and sends what comes of it. Everything that can be refused is refused before the first
 * byte; what fails later ends a stream with an error event, and otherwise is the body.
 */
public final class Replies {
    private final Decisions decisions;
    private final CallReport report;
    private final ToolCallIds ids;

    /**
     * @param decisions where the server has a choice
     * @param report is told what each run cost
     * @param ids gives ids
     */
    public Replies(Decisions decisions, CallReport report, ToolCallIds ids) {
        this.decisions = decisions;
        this.report = report;
        this.ids = ids;
    }

    /** Where the server has a choice. */
    public Decisions decisions() {
        return decisions;
    }

    /** Ids and numbers that nobody can guess. */
    public ToolCallIds ids() {
        return ids;
    }

    /** Starts the answers to a conversation. */
    public List<ChatRun> start(Exchange exchange, ServedCall call) {
        if (!call.normalised().isEmpty()) {
            exchange.header(Normalisation.HEADER, call.normalised().toString());
            exchange.note("normalised", call.normalised().toString());
        }
        ChatBackend backend = call.model().backend();
        ChatCall asked = asked(exchange, call);
        return started(call.options(), () -> {
            if (decisions.hostedFieldsOnly()) {
                // Counting makes the prompt, which is not done for a call that has no chance.
                backend.requireRoom(asked);
                refuseLongAnswer(backend, asked);
            }
            return backend.start(asked);
        });
    }

    /** How many tokens the prompt has that {@link #start} gives the model for the same call. */
    public int countTokens(Exchange exchange, ServedCall call) {
        return started(call.options(), () -> call.model().backend().countTokens(asked(exchange, call)));
    }

    private ChatCall asked(Exchange exchange, ServedCall call) {
        return new ChatCall(call.conversation(), call.options(), context(exchange, call.userId()));
    }

    /** Starts completions of a text. */
    public List<ChatRun> complete(
            Exchange exchange, ModelChoice model, CompletionText text, ChatOptions options, String userId) {
        return started(
                options,
                () -> model.backend()
                        .complete(
                                new CompletionCall(text.prompt(), text.suffix(), options, context(exchange, userId))));
    }

    /**
     * A text to be completed.
     *
     * @param prompt what stands before
     * @param suffix what stands after; null if the prompt is just continued
     */
    public record CompletionText(String prompt, @Nullable String suffix) {}

    private CallContext context(Exchange exchange, String userId) {
        Principal principal = exchange.principal();
        return CallContext.local()
                .withTenant(principal.tenant(), EndUser.cacheNamespace(principal, userId))
                .withLabel(exchange.requestId())
                .withToolCallIds(ids);
    }

    /** The hosted service counts the whole answer that is asked for; otherwise it is cut to the context. */
    private static void refuseLongAnswer(ChatBackend backend, ChatCall asked) {
        int context = backend.info().contextTokens();
        int wanted = asked.options().limits().maxTokens();
        if (wanted < GenerationLimits.MAX_TOKENS) {
            int prompt = backend.countTokens(asked);
            if ((long) prompt + wanted > context) {
                throw Refusals.overflow(context, prompt, wanted);
            }
        }
    }

    private static <T> T started(ChatOptions options, Supplier<T> start) {
        try {
            return start.get();
        } catch (ConversationException e) {
            throw Refusals.unanswerable(e);
        } catch (ContextOverflowException e) {
            throw Refusals.overflow(e, Math.min(options.limits().maxTokens(), e.context()));
        } catch (AdmissionRefusedException e) {
            throw Refusals.notAdmitted(e);
        }
    }

    /** Sends a stream of events. */
    public void stream(Exchange exchange, ServedRuns runs, EventProjection projection) {
        new StreamedReply(exchange, runs, projection, report).send();
    }

    /** Sends one body when all answers are complete. */
    public void whole(Exchange exchange, ServedRuns runs, boolean logProbs, Function<List<Answer>, JsonNode> body) {
        new WholeReply(exchange, runs, report).send(logProbs, body);
    }

    /** Sends a body that needs no model. */
    public static void json(Exchange exchange, JsonNode body) {
        exchange.respond(200, Exchange.JSON, Json.text(body).getBytes(StandardCharsets.UTF_8));
    }

    static HttpException internal(String requestId) {
        return HttpException.of(500, "The request failed inside the server (request " + requestId + ").");
    }
}
