package dev.hadal.model.v4;

import dev.hadal.kernel.NarrowLinear;
import dev.hadal.kernel.Rows;
import dev.hadal.tensor.Tensor;

/** One layer: attention, then experts, each wrapped in a hyper-connection (architecture.md 2). */
final class Block {
    private final int layer;
    private final HyperConnection attnMix;
    private final RmsNorm attnNorm;
    private final Attention attention;
    private final HyperConnection ffnMix;
    private final RmsNorm ffnNorm;
    private final Moe moe;

    Block(V4Config config, int layer, V4Weights.Layer weights, Loader loader) {
        this.layer = layer;
        this.attnMix = mix(config, weights.hcAttnFn(), weights.hcAttnBase(), weights.hcAttnScale());
        this.attnNorm = loader.norm(weights.attnNorm());
        this.attention = new Attention(config, layer, weights.attn(), loader);
        this.ffnMix = mix(config, weights.hcFfnFn(), weights.hcFfnBase(), weights.hcFfnScale());
        this.ffnNorm = loader.norm(weights.ffnNorm());
        this.moe = new Moe(config, weights.ffn(), loader);
    }

    private static HyperConnection mix(V4Config config, Tensor fn, Tensor base, Tensor scale) {
        return new HyperConnection(config, new NarrowLinear(fn), base.floats(), scale.floats());
    }

    /** Passes a batch through; {@code streams} is [rows, 4 d]. */
    void forward(Pass pass, Rows streams) {
        Scratch s = pass.scratch();
        attnMix.contract(pass, streams);
        attnNorm.forward(pass, s.hidden, pass.rows());
        pass.times().mark(StepTimes.Part.MIXING);
        pass.trace().record(layer, Trace.Stage.ATTN_IN, s.hidden);
        attention.forward(pass, s.hidden, s.update);
        pass.trace().record(layer, Trace.Stage.ATTN_OUT, s.update);
        attnMix.expand(pass, streams);

        ffnMix.contract(pass, streams);
        ffnNorm.forward(pass, s.hidden, pass.rows());
        pass.times().mark(StepTimes.Part.MIXING);
        pass.trace().record(layer, Trace.Stage.FFN_IN, s.hidden);
        moe.forward(pass, s.hidden, s.update);
        pass.times().mark(StepTimes.Part.EXPERTS);
        pass.trace().record(layer, Trace.Stage.FFN_OUT, s.update);
        ffnMix.expand(pass, streams);
        pass.times().mark(StepTimes.Part.MIXING);
        pass.trace().record(layer, Trace.Stage.STREAMS, streams);
    }
}
