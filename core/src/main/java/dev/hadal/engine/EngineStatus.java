package dev.hadal.engine;

import java.time.Duration;

/**
 * How an engine is at one moment.
 *
 * @param complaint what is wrong: too many failing steps in a row, a step that does not end, or that it
 *     is closed; empty if nothing is
 * @param accepting false while it is drained and afterwards
 * @param waitingRequests requests of which nothing is computed yet
 * @param runningSequences answers that have memory
 * @param stateBytes memory of all that is remembered
 * @param expectedWait until a request of a new tenant would be begun
 */
public record EngineStatus(
        String complaint,
        boolean accepting,
        int waitingRequests,
        int runningSequences,
        long stateBytes,
        Duration expectedWait) {
    /** Whether it works as it should. */
    public boolean healthy() {
        return complaint.isEmpty();
    }
}
