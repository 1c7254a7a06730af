package dev.hadal.server.api;

import dev.hadal.ChatRun;
import java.util.List;

/**
 * The answers to one request on their way.
 *
 * @param model the name that the reply tells
 * @param runs one for each answer
 * @param toolsForbidden whether calls in them are left out
 * @param normalised what was put differently in the request
 */
public record ServedRuns(String model, List<ChatRun> runs, boolean toolsForbidden, Normalisation normalised) {
    /** Copies the list. */
    public ServedRuns {
        runs = List.copyOf(runs);
    }

    /** The answers to a call. */
    public static ServedRuns of(ServedCall call, List<ChatRun> runs) {
        return new ServedRuns(call.model().name(), runs, call.toolsForbidden(), call.normalised());
    }
}
