package dev.hadal.engine;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * When a generation ends.
 *
 * @param minTokens before so many are chosen, no stop id can be
 * @param maxTokens most ids that are chosen; the context is a limit as well
 * @param stopIds ids that end it; the one that did is not delivered as a token
 * @param thinking limit of a thinking block that the prompt has opened; null if there is none
 */
public record TokenLimits(
        int minTokens,
        int maxTokens,
        Set<Integer> stopIds,
        @Nullable ThinkingBudget thinking) {
    /** Checks the values. */
    public TokenLimits {
        stopIds = Set.copyOf(stopIds);
        if (maxTokens < 1) {
            throw new IllegalArgumentException("max tokens must be at least 1, but is " + maxTokens);
        }
        if (minTokens < 0 || minTokens > maxTokens) {
            throw new IllegalArgumentException(
                    "min tokens must be from 0 to max tokens (" + maxTokens + "), but is " + minTokens);
        }
    }

    /**
     * How long a thinking block may be. When so many ids were chosen and none of them closed it, the next id is the
     * closing one, whatever the model prefers; then the answer goes on as usual.
     *
     * @param closeId the id that closes the block
     * @param tokens most ids inside the block, the closing one not counted
     */
    public record ThinkingBudget(int closeId, int tokens) {
        /** Checks the number. */
        public ThinkingBudget {
            if (tokens < 0) {
                throw new IllegalArgumentException("a thinking budget must be at least 0, but is " + tokens);
            }
        }
    }

    /** So many ids, or until a stop id. */
    public static TokenLimits of(int maxTokens, Integer... stopIds) {
        return new TokenLimits(0, maxTokens, Set.of(stopIds), null);
    }

    /** These with another minimum. */
    public TokenLimits withMinTokens(int other) {
        return new TokenLimits(other, maxTokens, stopIds, thinking);
    }

    /** These with another maximum. */
    public TokenLimits withMaxTokens(int other) {
        return new TokenLimits(minTokens, other, stopIds, thinking);
    }

    /** These with a limit of the thinking block. */
    public TokenLimits withThinking(@Nullable ThinkingBudget other) {
        return new TokenLimits(minTokens, maxTokens, stopIds, other);
    }
}
