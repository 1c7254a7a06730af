package dev.hadal.server.ops;

import dev.hadal.RunTimings;
import dev.hadal.chat.Usage;
import java.time.Duration;
import java.util.List;

/**
 * What one finished or aborted request used.
 *
 * @param requestId the request's id; a second record with the same id counts for nothing
 * @param asked what was asked, and by whom
 * @param tokens how much
 * @param outcome how it ended
 * @param times how long it took
 */
public record UsageRecord(String requestId, Asked asked, Tokens tokens, Outcome outcome, Times times) {
    /** The name of the key. */
    public String key() {
        return asked.key();
    }

    /** The name of the model. */
    public String model() {
        return asked.model();
    }

    /**
     * A request.
     *
     * @param key the name of the key
     * @param model the model that answered, by the name it is served under
     * @param normalised words for what of the request was left out or put differently before the model read it
     */
    public record Asked(String key, String model, List<String> normalised) {
        /** Copies the list. */
        public Asked {
            normalised = List.copyOf(normalised);
        }
    }

    /**
     * Tokens.
     *
     * @param prompt the whole prompt
     * @param cacheHit those of the prompt that were not computed again
     * @param completion sampled
     * @param reasoning those of the completion that were reasoning
     */
    public record Tokens(long prompt, long cacheHit, long completion, long reasoning) {
        /** None. */
        public static Tokens none() {
            return new Tokens(0, 0, 0, 0);
        }

        /** Both together, as for several answers to one request. */
        public Tokens plus(Tokens other) {
            return new Tokens(
                    prompt + other.prompt,
                    cacheHit + other.cacheHit,
                    completion + other.completion,
                    reasoning + other.reasoning);
        }

        /** What had to be computed. */
        public long computed() {
            return prompt - cacheHit + completion;
        }

        /** Those of a run. */
        public static Tokens of(Usage usage) {
            return new Tokens(
                    usage.promptTokens(), usage.reusedTokens(), usage.completionTokens(), usage.reasoningTokens());
        }
    }

    /**
     * Times since the request was complete.
     *
     * @param queued until the first of its tokens was computed
     * @param firstToken until the first token of the answer; zero if there was none
     * @param total until the end
     */
    public record Times(Duration queued, Duration firstToken, Duration total) {
        /** Those of a run. */
        public static Times of(RunTimings timings) {
            return new Times(timings.queued(), timings.firstToken(), timings.total());
        }
    }
}
