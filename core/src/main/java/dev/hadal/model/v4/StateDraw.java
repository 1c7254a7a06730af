package dev.hadal.model.v4;

import dev.hadal.kernel.Kernels;
import dev.hadal.kernel.Rows;
import java.util.SplittableRandom;

/**
 * Draws a layer's state as if a long sequence had been computed: every value of ring, lists and tails that a computation
 * would have set, about normally distributed, and rounded to what its cache row holds.
 */
final class StateDraw {
    /** The sum of four uniform bytes has this mean and deviation, and nearly the shape of a bell. */
    private static final int MEAN = 510;

    private static final float DEVIATION = 147.8f;

    private final StateFormats formats;
    private final Kernels kernels;
    private final SplittableRandom random;

    /** Draws from {@code random} what is stored in {@code formats}. */
    StateDraw(StateFormats formats, Kernels kernels, SplittableRandom random) {
        this.formats = formats;
        this.kernels = kernels;
        this.random = random;
    }

    /** The state of one layer after {@code length} positions. */
    LayerState layer(PagePool pool, LayerKind kind, int length) {
        LayerState state = LayerState.empty(formats, pool, kind);
        float[] entry = new float[formats.entryWidth()];
        int first = Math.max(0, length - formats.window());
        for (int position = first; position < length; position++) {
            normal(entry);
            Window window = state.window();
            formats.entry().write(kernels.state(), entry, 0, window.toWrite(position), window.row(position));
        }
        if (state.compressed() != null) {
            fill(state.compressed(), kind, length, formats.entry());
        }
        if (state.index() != null) {
            fill(state.index(), kind, length, formats.key());
        }
        return state;
    }

    private void fill(LayerState.Compressed part, LayerKind kind, int length, RowFormat format) {
        boolean key = format instanceof RowFormat.Key;
        float[] vector = new float[key ? formats.keyWidth() : formats.entryWidth()];
        Entries entries = part.entries();
        entries.grow(length / kind.ratio());
        for (int i = 0; i < entries.size(); i++) {
            normal(vector);
            format.write(kernels.state(), vector, 0, entries.page(i / Entries.PAGE), i % Entries.PAGE);
        }
        Rows kv = Rows.allocate(1, key ? formats.keyChannels() : formats.entryChannels(kind));
        Rows score = Rows.allocate(1, kv.stride());
        int unfinished = length - length % kind.ratio();
        int first = kind == LayerKind.CSA ? Math.max(0, unfinished - kind.ratio()) : unfinished;
        for (int position = first; position < length; position++) {
            normal(kv.data());
            normal(score.data());
            part.tail().put(position, kv, score, 0);
        }
    }

    private void normal(float[] values) {
        for (int i = 0; i < values.length; i++) {
            int bits = random.nextInt();
            int sum = (bits & 255) + (bits >>> 8 & 255) + (bits >>> 16 & 255) + (bits >>> 24);
            values[i] = (sum - MEAN) / DEVIATION;
        }
    }
}
