package dev.hadal.kernel;

/**
 * Rows whose values are integers times a step for each block of {@value #BLOCK}: what inputs of FP4 products are rounded
 * to. The integers are so small that all sums of a block with FP4 weights fit 16 bits, and steps have 9 significant bits,
 * so that floats hold those sums exactly: products of the integers and products of the floats that they stand for have
 * the same bits.
 *
 * <p>{@link Kernels#toIntegers} fills a row. A block with a value that is not finite, or beyond {@code 2^64}, is NaN.
 */
public final class IntegerRows {
    /** Values that share a step; the blocks of FP4. */
    static final int BLOCK = 32;
    /** Largest magnitude of an integer: 32 times 12, the largest weight in halves, times this is below 2^15. */
    static final int LARGEST = 85;
    /** A factor is the step times this: for the halves that weights are counted in, and sums moved up by 16 bits. */
    static final float FACTOR = 0x1p-17f;

    /** Bits of 2^64. */
    private static final int TOO_LARGE = 0x5f800000;
    /** Bits of a float behind the 9 significant ones of a step. */
    private static final int BEHIND = 0x7fff;
    /** Bits of 2^-100, the smallest step. */
    private static final int SMALLEST = 27 << 23;

    private final Rows values;
    /**
     * [rows, width / 2], groups of {@value PackedMatrix#GROUP}: int {@code i} of a group holds the integers {@code i} and,
     * above, {@code 64 + i}; int {@code 32 + i} those of {@code 32 + i} and {@code 96 + i}. Empty if no groups are full.
     */
    final int[] pairs;
    /** [rows, blocks] step of a block times {@link #FACTOR}; NaN where the block is. */
    final float[] factors;

    private final int blocks;

    /** Integers beside rows that will hold the floats that they stand for. */
    public IntegerRows(Rows values) {
        this.values = values;
        this.blocks = values.stride() / BLOCK;
        int rows = values.stride() == 0 ? 0 : values.data().length / values.stride();
        this.pairs = new int[paired() ? values.data().length / 2 : 0];
        this.factors = new float[paired() ? Math.multiplyExact(rows, blocks) : 0];
    }

    /** The floats that the integers stand for, [rows, width]. */
    public Rows values() {
        return values;
    }

    /** Whether there are integers: rows consist of whole groups. */
    boolean paired() {
        return values.stride() % PackedMatrix.GROUP == 0;
    }

    /** Index in {@link #pairs} of the first of a row. */
    int pairAt(int row) {
        return row * (values.stride() / 2);
    }

    /** Index in {@link #factors} of the first of a row. */
    int factorAt(int row) {
        return row * blocks;
    }

    /** Memory of the integers in bytes; the floats belong to somebody else. */
    public long bytes() {
        return (long) (pairs.length + factors.length) * Integer.BYTES;
    }

    /**
     * The step of a block: the smallest of 9 significant bits with which no integer exceeds {@link #LARGEST}.
     *
     * @param largest bits of the block's largest magnitude
     * @return NaN if the block is
     */
    static float step(int largest) {
        if (largest >= TOO_LARGE) {
            return Float.NaN;
        }
        int least = Float.floatToRawIntBits(Float.intBitsToFloat(largest) / LARGEST);
        return Float.intBitsToFloat(Math.max((least + BEHIND) & ~BEHIND, SMALLEST));
    }

    /** Rounds {@code length} values of one block, the definition of {@link Kernels#toIntegers}, to a row's integers. */
    void round(float[] x, int offset, int row, int column, int length) {
        int largest = 0;
        for (int i = 0; i < length; i++) {
            largest = Math.max(largest, Float.floatToRawIntBits(x[offset + i]) & Integer.MAX_VALUE);
        }
        float step = step(largest);
        float inverse = 1 / step;
        for (int i = 0; i < length; i++) {
            int integer = (int) Math.rint(x[offset + i] * inverse);
            values.data()[values.at(row, column + i)] = integer * step;
            if (paired()) {
                put(row, column + i, integer);
            }
        }
        if (paired()) {
            factors[factorAt(row) + column / BLOCK] = step * FACTOR;
        }
    }

    private void put(int row, int column, int integer) {
        int at = pairAt(row) + column / PackedMatrix.GROUP * 64 + column % 64;
        boolean upper = column % PackedMatrix.GROUP >= 64;
        pairs[at] = upper ? (pairs[at] & 0xffff) | (integer << 16) : (pairs[at] & 0xffff0000) | (integer & 0xffff);
    }

    /** One of the integers. */
    int integer(int row, int column) {
        int pair = pairs[pairAt(row) + column / PackedMatrix.GROUP * 64 + column % 64];
        return column % PackedMatrix.GROUP >= 64 ? pair >> 16 : (short) pair;
    }
}
