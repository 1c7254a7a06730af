package dev.hadal.model;

/**
 * What a model remembers of one sequence. It grows with each {@link LanguageModel#forward} that names it; it can be
 * forked at its current length but not cut back, since the window and the compressors' tails forget.
 *
 * <p>A state holds memory that {@link LanguageModel#stateMemory} counts until the state is closed. One thread at a time
 * may use a state; different states, forks of each other too, may be used, forked and closed by different threads.
 */
public interface SequenceState extends AutoCloseable {
    /** Positions computed so far. */
    int length();

    /** Memory reachable from this state, in bytes; parts shared with a fork count in both. */
    long bytes();

    /**
     * How much of the memory reachable from this state is also reachable from another one of the same model, in bytes.
     * Unless one of them is changed, it stays so.
     */
    default long sharedBytes(SequenceState other) {
        return 0;
    }

    /**
     * An independent sequence with the same past. It costs little: what both remember is shared until one of them
     * changes it.
     *
     * @throws IllegalStateException if this state is closed
     */
    SequenceState fork();

    /**
     * A hash over everything remembered. Equal states have equal hashes, whatever they share; a single changed bit
     * changes the hash.
     *
     * @throws IllegalStateException if this state is closed
     */
    long checksum();

    /** Gives the memory back. Closing twice does nothing; any other later use is an {@link IllegalStateException}. */
    @Override
    void close();
}
