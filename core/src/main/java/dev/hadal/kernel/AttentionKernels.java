package dev.hadal.kernel;

/**
 * The products of attention and of the indexer. As with {@link Kernels}, each has one result, bit for bit, whichever
 * implementation computes it.
 */
public interface AttentionKernels {
    /**
     * For each key and each lane of the group {@code score = scale * s}, with {@code s = fma(key[k], query[k], s)} from
     * zero in ascending {@code k}.
     */
    void scores(Rows keys, int first, int count, HeadGroup heads);

    /**
     * Raises each lane's maximum to its largest score, takes it from the scores, and leaves the maximum before less the
     * one after as the factor.
     */
    void shift(int count, HeadGroup heads);

    /** For each lane {@code sum = sum * factor + part}, rounded twice, where part adds the scores in ascending order. */
    void total(int count, HeadGroup heads);

    /**
     * For each head and each value {@code v = v + part}, with {@code part = fma(score, key[i], part)} from zero over the
     * keys in ascending order.
     */
    void addValues(Rows keys, int first, int count, HeadGroup heads);

    /**
     * Scores {@link Panel#LANES} keys {@code [width, lanes]}: for each key and each head in ascending order
     * {@code s = fma(weight, max(q, 0), s)}, with {@code q = fma(query[k], key[k], q)} from zero in ascending {@code k}.
     */
    void scoreKeys(float[] panel, IndexQuery query, float[] scores, int at);
}
