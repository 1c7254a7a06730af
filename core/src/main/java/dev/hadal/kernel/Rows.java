package dev.hadal.kernel;

/**
 * A block of rows in memory: row {@code r} occupies {@code data[r * stride .. r * stride + stride)}.
 *
 * @param data the values, row after row
 * @param stride values from the start of one row to the start of the next
 */
public record Rows(float[] data, int stride) {

    /** Zeroed rows; a product of counts that no array can hold is an {@link ArithmeticException}. */
    public static Rows allocate(int rows, int width) {
        return new Rows(new float[Math.multiplyExact(rows, width)], width);
    }

    /** Index in {@link #data} of the first value of a row. */
    public int at(int row) {
        return row * stride;
    }

    /** Index in {@link #data} of one value. */
    public int at(int row, int column) {
        return row * stride + column;
    }

    /** Memory of the values in bytes. */
    public long bytes() {
        return (long) data.length * Float.BYTES;
    }
}
