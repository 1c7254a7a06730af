package dev.hadal.engine;

import java.time.Duration;

/**
 * How an engine is at one moment.
 *
 * @param healthy false after too many failing steps in a row, until one succeeds, and once the engine is closed
 * @param accepting false while it is drained and afterwards
 * @param waitingRequests requests of which nothing is computed yet
 * @param runningSequences answers that have memory
 * @param stateBytes memory of all that is remembered
 * @param expectedWait until a request that came now would be begun
 */
public record EngineStatus(
        boolean healthy,
        boolean accepting,
        int waitingRequests,
        int runningSequences,
        long stateBytes,
        Duration expectedWait) {}
