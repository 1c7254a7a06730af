package dev.hadal.model.v4;

import dev.hadal.kernel.NarrowLinear;
import dev.hadal.kernel.Rows;

/** Reduces the streams to one vector and norms it, before the head (architecture.md 4.4). */
final class FinalMix {
    private final V4Config config;
    private final NarrowLinear fn;
    private final float[] base;
    private final float[] scale;
    private final RmsNorm norm;

    FinalMix(V4Config config, NarrowLinear fn, float[] base, float[] scale, RmsNorm norm) {
        this.config = config;
        this.fn = fn;
        this.base = base;
        this.scale = scale;
        this.norm = norm;
    }

    /** From {@code streams}, [rows, 4 d], to {@code scratch.hidden}, [rows, d]. */
    void forward(Pass pass, Rows streams) {
        Scratch scratch = pass.scratch();
        fn.forward(streams, scratch.mix, pass.rows(), scratch.mixParts, pass.compute());
        pass.loop(pass.rows(), this, streams, FinalMix::row);
        norm.forward(pass, scratch.hidden, pass.rows());
    }

    private void row(Pass pass, Rows streams, int row, int worker) {
        Rows mix = pass.scratch().mix;
        Rows hidden = pass.scratch().hidden;
        int width = HyperConnection.STREAMS * config.hiddenSize();
        float squares = pass.compute().kernels().sumOfSquares(streams.data(), streams.at(row), width);
        float factor = RmsNorm.factor(squares, width, config.rmsNormEps());
        int at = mix.at(row);
        for (int j = 0; j < HyperConnection.STREAMS; j++) {
            float logit = mix.data()[at + j] * factor * scale[0] + base[j];
            mix.data()[at + j] = HyperConnection.sigmoid(logit) + config.hcEps();
        }
        HyperConnection.mixDown(streams, row, mix.data(), at, hidden);
        pass.numerics().round(RoundingPoint.HEAD, hidden.data(), hidden.at(row), config.hiddenSize());
    }
}
