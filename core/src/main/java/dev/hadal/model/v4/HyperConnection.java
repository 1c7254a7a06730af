package dev.hadal.model.v4;

import dev.hadal.kernel.Exponential;
import dev.hadal.kernel.NarrowLinear;
import dev.hadal.kernel.Rows;

/**
 * Manifold-constrained hyper-connection around one branch (architecture.md 4): mixes the residual streams down to the
 * branch's input, and the branch's output back up into them. For each row the mixing weights come from the streams
 * themselves.
 */
final class HyperConnection {
    /** Residual streams. */
    static final int STREAMS = 4;
    /** Mixing logits of a row: 4 down, 4 up, 4 x 4 across. */
    static final int LOGITS = (2 + STREAMS) * STREAMS;

    private final NarrowLinear fn;
    private final float[] base;
    private final float[] scale;
    private final V4Config config;
    private final int dim;

    HyperConnection(V4Config config, NarrowLinear fn, float[] base, float[] scale) {
        this.config = config;
        this.dim = config.hiddenSize();
        this.fn = fn;
        this.base = base;
        this.scale = scale;
    }

    /**
     * Mixes down, into {@code scratch.hidden}, [rows, d], the branch's input. What {@link #expand} needs is left in
     * {@code scratch.mix}, [rows, 32]: pre, post and comb, 24 values.
     *
     * @param streams [rows, 4 d]
     */
    void contract(Pass pass, Rows streams) {
        Scratch scratch = pass.scratch();
        fn.forward(streams, scratch.mix, pass.rows(), scratch.mixParts, pass.compute());
        pass.loop(pass.rows(), this, streams, HyperConnection::contract);
    }

    private void contract(Pass pass, Rows streams, int row, int worker) {
        Rows mix = pass.scratch().mix;
        Rows hidden = pass.scratch().hidden;
        float squares = pass.compute().kernels().sumOfSquares(streams.data(), streams.at(row), STREAMS * dim);
        weights(mix.data(), mix.at(row), RmsNorm.factor(squares, STREAMS * dim, config.rmsNormEps()));
        mixDown(streams, row, mix.data(), mix.at(row), hidden);
        pass.numerics().round(RoundingPoint.MIX, hidden.data(), hidden.at(row), dim);
    }

    /** Turns the logits of a row into pre, post and comb, in place. */
    private void weights(float[] m, int at, float factor) {
        for (int j = 0; j < STREAMS; j++) {
            m[at + j] = sigmoid(m[at + j] * factor * scale[0] + base[j]) + config.hcEps();
        }
        for (int j = STREAMS; j < 2 * STREAMS; j++) {
            m[at + j] = 2f * sigmoid(m[at + j] * factor * scale[1] + base[j]);
        }
        for (int j = 2 * STREAMS; j < LOGITS; j++) {
            m[at + j] = m[at + j] * factor * scale[2] + base[j];
        }
        Sinkhorn.normalise(m, at + 2 * STREAMS, config.hcSinkhornIters(), config.hcEps());
    }

    static float sigmoid(float x) {
        return 1f / (1f + Exponential.exp(-x));
    }

    /** {@code hidden = sum of pre[j] * stream j}. */
    static void mixDown(Rows streams, int row, float[] pre, int at, Rows hidden) {
        int dim = streams.stride() / STREAMS;
        float[] x = streams.data();
        float[] u = hidden.data();
        int x0 = streams.at(row);
        int u0 = hidden.at(row);
        float p0 = pre[at];
        float p1 = pre[at + 1];
        float p2 = pre[at + 2];
        float p3 = pre[at + 3];
        for (int i = 0; i < dim; i++) {
            u[u0 + i] = p0 * x[x0 + i] + p1 * x[x0 + dim + i] + p2 * x[x0 + 2 * dim + i] + p3 * x[x0 + 3 * dim + i];
        }
    }

    /**
     * Mixes up: stream {@code k} becomes {@code post[k] * update + sum over j of comb[j][k] * stream j}. The update is
     * the branch's output in {@code scratch.update}, [rows, d].
     *
     * @param streams [rows, 4 d], replaced
     */
    void expand(Pass pass, Rows streams) {
        pass.loop(pass.rows(), this, streams, HyperConnection::expand);
    }

    private void expand(Pass pass, Rows streams, int row, int worker) {
        pass.compute().kernels().mixUp(streams, pass.scratch().update, pass.scratch().mix, row);
        pass.numerics().round(RoundingPoint.MIX, streams.data(), streams.at(row), STREAMS * dim);
    }
}
