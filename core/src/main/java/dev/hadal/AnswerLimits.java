package dev.hadal;

/**
 * How long an answer may be, in tokens.
 *
 * @param minTokens so many at least before the model may end the answer; stop texts end it nevertheless
 * @param maxTokens so many at most, reasoning included; the context is a limit as well
 * @param thinkingBudget so many at most of reasoning: then it is closed and the answer begins; {@link #UNLIMITED} for
 *     no limit
 */
public record AnswerLimits(int minTokens, int maxTokens, int thinkingBudget) {
    /** No limit. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    /** Checks the values. */
    public AnswerLimits {
        if (maxTokens < 1) {
            throw new IllegalArgumentException("max tokens must be at least 1, but is " + maxTokens);
        }
        if (minTokens < 0 || minTokens > maxTokens) {
            throw new IllegalArgumentException(
                    "min tokens must be from 0 to max tokens, " + maxTokens + ", but is " + minTokens);
        }
        if (thinkingBudget < 0) {
            throw new IllegalArgumentException("the thinking budget must be at least 0, but is " + thinkingBudget);
        }
    }
}
