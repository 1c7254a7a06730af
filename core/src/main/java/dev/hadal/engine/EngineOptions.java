package dev.hadal.engine;

import dev.hadal.cache.CacheOptions;
import java.time.Duration;

/**
 * How an engine works. None of it changes what a generation gives.
 *
 * @param vocabulary ids that can be chosen; 0 for all that the model has. A checkpoint may have more rows than its
 *     tokenizer has ids; those were never trained
 * @param stateBudgetBytes most memory for what is remembered of sequences, running ones and prefixes together; 0 for a
 *     quarter of the most heap that this process may take
 * @param runningSequences most answers that are computed at the same time
 * @param stepTarget how long a step should take at most while an answer is being written: prompts are cut into chunks
 *     that fit
 * @param queue bounds of what waits
 * @param readers how far a reader may be behind
 * @param cache bounds of what is remembered of sequences that are over
 * @param faultsUntilUnhealthy so many failing steps in a row, and the engine says that it is not well
 * @param longestStep so does it while a step takes longer than this
 */
public record EngineOptions(
        int vocabulary,
        long stateBudgetBytes,
        int runningSequences,
        Duration stepTarget,
        QueueLimits queue,
        ReaderLimits readers,
        CacheOptions cache,
        int faultsUntilUnhealthy,
        Duration longestStep) {
    private static final int HEAP_SHARE = 4;
    private static final EngineOptions DEFAULTS = new EngineOptions(
            0,
            0,
            64,
            Duration.ofMillis(200),
            new QueueLimits(1024, 16L << 20, 256L << 20, Duration.ofHours(1), QueueLimits.UNSHARED),
            new ReaderLimits(1024, Duration.ofMinutes(5)),
            CacheOptions.defaults(),
            3,
            Duration.ofMinutes(5));

    /** Checks the numbers. */
    public EngineOptions {
        requireAtLeast("vocabulary", vocabulary, 0);
        requireAtLeast("state budget", stateBudgetBytes, 0);
        requireAtLeast("running sequences", runningSequences, 1);
        requireAtLeast("step target in nanoseconds", stepTarget.toNanos(), 1);
        requireAtLeast("faults until unhealthy", faultsUntilUnhealthy, 1);
        requireAtLeast("longest step in nanoseconds", longestStep.toNanos(), 1);
    }

    /**
     * What may wait; what exceeds any of it is refused at once.
     *
     * @param requests number of requests
     * @param tokens ids of their prompts, together
     * @param bytes memory that they take, together
     * @param longestWait for how long a request is expected to wait
     * @param tenantPercent how much a tenant with more than one request may take of the requests and tokens that other
     *     tenants leave
     */
    public record QueueLimits(int requests, long tokens, long bytes, Duration longestWait, int tenantPercent) {
        /** One tenant may take all that others leave. */
        public static final int UNSHARED = 100;

        /** Checks the numbers. */
        public QueueLimits {
            requireAtLeast("queued requests", requests, 1);
            requireAtLeast("queued tokens", tokens, 1);
            requireAtLeast("queued bytes", bytes, 1);
            requireAtLeast("longest wait in nanoseconds", longestWait.toNanos(), 1);
            if (tenantPercent < 1 || tenantPercent > UNSHARED) {
                throw new IllegalArgumentException(
                        "a tenant's share of the queue must be from 1 to 100 percent, but is " + tenantPercent);
            }
        }

        /** What one tenant may take of what others leave, at least one. */
        long share(long left) {
            return Math.max(1, left * tenantPercent / UNSHARED);
        }
    }

    /**
     * How far a reader may be behind.
     *
     * @param ids that are kept for him; then his generation pauses
     * @param patience after so long a pause it fails
     */
    public record ReaderLimits(int ids, Duration patience) {
        /** Checks the numbers. */
        public ReaderLimits {
            requireAtLeast("ids kept for a reader", ids, 1);
            requireAtLeast("patience in nanoseconds", patience.toNanos(), 1);
        }
    }

    private static void requireAtLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(name + " must be at least " + least + ", but is " + value);
        }
    }

    /** The budget in bytes, worked out if it has to be. */
    long budgetBytes() {
        return stateBudgetBytes == 0 ? Runtime.getRuntime().maxMemory() / HEAP_SHARE : stateBudgetBytes;
    }

    /** For one process with memory to spare. */
    public static EngineOptions defaults() {
        return DEFAULTS;
    }

    /** These with another vocabulary. */
    public EngineOptions withVocabulary(int other) {
        return new EngineOptions(
                other,
                stateBudgetBytes,
                runningSequences,
                stepTarget,
                queue,
                readers,
                cache,
                faultsUntilUnhealthy,
                longestStep);
    }

    /** These with another budget. */
    public EngineOptions withStateBudgetBytes(long other) {
        return new EngineOptions(
                vocabulary,
                other,
                runningSequences,
                stepTarget,
                queue,
                readers,
                cache,
                faultsUntilUnhealthy,
                longestStep);
    }

    /** These with another number of answers at a time. */
    public EngineOptions withRunningSequences(int other) {
        return new EngineOptions(
                vocabulary,
                stateBudgetBytes,
                other,
                stepTarget,
                queue,
                readers,
                cache,
                faultsUntilUnhealthy,
                longestStep);
    }

    /** These with another target. */
    public EngineOptions withStepTarget(Duration other) {
        return new EngineOptions(
                vocabulary,
                stateBudgetBytes,
                runningSequences,
                other,
                queue,
                readers,
                cache,
                faultsUntilUnhealthy,
                longestStep);
    }

    /** These with other bounds of the queue. */
    public EngineOptions withQueue(QueueLimits other) {
        return new EngineOptions(
                vocabulary,
                stateBudgetBytes,
                runningSequences,
                stepTarget,
                other,
                readers,
                cache,
                faultsUntilUnhealthy,
                longestStep);
    }

    /** These with another patience. */
    public EngineOptions withReaders(ReaderLimits other) {
        return new EngineOptions(
                vocabulary,
                stateBudgetBytes,
                runningSequences,
                stepTarget,
                queue,
                other,
                cache,
                faultsUntilUnhealthy,
                longestStep);
    }

    /** These with other bounds of what is remembered. */
    public EngineOptions withCache(CacheOptions other) {
        return new EngineOptions(
                vocabulary,
                stateBudgetBytes,
                runningSequences,
                stepTarget,
                queue,
                readers,
                other,
                faultsUntilUnhealthy,
                longestStep);
    }

    /** These with another length of a step that is too long. */
    public EngineOptions withLongestStep(Duration other) {
        return new EngineOptions(
                vocabulary,
                stateBudgetBytes,
                runningSequences,
                stepTarget,
                queue,
                readers,
                cache,
                faultsUntilUnhealthy,
                other);
    }
}
