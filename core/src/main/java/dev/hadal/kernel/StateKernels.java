package dev.hadal.kernel;

/**
 * The operations that fill and read what a sequence remembers, and select from it. As with {@link Kernels}, each has one
 * result, bit for bit, whichever implementation computes it.
 */
public interface StateKernels {
    /**
     * Stores an entry. Each group is divided by the least power of two with which it fits ({@code fp8GroupScale}) and
     * rounded to e4m3, the rotary part to bf16. A group with a value that is not finite gets codes 0 and the scale NaN,
     * and reads as all NaN.
     */
    void storeEntry(float[] values, int offset, EntryLayout layout, byte[] to, int at);

    /** Reads an entry. */
    void loadEntry(byte[] from, int at, EntryLayout layout, float[] values, int offset);

    /** Reads {@link Panel#LANES} index keys as {@code [width, lanes]}. */
    void loadKeys(byte[] from, KeyLayout layout, float[] panel);

    /**
     * Rounds {@code length} values, in groups of {@link KeyLayout#GROUP}, to what an index key holds
     * ({@code fakeFp4}).
     */
    void roundKey(float[] values, int offset, int length);

    /** The orthonormal Walsh-Hadamard transform in natural order of {@code length} values, a power of two. */
    void hadamard(float[] values, int offset, int length);

    /**
     * Rotates interleaved pairs {@code (a, b)}: {@code a cos - b sin}, {@code a sin + b cos}, each product rounded.
     *
     * @param cosines two values for each pair: both the cosine, from {@code anglesAt} on
     * @param sines two values for each pair: minus the sine, the sine
     * @param length values, twice the pairs
     */
    void rotate(float[] values, int offset, float[] cosines, float[] sines, int anglesAt, int length);

    /** Rotates back: {@code a cos + b sin}, {@code b cos - a sin}. */
    void rotateBack(float[] values, int offset, float[] cosines, float[] sines, int anglesAt, int length);

    /** Takes from each of {@code rows} scores of a channel the largest of them; {@code [rows, width]}. */
    void belowMax(float[] scores, int rows, int width);

    /**
     * The weighted mean of {@code rows} values of each channel: {@code sum of w * value}, products rounded, divided by
     * {@code sum of w}, both in ascending row order.
     *
     * @param values [rows, width]
     * @param weights [rows, width]
     */
    void weightedMean(float[] values, float[] weights, int rows, int width, float[] to);

    /** Adds those of {@code length} values to the candidates that lie above their threshold. */
    void collect(float[] values, int offset, int length, int firstIndex, Candidates into);

    /** How many of the candidates' keys are larger than {@code key}. */
    int countAbove(Candidates candidates, int key);
}
