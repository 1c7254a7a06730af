package dev.hadal.kernel;

import java.util.Arrays;

/**
 * Some heads of one row on their way over the keys (architecture.md 3.6): queries turned so that a lane is a head, scores
 * of a block of keys, and the running softmax. The sink needs no special case: it is where maximum and denominator
 * start.
 *
 * <p>Lanes without a head have zero queries; nothing reads their results.
 */
public final class HeadGroup {
    /** Most heads, which is the distance of one input's lanes from the next input's. */
    public static final int LANES = 32;
    /** Most keys of a block. */
    public static final int BLOCK = 128;
    /** Heads are computed in multiples of this. */
    static final int STEP = 16;

    private static final int TURNED = 16;

    /** Values of a head. */
    final int dim;
    /** [dim, lanes] */
    final float[] queries;
    /** [block, lanes] scaled scores, then their exponentials. */
    final float[] scores = new float[BLOCK * LANES];

    final float[] max = new float[LANES];
    final float[] sum = new float[LANES];
    /** What sums so far must be multiplied by; its logarithm at first. */
    final float[] factor = new float[LANES];
    /** [dim] weighted sum of a block's keys for one head, as the plain kernels need it. */
    final float[] part;
    /** [lanes, dim] weighted sums of the keys. */
    final Rows values;
    /** Factor of every score. */
    float scale;
    /** Lanes that are computed, a multiple of {@link #STEP}. */
    int lanes;

    private int heads;

    /** Room for heads of {@code dim} values. */
    public HeadGroup(int dim) {
        this.dim = dim;
        this.queries = new float[dim * LANES];
        this.part = new float[dim];
        this.values = Rows.allocate(LANES, dim);
    }

    /**
     * Begins a row.
     *
     * @param rows [rows, heads x dim] queries
     * @param row which of them
     * @param firstHead the group's first head
     * @param count heads in the group, at most {@link #LANES}
     * @param sink logits of all heads' sinks
     * @param scoreScale factor of every score
     */
    public void start(Rows rows, int row, int firstHead, int count, float[] sink, float scoreScale) {
        heads = count;
        lanes = Math.ceilDiv(count, STEP) * STEP;
        scale = scoreScale;
        turn(rows.data(), rows.at(row, firstHead * dim));
        for (int lane = 0; lane < lanes; lane++) {
            max[lane] = lane < count ? sink[firstHead + lane] : 0f;
            sum[lane] = 1f;
        }
        Arrays.fill(values.data(), 0, lanes * dim, 0f);
    }

    /** In small squares, so that what is written stays in the nearest cache. */
    private void turn(float[] from, int at) {
        for (int k = 0; k < dim; k += TURNED) {
            int end = Math.min(k + TURNED, dim);
            for (int head = 0; head < heads; head++) {
                for (int i = k; i < end; i++) {
                    queries[i * LANES + head] = from[at + head * dim + i];
                }
            }
            for (int i = k; i < end; i++) {
                Arrays.fill(queries, i * LANES + heads, i * LANES + lanes, 0f);
            }
        }
    }

    /** Attends to some more keys, at most {@link #BLOCK}: one block of the running softmax. */
    public void attend(Kernels kernels, Rows keys, int first, int count) {
        AttentionKernels products = kernels.attention();
        products.scores(keys, first, count, this);
        products.shift(count, this);
        kernels.exponentials(factor, 0, lanes, 0f);
        kernels.exponentials(scores, 0, count * LANES, 0f);
        products.total(count, this);
        float[] v = values.data();
        for (int head = 0; head < heads; head++) {
            float f = factor[head];
            if (f != 1f) {
                for (int i = values.at(head); i < values.at(head) + dim; i++) {
                    v[i] *= f;
                }
            }
        }
        products.addValues(keys, first, count, this);
    }

    /** Writes the values of one of the group's heads, times the reciprocal of the denominator. */
    public void divide(int head, float[] to, int offset) {
        int from = values.at(head);
        float[] v = values.data();
        float share = 1f / sum[head];
        for (int i = 0; i < dim; i++) {
            to[offset + i] = v[from + i] * share;
        }
    }

    /** Memory held, in bytes. */
    public long bytes() {
        return values.bytes()
                + (long) (queries.length + scores.length + max.length + sum.length + factor.length + part.length)
                        * Float.BYTES;
    }
}
