package dev.hadal.model;

/**
 * What a model remembers of one sequence. It grows with each {@link LanguageModel#forward} that names it; it can be
 * forked at its current length but not cut back, since the window and the compressors' tails forget.
 */
public interface SequenceState {
    /** Positions computed so far. */
    int length();

    /** Memory held, in bytes; parts shared with a fork count in both. */
    long bytes();

    /** An independent sequence with the same past. */
    SequenceState fork();
}
