package dev.hadal.engine;

import dev.hadal.sample.LogProbs;
import org.jspecify.annotations.Nullable;

/** What a reader takes from a {@link Generation}: tokens, and then its end. */
public sealed interface Taken {
    /**
     * The next id.
     *
     * @param id from the vocabulary
     * @param logProbs how likely it was, if that was asked for
     */
    record Token(int id, @Nullable LogProbs logProbs) implements Taken {}

    /**
     * The end; nothing follows.
     *
     * @param reason why
     * @param stopId the stop id that ended it, -1 if none did
     * @param usage what it took
     */
    record End(EndReason reason, int stopId, GenerationUsage usage) implements Taken {}
}
