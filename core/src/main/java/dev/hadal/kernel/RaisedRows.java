package dev.hadal.kernel;

/**
 * A copy of a few input rows for products with FP8 weights. Their codes, moved into place in a float, stand for weights
 * times 2^-120; instead of multiplying each weight by 2^120, the inputs are multiplied by {@code 2^100} here, once for all
 * weights, and the sum of a block by what is missing. Powers of two change no bits of a sum as long as no value leaves
 * the range of normal numbers: rows with values that might do that are not taken.
 *
 * <p>Four rows stand side by side, input by input, so that one address leads to all; then two, then one.
 */
public final class RaisedRows implements WorkerPool.Task {
    /** Most rows; more are worth unpacking the weights for. */
    static final int MOST_ROWS = 16;

    private static final float UP = 0x1p100f;
    /** What a sum of products with codes is to be multiplied by. */
    static final float REST = 0x1p20f;

    /** Bits of 2^27: times 2^100 this is the largest power of two that a float holds. */
    private static final int TOO_LARGE = (127 + 27) << 23;
    /**
     * Bits of 2^-60. The last bit of such a value counts 2^-83, times the smallest weight and both powers 2^-112: so a sum
     * is zero or a normal number.
     */
    private static final int TOO_SMALL = (127 - 60) << 23;
    /** Inputs that one item of a loop copies. */
    private static final int COLUMNS = 1024;
    /** Values that the caller copies alone: other threads would not have heard of it before it is done. */
    private static final int FEW_VALUES = 1 << 13;

    private static final Rows NONE = Rows.allocate(0, 0);

    private float[] data = {};
    private Rows source = NONE;
    private int firstRow;
    private int rows;
    private volatile boolean inRange;

    /** Makes room for rows of up to so many inputs. */
    void reserve(int inputs) {
        int values = Math.multiplyExact(MOST_ROWS, inputs);
        data = values <= data.length ? data : new float[values];
    }

    /** Memory in bytes. */
    long bytes() {
        return (long) data.length * Float.BYTES;
    }

    /** Whether so many rows fit, each as long as those of {@code x}. */
    boolean fit(Rows x, int count) {
        return count <= MOST_ROWS && (long) count * x.stride() <= data.length;
    }

    /**
     * Copies rows of {@code x}, shared out over the pool.
     *
     * @return whether all values are in range, so that products have the bits of those of {@code x}
     */
    boolean take(Rows x, int first, int count, WorkerPool pool) {
        source = x;
        firstRow = first;
        rows = count;
        inRange = true;
        int items = Math.ceilDiv(x.stride(), COLUMNS);
        if (count * x.stride() <= FEW_VALUES) {
            for (int item = 0; item < items; item++) {
                run(item, 0);
            }
        } else {
            pool.run(items, this);
        }
        return inRange;
    }

    /** Copies some columns of all rows. */
    @Override
    public void run(int item, int worker) {
        int from = item * COLUMNS;
        int length = Math.min(COLUMNS, source.stride() - from);
        boolean normal = true;
        for (int row = 0; row < rows; ) {
            int together = together(row);
            int to = at(row, from);
            for (int i = 0; i < together; i++) {
                normal &= raise(source.data(), source.at(firstRow + row + i, from), length, to + i, together);
            }
            row += together;
        }
        if (!normal) {
            inRange = false;
        }
    }

    private boolean raise(float[] x, int from, int length, int to, int step) {
        int largest = 0;
        int smallest = Integer.MAX_VALUE;
        for (int i = 0; i < length; i++) {
            float value = x[from + i];
            int magnitude = Float.floatToRawIntBits(value) & Integer.MAX_VALUE;
            largest = Math.max(largest, magnitude);
            // Zero is in range, and becomes the largest of all here.
            smallest = Math.min(smallest, (magnitude - 1) & Integer.MAX_VALUE);
            data[to + i * step] = value * UP;
        }
        return largest < TOO_LARGE && smallest >= TOO_SMALL - 1;
    }

    /** How many rows stand side by side from this one on, counted from the first that was copied. */
    int together(int row) {
        int rest = rows - row;
        return rest >= 4 ? 4 : rest >= 2 ? 2 : 1;
    }

    /** The raised inputs. */
    float[] data() {
        return data;
    }

    /** Where an input begins of the rows that stand side by side from {@code row} on. */
    int at(int row, int column) {
        return row * source.stride() + column * together(row);
    }
}
