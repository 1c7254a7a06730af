package dev.hadal.model.v4;

import java.util.SplittableRandom;

/**
 * Draws a layer's state as if a long sequence had been computed: every value of ring, lists and tails that a computation
 * would have set, about normally distributed, and rounded to what its cache row holds.
 */
final class StateDraw {
    /** The sum of four uniform bytes has this mean and deviation, and nearly the shape of a bell. */
    private static final int MEAN = 510;

    private static final float DEVIATION = 147.8f;

    private final V4Config config;
    private final Numerics numerics;
    private final SplittableRandom random;

    /** Draws from {@code random}, rounds with {@code numerics}. */
    StateDraw(V4Config config, Numerics numerics, SplittableRandom random) {
        this.config = config;
        this.numerics = numerics;
        this.random = random;
    }

    /** One vector of a list. */
    private interface Vector {
        void draw(float[] values, int offset);
    }

    /** The state of one layer after {@code length} positions. */
    LayerState layer(LayerKind kind, int length) {
        LayerState state = LayerState.empty(config, kind);
        for (int slot = 0; slot < Math.min(length, config.slidingWindow()); slot++) {
            entry(state.window(), slot * config.headDim());
        }
        if (state.compressed() != null) {
            fill(state.compressed(), kind, length, new float[config.headDim()], this::entry);
        }
        if (state.index() != null) {
            fill(state.index(), kind, length, new float[config.indexHeadDim()], this::key);
        }
        return state;
    }

    private void fill(LayerState.Compressed part, LayerKind kind, int length, float[] values, Vector vector) {
        for (int i = 0; i < length / kind.ratio(); i++) {
            vector.draw(values, 0);
            part.entries().append(values, 0);
        }
        boolean overlaps = kind == LayerKind.CSA;
        int channels = overlaps ? 2 * values.length : values.length;
        if (overlaps && length >= kind.ratio()) {
            tail(part, 0, kind.ratio() * channels);
        }
        tail(part, overlaps ? kind.ratio() * channels : 0, length % kind.ratio() * channels);
    }

    private void tail(LayerState.Compressed part, int from, int count) {
        normal(part.kv(), from, count);
        normal(part.score(), from, count);
    }

    private void entry(float[] values, int offset) {
        normal(values, offset, config.headDim());
        numerics.entry(values, offset, config.headDim() - config.qkRopeHeadDim(), config.headDim());
    }

    private void key(float[] values, int offset) {
        normal(values, offset, config.indexHeadDim());
        numerics.index(values, offset, config.indexHeadDim());
    }

    private void normal(float[] values, int from, int count) {
        for (int i = from; i < from + count; i++) {
            int bits = random.nextInt();
            int sum = (bits & 255) + (bits >>> 8 & 255) + (bits >>> 16 & 255) + (bits >>> 24);
            values[i] = (sum - MEAN) / DEVIATION;
        }
    }
}
