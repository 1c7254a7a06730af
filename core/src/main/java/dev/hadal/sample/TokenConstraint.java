package dev.hadal.sample;

/**
 * What may come next in one sequence, given what was sampled so far. It belongs to one sequence and is called by one
 * thread at a time, alternately: which ids are allowed, then which one came.
 *
 * <p>A constraint fails closed. If it throws, or allows nothing, its request ends with an error
 * ({@link SamplingException}); no id is ever chosen against it.
 */
public interface TokenConstraint {
    /**
     * The ids that may come next. Ids that the mask is too small for are not allowed. The mask stays the constraint's
     * own: the caller reads it, and not after the next {@link #accept}.
     */
    TokenMask allowed();

    /** Takes note of the id that came. It may be one that was not allowed, when the caller puts in a token of its own. */
    void accept(int id);
}
