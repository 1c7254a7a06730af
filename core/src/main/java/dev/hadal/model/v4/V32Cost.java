package dev.hadal.model.v4;

/** DeepSeek-V3.2 by the same accounting as {@link V4Plan}: the yardstick of the report (architecture.md 10). */
public final class V32Cost {
    private static final long LAYERS = 61;
    private static final long DENSE_LAYERS = 3;
    private static final long DIM = 7168;
    private static final long HEADS = 128;
    private static final long VOCAB = 129_280;
    private static final long Q_RANK = 1536;
    private static final long KV_RANK = 512;
    private static final long NOPE = 128;
    private static final long ROPE = 64;
    private static final long DENSE_WIDTH = 18_432;
    private static final long EXPERT_WIDTH = 2048;
    private static final long EXPERTS = 256;
    private static final long USED_EXPERTS = 9;
    private static final long INDEX_HEADS = 64;
    private static final long INDEX_DIM = 128;
    private static final long TOP_K = 2048;

    /** FP8 latent, its four F32 scales, BF16 rotary part, FP8 index key with an F32 scale. */
    private static final long CACHE_BYTES_PER_LAYER = KV_RANK + 16 + 2 * ROPE + INDEX_DIM + 4;

    private V32Cost() {}

    /** Bytes of the cache at a context of {@code tokens}. */
    public static long cacheBytes(long tokens) {
        return LAYERS * CACHE_BYTES_PER_LAYER * tokens;
    }

    /** Work for one decoded token at a context of {@code tokens}, attention in its absorbed form. */
    public static DecodeFlops decodeFlops(long tokens) {
        long kvB = KV_RANK * HEADS * 2 * NOPE;
        long attention =
                DIM * Q_RANK + Q_RANK * HEADS * (NOPE + ROPE) + DIM * (KV_RANK + ROPE) + kvB + HEADS * NOPE * DIM;
        long weightsProj = DIM * INDEX_HEADS;
        long indexer = Q_RANK * INDEX_HEADS * INDEX_DIM + DIM * INDEX_DIM + weightsProj;
        long gate = DIM * EXPERTS;
        long moe = USED_EXPERTS * 3 * DIM * EXPERT_WIDTH + gate;
        long dense = 3 * DIM * DENSE_WIDTH;
        long moeLayers = LAYERS - DENSE_LAYERS;
        long matrices = LAYERS * (attention + indexer) + DENSE_LAYERS * dense + moeLayers * moe + VOCAB * DIM;
        long bf16 = LAYERS * (kvB + weightsProj) + moeLayers * gate;
        double core = LAYERS * 2.0 * Math.min(TOP_K, tokens) * HEADS * (KV_RANK + ROPE + KV_RANK);
        return new DecodeFlops(
                2.0 * (matrices + bf16),
                core * DecodeFlops.BF16_WEIGHT,
                LAYERS * 2.0 * INDEX_HEADS * INDEX_DIM * tokens);
    }
}
