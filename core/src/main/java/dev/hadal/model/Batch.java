package dev.hadal.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** Rows to compute together: consecutive tokens of one or more sequences. Filled, computed, cleared, filled again. */
public final class Batch {
    private final List<Span> spans = new ArrayList<>();
    private final Set<SequenceState> states = Collections.newSetFromMap(new IdentityHashMap<>());
    private int[] tokens = new int[16];
    private boolean[] wanted = new boolean[16];
    private int rows;
    private int wantedRows;

    /**
     * The rows of one sequence, which continue it without a gap.
     *
     * @param state the sequence
     * @param firstRow index of its first row in the batch
     * @param rows how many rows it has
     */
    public record Span(SequenceState state, int firstRow, int rows) {}

    /** Which rows of a span are to leave logits. */
    public enum Wanted {
        /** None: the prompt goes on. */
        NONE,
        /** The last one: a token is to be chosen after it. */
        LAST,
        /** All of them. */
        ALL
    }

    /**
     * Adds the tokens {@code tokens[from .. to)} as the continuation of a sequence.
     *
     * @throws IllegalArgumentException if there are none or the sequence is already in the batch
     */
    public Batch add(SequenceState state, int[] tokens, int from, int to, Wanted logits) {
        if (from < 0 || from >= to || to > tokens.length) {
            throw new IllegalArgumentException(
                    "a span needs at least one token, got [" + from + ", " + to + ") of " + tokens.length);
        }
        if (!states.add(state)) {
            throw new IllegalArgumentException("a sequence can be in a batch only once");
        }
        int count = to - from;
        reserve(rows + count);
        System.arraycopy(tokens, from, this.tokens, rows, count);
        for (int i = 0; i < count; i++) {
            wanted[rows + i] = logits == Wanted.ALL || (logits == Wanted.LAST && i == count - 1);
            wantedRows += wanted[rows + i] ? 1 : 0;
        }
        spans.add(new Span(state, rows, count));
        rows += count;
        return this;
    }

    private void reserve(int capacity) {
        if (capacity > tokens.length) {
            int larger = Math.max(capacity, tokens.length * 2);
            tokens = java.util.Arrays.copyOf(tokens, larger);
            wanted = java.util.Arrays.copyOf(wanted, larger);
        }
    }

    /** Empties the batch. */
    public void clear() {
        spans.clear();
        states.clear();
        rows = 0;
        wantedRows = 0;
    }

    /** The sequences of the batch, in row order. */
    public List<Span> spans() {
        return Collections.unmodifiableList(spans);
    }

    /** Number of rows. */
    public int rows() {
        return rows;
    }

    /** The token of a row. */
    public int token(int row) {
        return tokens[row];
    }

    /** Whether a row is to leave logits. */
    public boolean wantsLogits(int row) {
        return wanted[row];
    }

    /** How many rows are to leave logits. */
    public int wantedRows() {
        return wantedRows;
    }
}
