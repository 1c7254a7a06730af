package dev.hadal.engine;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * What an engine had to do at one moment, and how fast it is.
 *
 * @param waitingRequests requests of which nothing is computed yet
 * @param waitingTokens ids of their prompts
 * @param runningSequences answers that have memory
 * @param pendingTokens ids of prompts that are to be computed, by tenant
 * @param speed how fast that goes
 */
record Load(
        int waitingRequests, long waitingTokens, int runningSequences, Map<String, Long> pendingTokens, Speed speed) {

    /**
     * Speed at one moment.
     *
     * @param promptNanos what a token of a prompt takes while answers are being written
     * @param placeNanos until one of the running sequences is expected to be over; 0 while there are free places
     */
    record Speed(double promptNanos, double placeNanos) {}

    /** Nothing to do. */
    static Load none() {
        return new Load(0, 0, 0, Map.of(), new Speed(0, 0));
    }

    /** This and a request that has come since. */
    Load with(GenerationRequest request) {
        int tokens = request.prompt().length;
        Map<String, Long> pending = new HashMap<>(pendingTokens);
        pending.merge(request.origin().tenant(), (long) tokens, Long::sum);
        return new Load(waitingRequests + 1, waitingTokens + tokens, runningSequences, pending, speed);
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
        return Duration.ofNanos((long) (ahead * speed.promptNanos() + (waitingRequests + 1) * speed.placeNanos()));
    }

    /** What reading so many tokens takes. */
    Duration reading(long tokens) {
        return Duration.ofNanos((long) (tokens * speed.promptNanos()));
    }
}
