package dev.hadal.model;

/** Where a model leaves its results: one row of {@code vocabulary} values for each batch row that asked for them. */
public final class Logits {
    private final float[] values;
    private final int vocabulary;
    private final int capacity;
    private int rows;

    /** Room for {@code capacity} rows; a product that no array can hold is an {@link ArithmeticException}. */
    public Logits(int capacity, int vocabulary) {
        this.values = new float[Math.multiplyExact(capacity, vocabulary)];
        this.vocabulary = vocabulary;
        this.capacity = capacity;
    }

    /** The values, row after row. */
    public float[] values() {
        return values;
    }

    /** Index in {@link #values} of the first value of a row. */
    public int at(int row) {
        return row * vocabulary;
    }

    /** Values in a row. */
    public int vocabulary() {
        return vocabulary;
    }

    /** Most rows. */
    public int capacity() {
        return capacity;
    }

    /** Rows of the last batch. */
    public int rows() {
        return rows;
    }

    /** Says how many rows the batch leaves; for models. */
    public void rows(int count) {
        if (count > capacity) {
            throw new IllegalArgumentException(
                    "the batch asks for the logits of " + count + " rows, there is room for " + capacity);
        }
        rows = count;
    }
}
