package dev.hadal.model.v4;

import dev.hadal.kernel.EntryLayout;
import dev.hadal.kernel.KeyLayout;
import dev.hadal.model.NumericsMode;

/**
 * How everything that a model remembers is stored, by mode (architecture.md 7.4).
 *
 * @param entry window and compressed entries
 * @param key index keys
 * @param window positions of the sliding window
 * @param entryWidth values of an entry
 * @param keyWidth values of a key
 */
record StateFormats(RowFormat.Entry entry, RowFormat.Key key, int window, int entryWidth, int keyWidth) {
    static StateFormats of(V4Config config, NumericsMode mode) {
        int entry = config.headDim();
        int key = config.indexHeadDim();
        return switch (mode) {
            case FP32 ->
                new StateFormats(
                        new RowFormat.FloatEntry(entry),
                        new RowFormat.FloatKey(key),
                        config.slidingWindow(),
                        entry,
                        key);
            case QAT, W4A8 ->
                new StateFormats(
                        new RowFormat.Fp8Entry(new EntryLayout(entry, entry - config.qkRopeHeadDim())),
                        new RowFormat.Fp4Key(new KeyLayout(key)),
                        config.slidingWindow(),
                        entry,
                        key);
        };
    }

    /** Channels of a token in the tail of entries: two halves where blocks overlap. */
    int entryChannels(LayerKind kind) {
        return kind == LayerKind.CSA ? 2 * entryWidth : entryWidth;
    }

    /** Channels of a token in the tail of index keys. */
    int keyChannels() {
        return 2 * keyWidth;
    }
}
