package dev.hadal.model.v4;

import dev.hadal.model.v4.V4Weights.Attention;
import dev.hadal.model.v4.V4Weights.Compressor;
import dev.hadal.model.v4.V4Weights.Expert;
import dev.hadal.model.v4.V4Weights.Indexer;
import dev.hadal.model.v4.V4Weights.Layer;
import dev.hadal.model.v4.V4Weights.Matrix;
import dev.hadal.model.v4.V4Weights.Moe;
import dev.hadal.model.v4.V4Weights.Mtp;
import dev.hadal.tensor.DType;
import dev.hadal.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Every tensor name, shape and format of a V4, once (architecture.md 6.2). Binding a checkpoint and listing what one
 * must hold are the same walk over two sources.
 */
final class V4Layout {
    private static final int FP8_BLOCK = 128;
    private static final int FP4_GROUP = 32;
    private static final List<DType> SCALE = List.of(DType.F8_E8M0, DType.F32);

    private final V4Config config;
    private final ExpertDtype expertDtype;
    private final TensorSource source;
    private final long dim;

    V4Layout(V4Config config, ExpertDtype expertDtype, TensorSource source) {
        this.config = config;
        this.expertDtype = expertDtype;
        this.source = source;
        this.dim = config.hiddenSize();
    }

    Tensor embed() {
        return take("embed.weight", DType.BF16, config.vocabSize(), dim);
    }

    Layer layer(int index) {
        return layer("layers." + index + ".", config.layerKind(index), config.isHashLayer(index));
    }

    Tensor norm(String prefix) {
        return take(prefix + "norm.weight", DType.BF16, dim);
    }

    Matrix head() {
        return bf16("head", config.vocabSize(), dim);
    }

    Tensor hcHeadFn(String prefix) {
        return take(prefix + "hc_head_fn", DType.F32, config.hcMult(), config.hcMult() * dim);
    }

    Tensor hcHeadBase(String prefix) {
        return take(prefix + "hc_head_base", DType.F32, config.hcMult());
    }

    Tensor hcHeadScale(String prefix) {
        return take(prefix + "hc_head_scale", DType.F32, 1);
    }

    Mtp mtp() {
        String p = "mtp.0.";
        return new Mtp(
                layer(p, LayerKind.SWA, false),
                fp8(p + "e_proj", dim, dim),
                fp8(p + "h_proj", dim, dim),
                take(p + "enorm.weight", DType.BF16, dim),
                take(p + "hnorm.weight", DType.BF16, dim),
                norm(p),
                hcHeadFn(p),
                hcHeadBase(p),
                hcHeadScale(p));
    }

    private Layer layer(String p, LayerKind kind, boolean hash) {
        return new Layer(
                hcFn(p + "hc_attn_fn"),
                hcBase(p + "hc_attn_base"),
                take(p + "hc_attn_scale", DType.F32, 3),
                take(p + "attn_norm.weight", DType.BF16, dim),
                attention(p + "attn.", kind),
                hcFn(p + "hc_ffn_fn"),
                hcBase(p + "hc_ffn_base"),
                take(p + "hc_ffn_scale", DType.F32, 3),
                take(p + "ffn_norm.weight", DType.BF16, dim),
                moe(p + "ffn.", hash));
    }

    private Tensor hcFn(String name) {
        return take(name, DType.F32, mixes(), config.hcMult() * dim);
    }

    private Tensor hcBase(String name) {
        return take(name, DType.F32, mixes());
    }

    /** pre, post and the square comb (architecture.md 4). */
    private long mixes() {
        return (2L + config.hcMult()) * config.hcMult();
    }

    private Attention attention(String p, LayerKind kind) {
        long heads = config.numAttentionHeads();
        long headDim = config.headDim();
        long groups = config.oGroups();
        long low = groups * config.oLoraRank();
        return new Attention(
                fp8(p + "wq_a", config.qLoraRank(), dim),
                take(p + "q_norm.weight", DType.BF16, config.qLoraRank()),
                fp8(p + "wq_b", heads * headDim, config.qLoraRank()),
                fp8(p + "wkv", headDim, dim),
                take(p + "kv_norm.weight", DType.BF16, headDim),
                fp8(p + "wo_a", low, heads / groups * headDim),
                fp8(p + "wo_b", dim, low),
                take(p + "attn_sink", DType.F32, heads),
                kind == LayerKind.SWA ? null : compressor(p + "compressor.", kind, headDim),
                kind == LayerKind.CSA ? indexer(p + "indexer.") : null);
    }

    /** Ratio 4 overlaps: each token contributes to two blocks, so the projections are twice as wide. */
    private Compressor compressor(String p, LayerKind kind, long width) {
        long projected = kind == LayerKind.CSA ? 2 * width : width;
        return new Compressor(
                take(p + "ape", DType.F32, kind.ratio(), projected),
                bf16(p + "wkv", projected, dim),
                bf16(p + "wgate", projected, dim),
                take(p + "norm.weight", DType.BF16, width));
    }

    private Indexer indexer(String p) {
        long heads = config.indexNHeads();
        return new Indexer(
                fp8(p + "wq_b", heads * config.indexHeadDim(), config.qLoraRank()),
                bf16(p + "weights_proj", heads, dim),
                compressor(p + "compressor.", LayerKind.CSA, config.indexHeadDim()));
    }

    private Moe moe(String p, boolean hash) {
        long count = config.nRoutedExperts();
        return new Moe(
                bf16(p + "gate", count, dim),
                hash ? null : take(p + "gate.bias", DType.F32, count),
                hash ? tid2eid(p) : null,
                IntStream.range(0, config.nRoutedExperts())
                        .mapToObj(e -> expert(p + "experts." + e + ".", expertDtype))
                        .toList(),
                expert(p + "shared_experts.", ExpertDtype.FP8));
    }

    private Tensor tid2eid(String p) {
        return take(p + "gate.tid2eid", DType.I64, config.vocabSize(), config.numExpertsPerTok());
    }

    private Expert expert(String p, ExpertDtype dtype) {
        long width = config.moeIntermediateSize();
        return new Expert(
                quantised(p + "w1", dtype, width, dim),
                quantised(p + "w2", dtype, dim, width),
                quantised(p + "w3", dtype, width, dim));
    }

    private Matrix quantised(String name, ExpertDtype dtype, long out, long in) {
        return dtype == ExpertDtype.FP8 ? fp8(name, out, in) : fp4(name, out, in);
    }

    private Matrix fp8(String name, long out, long in) {
        return new Matrix(
                take(name + ".weight", DType.F8_E4M3, out, in),
                source.take(name + ".scale", SCALE, Math.ceilDiv(out, FP8_BLOCK), Math.ceilDiv(in, FP8_BLOCK)));
    }

    private Matrix fp4(String name, long out, long in) {
        return new Matrix(
                take(name + ".weight", DType.I8, out, in / 2),
                source.take(name + ".scale", SCALE, out, in / FP4_GROUP));
    }

    private Matrix bf16(String name, long out, long in) {
        return new Matrix(take(name + ".weight", DType.BF16, out, in), null);
    }

    private Tensor take(String name, DType dtype, long... shape) {
        return source.take(name, List.of(dtype), shape);
    }
}
