package dev.hadal.model;

/**
 * A model that computes logits for rows. A row's result is a function of that row and its sequence's past only: how
 * the past was cut into batches, and what else is in the batch, changes no bit.
 *
 * <p>One thread at a time may call {@link #forward}.
 */
public interface LanguageModel extends AutoCloseable {
    /** The state of an empty sequence. */
    SequenceState newState();

    /**
     * Computes the rows of a batch, extends the state of each sequence in it, and leaves the logits of the rows that
     * asked for them, in the order of the rows.
     *
     * <p>When the computation itself fails, the states of this batch are unusable and can only be closed; others are as
     * they were.
     *
     * @throws IllegalArgumentException if the batch does not fit the {@link #limits}, or a token is not in the
     *     vocabulary; no state has changed then
     * @throws IllegalStateException if a state is closed or unusable; no state has changed then
     */
    void forward(Batch batch, Logits logits);

    /**
     * How long the next rows of a sequence should wait, in nanoseconds; 0 if they need not, as those of every model with
     * weights. A model that plays a slow one says so here and does not sleep in {@link #forward}, where it would hold up
     * other sequences. Asked by the thread that calls {@link #forward}; changes nothing that is computed.
     *
     * @param state what is computed of the sequence
     * @param ids its ids
     * @param known how many of them count; those that the state does not have are the next rows
     */
    default long waitNanos(SequenceState state, int[] ids, int known) {
        return 0;
    }

    /** What this model accepts. */
    ModelLimits limits();

    /** Counts the memory of all states of this model. */
    StateMemory stateMemory();

    /** Memory of a state of {@code tokens} positions that shares nothing with others, in bytes. */
    long stateBytes(long tokens);

    /** A digest of everything that decides results: configuration, weights, numerics. */
    String fingerprint();

    @Override
    void close();
}
