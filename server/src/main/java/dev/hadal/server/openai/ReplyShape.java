package dev.hadal.server.openai;

import dev.hadal.server.api.Decisions;

/**
 * How a reply is written.
 *
 * @param thinking whether the model reasons
 * @param includeUsage whether the client asked for the usage in the stream
 * @param topLogProbs how many alternatives of each token are told; negative for no log-probabilities at all
 * @param echo text that is sent before the answer of a completion; may be empty
 * @param decisions where the server has a choice
 */
record ReplyShape(boolean thinking, boolean includeUsage, int topLogProbs, String echo, Decisions decisions) {
    /** Whether the client asked for log-probabilities. */
    boolean logProbs() {
        return topLogProbs >= 0;
    }
}
