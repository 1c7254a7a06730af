package dev.hadal.engine;

import dev.hadal.cache.PrefixMatch;
import java.time.Duration;

/**
 * What a generation took so far.
 *
 * @param promptTokens length of the prompt
 * @param prefix what was known of the prompt
 * @param computedTokens rows that were computed for it, those computed again after a preemption or a fault included
 * @param sampledTokens ids chosen, the stop id included
 * @param preemptions how often its memory was taken away
 * @param timings when what happened
 */
public record GenerationUsage(
        int promptTokens, Prefix prefix, long computedTokens, int sampledTokens, int preemptions, Timings timings) {

    /**
     * What was known of a prompt when its turn came.
     *
     * @param reusedTokens tokens that did not have to be computed
     * @param matchedTokens tokens that are known to begin another sequence too; as there is not a snapshot everywhere, some
     *     of them may have to be computed again
     * @param givenId the token after the match; -1 if the prompt ends there
     * @param knownId the token that the known sequence has there; -1 if it ends there
     * @param cause why not more was known
     */
    public record Prefix(int reusedTokens, int matchedTokens, int givenId, int knownId, PrefixMatch.Cause cause) {
        static final Prefix NONE = new Prefix(0, 0, -1, -1, PrefixMatch.Cause.NOTHING_KNOWN);

        static Prefix of(PrefixMatch match) {
            return new Prefix(match.reused(), match.matched(), match.given(), match.cached(), match.cause());
        }

        /** That of an answer whose prompt another answer to it has computed. */
        static Prefix shared(int promptTokens) {
            return new Prefix(promptTokens, promptTokens, -1, -1, PrefixMatch.Cause.NONE);
        }
    }

    /**
     * Times since the submission.
     *
     * @param started until its first row was computed; so far, if there is none yet
     * @param firstToken until the first id was chosen; so far, if there is none yet
     * @param ended until the end; so far, if it has not ended
     * @param perToken between two ids, on average; zero if there are not two
     * @param longestGap between two ids
     */
    public record Timings(
            Duration started, Duration firstToken, Duration ended, Duration perToken, Duration longestGap) {}
}
