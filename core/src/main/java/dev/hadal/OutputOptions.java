package dev.hadal;

/**
 * What is wanted of an answer beside its text.
 *
 * @param choices how many answers to the same prompt, each drawing its own random numbers; 1 to 128
 * @param topLogProbs with how many alternatives each token's log-probability is told, 0 to 20; {@link #NONE} to leave
 *     log-probabilities out
 */
public record OutputOptions(int choices, int topLogProbs) {
    /** No log-probabilities. */
    public static final int NONE = -1;

    private static final int MAX_CHOICES = 128;
    private static final int MAX_ALTERNATIVES = 20;

    /** Checks the values. */
    public OutputOptions {
        if (choices < 1 || choices > MAX_CHOICES) {
            throw new IllegalArgumentException("choices must be from 1 to " + MAX_CHOICES + ", but is " + choices);
        }
        if (topLogProbs < NONE || topLogProbs > MAX_ALTERNATIVES) {
            throw new IllegalArgumentException("top log-probabilities must be from 0 to " + MAX_ALTERNATIVES
                    + ", or -1 for none at all, but is " + topLogProbs);
        }
    }
}
