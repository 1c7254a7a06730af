package dev.hadal.model.v4;

import dev.hadal.tensor.DType;
import dev.hadal.tensor.TensorSpec;
import java.util.function.ToLongFunction;

/**
 * What a model costs, from its configuration alone: the accounting of architecture.md 6.5 and 10, which reproduces the
 * published comparison with DeepSeek-V3.2.
 *
 * @param config the model
 * @param parameters all weights without the draft block; packed values count singly, scales and id tables not at all
 * @param mtpParameters weights of the classic draft block
 * @param activeParameters weights that one token meets, without embedding table and draft block
 * @param matrixParameters those of them that are matrices, so each is one multiplication
 * @param bf16MatrixParameters those of the matrices that the release computes in BF16 or wider by this accounting
 * @param tensorBytes bytes of all tensors: the memory for weights
 * @param fileBytes bytes of all files
 * @param reads bytes of weights that a batch reads
 */
public record V4Plan(
        V4Config config,
        long parameters,
        long mtpParameters,
        long activeParameters,
        long matrixParameters,
        long bf16MatrixParameters,
        long tensorBytes,
        long fileBytes,
        WeightReads reads) {

    private static final int FP8_GROUP = 64;
    private static final int FP4_GROUP = 32;
    private static final int ROW_ALIGNMENT = 8;

    /** The plan of a configuration with the usual formats. */
    public static V4Plan of(V4Config config) {
        return of(config, V4Inventory.Options.of(config));
    }

    /** The plan of a configuration with chosen formats. */
    public static V4Plan of(V4Config config, V4Inventory.Options options) {
        V4Inventory inventory = V4Inventory.of(config, options);
        Count all = new Count();
        Count mtp = new Count();
        for (TensorSpec tensor : inventory.tensors()) {
            (tensor.name().startsWith("mtp.") ? mtp : all).add(tensor);
        }
        long embed = (long) config.vocabSize() * config.hiddenSize();
        long idle = all.routed / config.nRoutedExperts() * (config.nRoutedExperts() - config.numExpertsPerTok());
        return new V4Plan(
                config,
                all.parameters,
                mtp.parameters,
                all.parameters - embed - idle,
                all.matrices - embed - idle,
                all.bf16Matrices,
                inventory.tensorBytes(),
                inventory.fileBytes(),
                WeightReads.of(config, inventory.tensors()));
    }

    /** Sums over tensors. */
    private static final class Count {
        private long parameters;
        private long routed;
        private long matrices;
        private long bf16Matrices;

        void add(TensorSpec tensor) {
            String name = tensor.name();
            if (name.endsWith(".scale") || name.endsWith(".tid2eid")) {
                return;
            }
            long values = tensor.elements() * (tensor.dtype() == DType.I8 ? 2 : 1);
            parameters += values;
            if (tensor.shape().size() != 2 || name.endsWith(".ape")) {
                return;
            }
            matrices += values;
            routed += name.contains(".ffn.experts.") ? values : 0;
            bf16Matrices += isBf16(name) ? values : 0;
        }

        /** The list of architecture.md 10. Compressors and head are not on it, or the published ratios are missed. */
        private static boolean isBf16(String name) {
            return name.endsWith(".wo_a.weight")
                    || name.endsWith(".gate.weight")
                    || name.endsWith(".weights_proj.weight")
                    || name.endsWith("_fn");
        }
    }

    /** Hidden layers of a kind. */
    public int layers(LayerKind kind) {
        int count = 0;
        for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
            count += config.layerKind(layer) == kind ? 1 : 0;
        }
        return count;
    }

    /** Bytes over all hidden layers, given those of one layer of each kind. */
    public long overLayers(ToLongFunction<LayerKind> bytesOfLayer) {
        long bytes = 0;
        for (LayerKind kind : LayerKind.values()) {
            bytes = Math.addExact(bytes, Math.multiplyExact(layers(kind), bytesOfLayer.applyAsLong(kind)));
        }
        return bytes;
    }

    /** Bytes of the cache of one layer at a context of {@code tokens}, in the release's storage formats. */
    public long layerCacheBytes(LayerKind kind, long tokens) {
        long window = entryBytes() * Math.min(tokens, config.slidingWindow());
        return window
                + switch (kind) {
                    case SWA -> 0;
                    case CSA -> (entryBytes() + indexKeyBytes()) * (tokens / kind.ratio());
                    case HCA -> entryBytes() * (tokens / kind.ratio());
                };
    }

    /** Bytes of the whole cache at a context of {@code tokens}, in the release's storage formats. */
    public long cacheBytes(long tokens) {
        return overLayers(kind -> layerCacheBytes(kind, tokens));
    }

    /** FP8 values with one scale byte for 64, the rotary part in BF16, padded: 584 bytes in the release. */
    public long entryBytes() {
        long nope = (long) config.headDim() - config.qkRopeHeadDim();
        long bytes = nope + 2L * config.qkRopeHeadDim() + nope / FP8_GROUP;
        return Math.ceilDiv(bytes, ROW_ALIGNMENT) * ROW_ALIGNMENT;
    }

    /** FP4 values with one scale byte for 32: 68 bytes in the release. */
    public long indexKeyBytes() {
        long values = config.indexHeadDim();
        return values / 2 + values / FP4_GROUP;
    }

    /**
     * Floating-point operations of the matrix products of some rows, a multiply-add being two, whatever the format.
     *
     * @param rows computed
     * @param logits how many of them leave logits
     */
    public double matrixFlops(long rows, long logits) {
        double head = (double) config.vocabSize() * config.hiddenSize();
        return 2 * (rows * (matrixParameters - head) + logits * head);
    }

    /** Work for one decoded token at a context of {@code tokens}. */
    public DecodeFlops decodeFlops(long tokens) {
        double core = 0;
        double indexer = 0;
        for (LayerKind kind : LayerKind.values()) {
            long entries = kind == LayerKind.SWA ? 0 : tokens / kind.ratio();
            long visited = kind == LayerKind.CSA ? Math.min(config.indexTopk(), entries) : entries;
            double keys = Math.min(tokens, config.slidingWindow()) + visited;
            core += layers(kind) * 4.0 * config.numAttentionHeads() * config.headDim() * keys;
            if (kind == LayerKind.CSA) {
                indexer += layers(kind) * 2.0 * config.indexNHeads() * config.indexHeadDim() * entries;
            }
        }
        return new DecodeFlops(
                2.0 * (matrixParameters + bf16MatrixParameters),
                core * DecodeFlops.BF16_WEIGHT,
                indexer * DecodeFlops.FP4_WEIGHT);
    }
}
