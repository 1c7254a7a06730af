package dev.hadal;

import java.time.Duration;

/**
 * How long a run has taken so far.
 *
 * @param queued from the call until its first token was computed
 * @param firstToken from the call until the first token was sampled; zero before that
 * @param total from the call until its end, or until now
 * @param longestGap longest time between two sampled tokens
 * @param tokens sampled so far, the end-of-sentence token included
 */
public record RunTimings(Duration queued, Duration firstToken, Duration total, Duration longestGap, int tokens) {
    /** Mean time between two sampled tokens; zero if there are fewer than two. */
    public Duration perToken() {
        return tokens < 2 ? Duration.ZERO : total.minus(firstToken).dividedBy(tokens - 1L);
    }
}
