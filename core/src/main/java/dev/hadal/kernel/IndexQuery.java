package dev.hadal.kernel;

/** The index query of one row (architecture.md 3.5), turned so that the heads of one input stand side by side. */
public final class IndexQuery {
    /** Heads are computed in multiples of this. */
    static final int STEP = 8;

    final int width;
    /** Heads with room for whole steps; those too many are zero. */
    final int stride;
    /** [width, stride] */
    final float[] values;
    /** [stride] */
    final float[] weights;

    private final int heads;

    /** Room for {@code heads} of {@code width} values. */
    public IndexQuery(int heads, int width) {
        this.heads = heads;
        this.width = width;
        this.stride = Math.ceilDiv(heads, STEP) * STEP;
        this.values = new float[width * stride];
        this.weights = new float[stride];
    }

    /** Takes [heads, width] queries and the weights of the heads. */
    public void set(float[] from, int at, float[] headWeights, int weightsAt) {
        for (int head = 0; head < heads; head++) {
            for (int k = 0; k < width; k++) {
                values[k * stride + head] = from[at + head * width + k];
            }
        }
        System.arraycopy(headWeights, weightsAt, weights, 0, heads);
    }

    /** Memory held, in bytes. */
    public long bytes() {
        return (long) (values.length + weights.length) * Float.BYTES;
    }
}
