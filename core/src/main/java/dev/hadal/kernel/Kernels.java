package dev.hadal.kernel;

import org.jspecify.annotations.Nullable;

/**
 * The operations whose order of additions must be fixed, and the exponential. Everything else in the model is
 * element-wise plain Java, which has one result by the language's own rules.
 *
 * <p>Each operation has exactly one result, bit for bit, whichever implementation computes it: products are sums in
 * ascending input order, other sums use {@value #SUM_LANES} virtual lanes and a fixed tree, all with fused
 * multiply-add where the formula below says {@code fma}. Only the payload of a NaN stays open, since the processor
 * takes it from whichever operand stands first.
 */
public interface Kernels {
    /** Virtual lanes of the sums over one vector: element {@code i} goes to lane {@code i mod 16}. */
    int SUM_LANES = 16;

    /** What this is, for people: "scalar" or "vector, 256 bit". */
    String name();

    /** The operations on packed matrices. */
    PackedKernels packed();

    /** The operations on what a sequence remembers. */
    StateKernels state();

    /** The products of attention and indexer. */
    AttentionKernels attention();

    /**
     * Adds a matrix product to {@code y}. For each of {@code rows} rows from {@code firstRow} on and each lane
     * {@code j} of the panel: for each block of inputs in ascending order {@code part = 0}; for each input {@code k}
     * of the block in ascending order {@code part = fma(x[k], w[k][j], part)}; then
     * {@code y[j] = fma(scale[j], part, y[j])}.
     */
    void multiply(Rows x, Rows y, int firstRow, int rows, Panel panel);

    /** Products of raised rows; absent where those of the rows themselves are as fast. */
    @Nullable
    RaisedKernels raised();

    /** Products of one row with two panels at once; absent where they are no faster than one by one. */
    @Nullable
    PairKernels pairs();

    /** Products of integers; absent where those of the floats that they stand for are as fast. */
    @Nullable
    IntegerKernels integers();

    /**
     * Rounds a row to integers: in each block of 32 values {@code integer = rint(x * (1 / step))} and the value becomes
     * {@code integer * step}, where the step is the block's largest magnitude / 85, rounded up to 9 significant bits, and
     * at least {@code 2^-100}. A block with a magnitude of {@code 2^64} or more, or NaN, becomes NaN.
     *
     * @param x holds the values from {@code offset} on, as many as {@code to} is wide; may be those of {@code to}
     * @param row of {@code to}
     */
    void toIntegers(float[] x, int offset, IntegerRows to, int row);

    /** The sum of {@code length} values: each lane adds in ascending order, then the lanes are folded 8, 4, 2, 1. */
    float sum(float[] x, int offset, int length);

    /** The sum of squares, {@code lane = fma(x, x, lane)}, folded as in {@link #sum}. */
    float sumOfSquares(float[] x, int offset, int length);

    /** Replaces each value by {@code exp(value - shift)}, with {@link Exponential#exp}. */
    void exponentials(float[] x, int offset, int length, float shift);

    /** {@code y[i] += x[i]} for {@code length} values. */
    void add(float[] y, int yOffset, float[] x, int xOffset, int length);

    /**
     * Mixes four streams up in place (architecture.md 4): with {@code m} row {@code row} of {@code mix}, value {@code i}
     * of stream {@code k} becomes {@code m[4 + k] * update[i] + (m[8 + k] * x0 + m[12 + k] * x1 + m[16 + k] * x2 +
     * m[20 + k] * x3)}, where {@code xj} is value {@code i} of stream {@code j}; products and sums are rounded one by one,
     * from left to right.
     *
     * @param streams [rows, 4 d]
     * @param update [rows, d]
     * @param mix [rows, at least 24]
     */
    void mixUp(Rows streams, Rows update, Rows mix, int row);

    /**
     * The gated activation of {@code width} values from {@code gateOffset} and {@code upOffset} on, into {@code gate}
     * (architecture.md 5): with {@code u = clamp(up, -limit, limit)} and {@code g = min(gate, limit)},
     * {@code gate = g / (1 + exp(-g)) * u * weight}.
     */
    void swiglu(float[] gate, int gateOffset, float[] up, int upOffset, int width, Clamp clamp);

    /** How {@link #swiglu} limits and weighs. */
    final class Clamp {
        private final float limit;
        private float weight;

        /** A limit of both branches, positive, and a factor of the result: the router's weight, or 1. */
        public Clamp(float limit, float weight) {
            this.limit = limit;
            this.weight = weight;
        }

        /** Bound of both branches. */
        public float limit() {
            return limit;
        }

        /** Factor of the result. */
        public float weight() {
            return weight;
        }

        /** Sets the factor. */
        public Clamp weigh(float factor) {
            weight = factor;
            return this;
        }
    }
}
