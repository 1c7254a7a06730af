package dev.hadal;

import dev.hadal.chat.ReasoningEffort;
import dev.hadal.chat.ThinkingMode;
import dev.hadal.sample.SamplingParams;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one answer is made.
 *
 * @param mode whether the model reasons first
 * @param effort how hard
 * @param sampling how tokens are chosen; null for the model's own defaults
 * @param maxTokens most tokens of the answer, reasoning included; the context is a limit as well
 * @param stop texts that end the answer when they appear in its content; they are not part of it
 * @param parity lets the spelling of control tokens inside messages become control tokens, as the reference does
 */
public record ChatOptions(
        ThinkingMode mode,
        ReasoningEffort effort,
        @Nullable SamplingParams sampling,
        int maxTokens,
        List<String> stop,
        boolean parity) {
    private static final int MAX_TOKENS = 32_768;

    /** Checks the values. */
    public ChatOptions {
        stop = List.copyOf(stop);
        if (maxTokens < 1) {
            throw new IllegalArgumentException("max tokens must be at least 1, but is " + maxTokens);
        }
        if (stop.contains("")) {
            throw new IllegalArgumentException("a stop text must not be empty");
        }
    }

    /** Thinks with high effort as the hosted service does, up to 32,768 tokens. */
    public static ChatOptions defaults() {
        return new ChatOptions(ThinkingMode.THINKING, ReasoningEffort.HIGH, null, MAX_TOKENS, List.of(), false);
    }

    /** These in another mode. */
    public ChatOptions withMode(ThinkingMode other) {
        return new ChatOptions(other, effort, sampling, maxTokens, stop, parity);
    }

    /** These with another effort. */
    public ChatOptions withEffort(ReasoningEffort other) {
        return new ChatOptions(mode, other, sampling, maxTokens, stop, parity);
    }

    /** These with another way to choose tokens. */
    public ChatOptions withSampling(SamplingParams other) {
        return new ChatOptions(mode, effort, other, maxTokens, stop, parity);
    }

    /** These with another limit. */
    public ChatOptions withMaxTokens(int other) {
        return new ChatOptions(mode, effort, sampling, other, stop, parity);
    }

    /** These with other stop texts. */
    public ChatOptions withStop(List<String> other) {
        return new ChatOptions(mode, effort, sampling, maxTokens, other, parity);
    }

    /** These with or without bit parity. */
    public ChatOptions withParity(boolean other) {
        return new ChatOptions(mode, effort, sampling, maxTokens, stop, other);
    }
}
