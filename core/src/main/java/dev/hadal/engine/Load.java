package dev.hadal.engine;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * What an engine had to do at one moment, and how fast it is.
 *
 * @param waiting requests of which nothing is computed yet, by tenant
 * @param runningSequences answers that have memory
 * @param pendingTokens ids of prompts that are to be computed, by tenant
 * @param speed how fast that goes
 */
record Load(Map<String, Waiting> waiting, int runningSequences, Map<String, Long> pendingTokens, Speed speed) {
    private static final Waiting NOTHING = new Waiting(0, 0);

    /**
     * Requests of which nothing is computed yet.
     *
     * @param requests how many
     * @param tokens ids of their prompts
     */
    record Waiting(int requests, long tokens) {
        /** These and others. */
        Waiting plus(Waiting other) {
            return new Waiting(requests + other.requests, tokens + other.tokens);
        }
    }

    /**
     * Speed at one moment.
     *
     * @param promptNanos what a token of a prompt takes while answers are being written
     * @param placeNanos until one of the running sequences is expected to be over; 0 while there are free places
     */
    record Speed(double promptNanos, double placeNanos) {}

    /** Nothing to do. */
    static Load none() {
        return new Load(Map.of(), 0, Map.of(), new Speed(0, 0));
    }

    /** This and a request that has come since. */
    Load with(GenerationRequest request) {
        int tokens = request.prompt().length;
        String tenant = request.origin().tenant();
        Map<String, Waiting> more = new HashMap<>(waiting);
        more.merge(tenant, new Waiting(1, tokens), Waiting::plus);
        Map<String, Long> pending = new HashMap<>(pendingTokens);
        pending.merge(tenant, (long) tokens, Long::sum);
        return new Load(more, runningSequences, pending, speed);
    }

    /** What waits of one tenant. */
    Waiting waiting(String tenant) {
        return waiting.getOrDefault(tenant, NOTHING);
    }

    /** How many requests wait. */
    int waitingRequests() {
        return waiting.values().stream().mapToInt(Waiting::requests).sum();
    }

    /** Ids of the prompts that wait. */
    long waitingTokens() {
        return waiting.values().stream().mapToLong(Waiting::tokens).sum();
    }

    /** Until a tenant's next request of so many tokens would be begun: shares are equal, as the scheduler makes them. */
    Duration expectedWait(String tenant, long tokens) {
        long own = pendingTokens.getOrDefault(tenant, 0L);
        long ahead = own;
        for (Map.Entry<String, Long> other : pendingTokens.entrySet()) {
            if (!other.getKey().equals(tenant)) {
                ahead += Math.min(other.getValue(), own + tokens);
            }
        }
        return Duration.ofNanos((long) (ahead * speed.promptNanos() + (waitingRequests() + 1) * speed.placeNanos()));
    }

    /** What reading so many tokens takes. */
    Duration reading(long tokens) {
        return Duration.ofNanos((long) (tokens * speed.promptNanos()));
    }
}
