package dev.hadal.server.api;

import dev.hadal.RunTimings;
import dev.hadal.chat.FinishReason;
import dev.hadal.chat.Usage;
import dev.hadal.server.http.Exchange;
import org.jspecify.annotations.Nullable;

/** Where the usage of each request is recorded. */
@FunctionalInterface
public interface CallReport {
    /**
     * Records what a request cost; called once for each that was started, however it ended.
     *
     * @param exchange the request, with who sent it
     * @param served what was asked: the model that the reply told, and what was put differently
     * @param usage the tokens; of several answers the sum, their prompt counted once
     * @param timings the times; of several answers those of the first
     * @param end why the first answer ended; null if it failed
     */
    void used(Exchange exchange, ServedRuns served, Usage usage, RunTimings timings, @Nullable FinishReason end);
}
