package dev.hadal.engine;

import dev.hadal.engine.AdmissionException.Reason;
import dev.hadal.model.LanguageModel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Decides at once whether a request is taken, by what it will take and by what is waiting already. */
final class Admission {
    /** Nobody is told to come back sooner. */
    private static final Duration SOON = Duration.ofSeconds(1);

    private final LanguageModel model;
    private final EngineOptions options;

    Admission(LanguageModel model, EngineOptions options) {
        this.model = model;
        this.options = options;
    }

    /**
     * Checks a request against everything that does not change.
     *
     * @throws AdmissionException if it can never be taken
     */
    void requirePossible(GenerationRequest request) {
        int context = model.limits().context();
        int vocabulary = model.limits().vocabulary();
        int tokens = request.prompt().length;
        if (tokens >= context) {
            throw refusal(
                    Reason.TOO_LONG,
                    "the prompt of " + tokens + " tokens leaves no room in the context of " + context,
                    null);
        }
        for (int id : request.prompt()) {
            if (id < 0 || id >= vocabulary) {
                throw refusal(
                        Reason.INVALID_ID,
                        "token " + id + " of the prompt is not in the vocabulary of " + vocabulary + " ids",
                        null);
            }
        }
        long longest = Math.min(context, (long) tokens + request.limits().maxTokens());
        long bytes = Memory.mostBytes(model, longest);
        if (bytes > options.budgetBytes()) {
            throw refusal(
                    Reason.TOO_LARGE,
                    "an answer of " + longest + " tokens with its prompt takes " + bytes
                            + " bytes of memory, the budget is " + options.budgetBytes()
                            + "; ask for fewer tokens or raise the budget",
                    null);
        }
    }

    /**
     * Checks a request against what is waiting.
     *
     * @throws AdmissionException if it is not taken now, saying when it may be
     */
    void requireRoom(GenerationRequest request, Load load) {
        int tokens = request.prompt().length;
        requireRoom(request.origin(), tokens, retry(request.origin(), tokens, load), load);
    }

    /**
     * Checks a request whose prompt is not known yet against what is waiting: what the shortest prompt would not pass,
     * none does.
     *
     * @throws AdmissionException if it is not taken now, saying when one like those that wait may be
     */
    void requireRoom(Origin origin, Load load) {
        long usual = load.waitingTokens() / Math.max(1, load.waitingRequests());
        requireRoom(origin, 1, retry(origin, Math.max(1, usual), load), load);
    }

    private static Duration retry(Origin origin, long tokens, Load load) {
        Duration wait = load.expectedWait(origin.tenant(), tokens);
        return wait.compareTo(SOON) < 0 ? SOON : wait;
    }

    /** Each check is passed by every prompt that is shorter than one that passes. */
    private void requireRoom(Origin origin, int tokens, Duration retry, Load load) {
        EngineOptions.QueueLimits queue = options.queue();
        if (load.waitingRequests() >= queue.requests()) {
            throw refusal(Reason.QUEUE_REQUESTS, load.waitingRequests() + " requests are waiting, no more may", retry);
        }
        if (load.waitingTokens() + tokens > queue.tokens()) {
            throw refusal(
                    Reason.QUEUE_TOKENS,
                    with(tokens) + " " + (load.waitingTokens() + tokens) + " would be waiting, at most "
                            + queue.tokens() + " may",
                    retry);
        }
        long bytes = (load.waitingTokens() + tokens) * Integer.BYTES;
        if (bytes > queue.bytes()) {
            throw refusal(
                    Reason.QUEUE_BYTES,
                    "waiting prompts would take " + bytes + " bytes, at most " + queue.bytes() + " may",
                    retry);
        }
        requireShare(origin, tokens, retry, load);
        requireTime(origin, tokens, retry, load);
    }

    /** Who waits with a request already leaves room for others; a first request is nobody's flood, however long. */
    private void requireShare(Origin origin, int tokens, Duration retry, Load load) {
        EngineOptions.QueueLimits queue = options.queue();
        Load.Waiting own = load.waiting(origin.tenant());
        if (own.requests() == 0) {
            return;
        }
        long places = queue.share(queue.requests() - (load.waitingRequests() - own.requests()));
        if (own.requests() + 1 > places) {
            throw refusal(
                    Reason.QUEUE_SHARE,
                    own.requests() + " requests of this tenant are waiting, which is its share; others may still ask",
                    retry);
        }
        long mostTokens = Math.min(queue.tokens(), queue.bytes() / Integer.BYTES);
        long share = queue.share(mostTokens - (load.waitingTokens() - own.tokens()));
        if (own.tokens() + tokens > share) {
            throw refusal(
                    Reason.QUEUE_SHARE,
                    with(tokens) + " " + (own.tokens() + tokens) + " of this tenant would be waiting, its share is "
                            + share + "; others may still ask",
                    retry);
        }
    }

    private void requireTime(Origin origin, int tokens, Duration retry, Load load) {
        Duration wait = load.expectedWait(origin.tenant(), tokens);
        Duration longest = options.queue().longestWait();
        if (wait.compareTo(longest) > 0) {
            throw refusal(
                    Reason.QUEUE_SECONDS,
                    "it would have to wait for " + seconds(wait) + " s, at most " + seconds(longest) + " s are allowed",
                    retry);
        }
        Duration deadline = origin.deadline();
        Duration first = wait.plus(load.reading(tokens));
        if (deadline != null && first.compareTo(deadline) > 0) {
            throw refusal(
                    Reason.DEADLINE,
                    "its first token is expected after " + seconds(first) + " s, its deadline is after "
                            + seconds(deadline) + " s",
                    retry);
        }
    }

    private static String with(int tokens) {
        return tokens == 1 ? "with another token" : "with these " + tokens + " tokens";
    }

    private static long seconds(Duration duration) {
        return duration.plusNanos(999_999_999).toSeconds();
    }

    private static AdmissionException refusal(Reason reason, String message, @Nullable Duration retryAfter) {
        return new AdmissionException(reason, message, retryAfter);
    }
}
