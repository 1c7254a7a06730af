package dev.hadal.engine;

/**
 * What an engine has done since it was started.
 *
 * @param submitted requests accepted
 * @param refused requests refused
 * @param ended generations that came to an end, for whatever reason
 * @param failed those of them that failed
 * @param cancelled those of them that were cancelled
 * @param tokens rows and ids
 * @param trouble what went not as planned
 * @param alone what a token takes when nothing else is computed
 */
public record EngineCounters(
        long submitted,
        long refused,
        long ended,
        long failed,
        long cancelled,
        Tokens tokens,
        Trouble trouble,
        Alone alone) {
    /**
     * Rows and ids.
     *
     * @param steps batches computed
     * @param prompt rows of prompts computed, again after a preemption or a fault included
     * @param decode rows computed that continue a sequence by its newest id
     * @param sampled ids chosen
     * @param reused tokens of prompts that did not have to be computed
     * @param prefixHits prompts of which something was known
     * @param prefixMisses prompts of which nothing was
     */
    public record Tokens(
            long steps, long prompt, long decode, long sampled, long reused, long prefixHits, long prefixMisses) {}

    /**
     * What went not as planned.
     *
     * @param failedSteps batches whose computation failed
     * @param preemptions states taken away for want of memory or places
     */
    public record Trouble(long failedSteps, long preemptions) {}

    /**
     * Steps that computed the newest id of one sequence and nothing else: each reads the weights that a token needs once.
     *
     * @param steps how many
     * @param nanos what they took together
     */
    public record Alone(long steps, long nanos) {}
}
