package dev.hadal.model.v4;

/**
 * Floating-point operations for one decoded token, in the FP8 equivalents of architecture.md 10: a multiply-add is two,
 * BF16 counts double, FP4 by FP4 half.
 *
 * @param weights products with weights
 * @param core attention over the keys
 * @param indexer scores of the indexer
 */
public record DecodeFlops(double weights, double core, double indexer) {
    static final double BF16_WEIGHT = 2;
    static final double FP4_WEIGHT = 0.5;

    /** The sum. */
    public double total() {
        return weights + core + indexer;
    }
}
