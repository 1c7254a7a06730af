package dev.hadal.model.v4;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What one layer remembers of one sequence (architecture.md 3.7).
 *
 * @param window the last {@code slidingWindow} entries, position {@code p} in slot {@code p mod slidingWindow}
 * @param compressed in layers with compression: finished entries and the block being filled
 * @param index in CSA layers: the same for the index keys
 */
record LayerState(
        float[] window,
        @Nullable Compressed compressed,
        @Nullable Compressed index) {

    /**
     * Finished entries of one compressor, and its unfinished block. Overlapping compressors keep the last finished
     * block in rows 0 to 3 and fill rows 4 to 7.
     *
     * @param entries the finished ones
     * @param kv {@code [rows, channels]} values of the tail
     * @param score {@code [rows, channels]} scores of the tail; minus infinity where there is no token
     */
    record Compressed(Entries entries, float[] kv, float[] score) {
        static Compressed empty(LayerKind kind, int width) {
            int values = tailValues(kind, width);
            float[] score = new float[values];
            Arrays.fill(score, Float.NEGATIVE_INFINITY);
            return new Compressed(new Entries(width), new float[values], score);
        }

        Compressed fork() {
            return new Compressed(entries.fork(), kv.clone(), score.clone());
        }

        void addTo(Checksum sum) {
            entries.addTo(sum);
            sum.add(kv, 0, kv.length).add(score, 0, score.length);
        }

        long bytes() {
            return entries.bytes() + (long) (kv.length + score.length) * Float.BYTES;
        }
    }

    /** Values of one tail array: two blocks of double width where blocks overlap, else one of single width. */
    private static int tailValues(LayerKind kind, int width) {
        return kind == LayerKind.CSA ? 2 * kind.ratio() * 2 * width : kind.ratio() * width;
    }

    static LayerState empty(V4Config config, LayerKind kind) {
        float[] window = new float[config.slidingWindow() * config.headDim()];
        return switch (kind) {
            case SWA -> new LayerState(window, null, null);
            case HCA -> new LayerState(window, Compressed.empty(kind, config.headDim()), null);
            case CSA ->
                new LayerState(
                        window,
                        Compressed.empty(kind, config.headDim()),
                        Compressed.empty(kind, config.indexHeadDim()));
        };
    }

    LayerState fork() {
        return new LayerState(
                window.clone(), compressed == null ? null : compressed.fork(), index == null ? null : index.fork());
    }

    /** Adds everything remembered. */
    void addTo(Checksum sum) {
        sum.add(window, 0, window.length);
        if (compressed != null) {
            compressed.addTo(sum);
        }
        if (index != null) {
            index.addTo(sum);
        }
    }

    /** Memory held, in bytes. */
    long bytes() {
        return (long) window.length * Float.BYTES
                + (compressed == null ? 0 : compressed.bytes())
                + (index == null ? 0 : index.bytes());
    }

    /** Memory that a layer holds after {@code tokens} positions, in bytes. */
    static long bytes(V4Config config, LayerKind kind, long tokens) {
        long window = (long) config.slidingWindow() * config.headDim() * Float.BYTES;
        return window
                + (kind == LayerKind.SWA ? 0 : compressedBytes(kind, config.headDim(), tokens))
                + (kind == LayerKind.CSA ? compressedBytes(kind, config.indexHeadDim(), tokens) : 0);
    }

    private static long compressedBytes(LayerKind kind, int width, long tokens) {
        return Entries.bytes(tokens / kind.ratio(), width) + 2L * tailValues(kind, width) * Float.BYTES;
    }
}
