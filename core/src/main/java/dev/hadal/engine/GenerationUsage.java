package dev.hadal.engine;

import java.time.Duration;

/**
 * What a generation took so far.
 *
 * @param promptTokens length of the prompt
 * @param reusedTokens how many of the prompt's tokens did not have to be computed
 * @param computedTokens rows that were computed for it, those computed again after a preemption or a fault included
 * @param sampledTokens ids chosen, the stop id included
 * @param preemptions how often its memory was taken away
 * @param timings when what happened
 */
public record GenerationUsage(
        int promptTokens, int reusedTokens, long computedTokens, int sampledTokens, int preemptions, Timings timings) {

    /**
     * Times since the submission.
     *
     * @param started until its first row was computed; so far, if there is none yet
     * @param firstToken until the first id was chosen; so far, if there is none yet
     * @param ended until the end; so far, if it has not ended
     * @param longestGap between two ids
     */
    public record Timings(Duration started, Duration firstToken, Duration ended, Duration longestGap) {}
}
