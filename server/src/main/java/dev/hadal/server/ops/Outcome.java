package dev.hadal.server.ops;

import java.util.Locale;

/** How a request ended, as usage records and metrics have it. */
public enum Outcome {
    /** The model was done, or a stop text came. */
    STOP(false),
    /** The limit of tokens was reached. */
    LENGTH(false),
    /** The model waits for tool results. */
    TOOL_CALLS(false),
    /** The client left. */
    DISCONNECTED(true),
    /** The time for the request was over. */
    DEADLINE(true),
    /** The server was told to stop and could not wait. */
    SHUTDOWN(true),
    /** Something failed. */
    FAILED(true);

    private final boolean aborted;

    Outcome(boolean aborted) {
        this.aborted = aborted;
    }

    /** Whether the answer is not what it would have been. */
    public boolean aborted() {
        return aborted;
    }

    /** The name in records and labels. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
