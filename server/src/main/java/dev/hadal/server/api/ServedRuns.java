package dev.hadal.server.api;

import dev.hadal.ChatRun;
import java.util.List;

/**
 * The answers to one request on their way.
 *
 * @param model the name that the reply tells
 * @param runs one for each answer
 * @param toolsForbidden whether calls in them are left out
 */
public record ServedRuns(String model, List<ChatRun> runs, boolean toolsForbidden) {
    /** Copies the list. */
    public ServedRuns {
        runs = List.copyOf(runs);
    }
}
