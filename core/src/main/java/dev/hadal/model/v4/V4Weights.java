package dev.hadal.model.v4;

import dev.hadal.tensor.DType;
import dev.hadal.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every tensor of a DeepSeek-V4 in its place (architecture.md 6.2). Components are the tensor names in camel case,
 * without {@code .weight}; shapes and types are already checked against the configuration.
 *
 * @param embed [vocab, d] BF16
 * @param layers the hidden layers
 * @param norm [d] BF16
 * @param head [vocab, d] BF16
 * @param hcHeadFn [4, 4d] F32
 * @param hcHeadBase [4] F32
 * @param hcHeadScale [1] F32
 * @param mtp the classic draft block, if there is one
 * @param hasDspark whether the release drafts with DSpark instead (architecture.md 12)
 * @param notes what was left out, one line each
 */
public record V4Weights(
        Tensor embed,
        List<Layer> layers,
        Tensor norm,
        Matrix head,
        Tensor hcHeadFn,
        Tensor hcHeadBase,
        Tensor hcHeadScale,
        @Nullable Mtp mtp,
        boolean hasDspark,
        List<String> notes) {

    /** Copies the lists. */
    public V4Weights {
        layers = List.copyOf(layers);
        notes = List.copyOf(notes);
    }

    /** Whether the classic one-layer draft is there. */
    public boolean hasClassicMtp() {
        return mtp != null;
    }

    /**
     * A linear layer, [out, in]. FP8: e4m3 with [out/128, in/128] scales, rounded up. FP4: I8 [out, in/2] with
     * [out, in/32] scales. Scales are F8_E8M0 or F32.
     *
     * @param weight BF16, F8_E4M3, or I8 with two values in a byte
     * @param scale for FP8 and FP4 only
     */
    public record Matrix(Tensor weight, @Nullable Tensor scale) {
        /** Rows of the product. */
        public int out() {
            return weight.dim(0);
        }

        /** Width of the input, after unpacking. */
        public int in() {
            return weight.dim(1) * valuesPerElement();
        }

        /** Number of weights after unpacking, without scales. */
        public long parameters() {
            return weight.elements() * valuesPerElement();
        }

        private int valuesPerElement() {
            return weight.dtype() == DType.I8 ? 2 : 1;
        }
    }

    /** One block: hyper-connection, norm and branch, for attention and for the experts. */
    public record Layer(
            Tensor hcAttnFn,
            Tensor hcAttnBase,
            Tensor hcAttnScale,
            Tensor attnNorm,
            Attention attn,
            Tensor hcFfnFn,
            Tensor hcFfnBase,
            Tensor hcFfnScale,
            Tensor ffnNorm,
            Moe ffn) {}

    /** Attention of any layer kind; SWA has no compressor, only CSA has an indexer. */
    public record Attention(
            Matrix wqA,
            Tensor qNorm,
            Matrix wqB,
            Matrix wkv,
            Tensor kvNorm,
            Matrix woA,
            Matrix woB,
            Tensor attnSink,
            @Nullable Compressor compressor,
            @Nullable Indexer indexer) {}

    /** Pools tokens into entries (architecture.md 3.4). */
    public record Compressor(Tensor ape, Matrix wkv, Matrix wgate, Tensor norm) {}

    /** Chooses entries (architecture.md 3.5). */
    public record Indexer(Matrix wqB, Matrix weightsProj, Compressor compressor) {}

    /**
     * The experts of a layer and their router.
     *
     * @param gateBias [experts] F32; not in hash layers
     * @param tid2eid [vocab, used experts] I64; only in hash layers
     */
    public record Moe(
            Matrix gateWeight,
            @Nullable Tensor gateBias,
            @Nullable Tensor tid2eid,
            List<Expert> experts,
            Expert sharedExperts) {
        /** Copies the list. */
        public Moe {
            experts = List.copyOf(experts);
        }
    }

    /** w1 is the gate, w3 the linear part, w2 leads back. */
    public record Expert(Matrix w1, Matrix w2, Matrix w3) {}

    /** The classic draft block {@code mtp.0} (architecture.md 9). */
    public record Mtp(
            Layer layer,
            Matrix eProj,
            Matrix hProj,
            Tensor enorm,
            Tensor hnorm,
            Tensor norm,
            Tensor hcHeadFn,
            Tensor hcHeadBase,
            Tensor hcHeadScale) {}
}
