package dev.hadal.model.v4;

import org.jspecify.annotations.Nullable;

/**
 * What one layer remembers of one sequence (architecture.md 3.7).
 *
 * @param window the last entries
 * @param compressed in layers with compression: finished entries and the block being filled
 * @param index in CSA layers: the same for the index keys
 */
record LayerState(
        Window window,
        @Nullable Compressed compressed,
        @Nullable Compressed index) {

    /**
     * Finished entries of one compressor, and its unfinished block.
     *
     * @param entries the finished ones
     * @param tail tokens of the unfinished block
     */
    record Compressed(Entries entries, Tail tail) {
        private Compressed fork() {
            return new Compressed(entries.fork(), tail.fork());
        }

        private void drop() {
            entries.drop();
            tail.drop();
        }

        private void addTo(Checksum sum) {
            entries.addTo(sum);
            tail.addTo(sum);
        }

        private long sharedBytes(@Nullable Compressed other) {
            return other == null ? 0 : entries.sharedBytes(other.entries) + tail.sharedBytes(other.tail);
        }

        private long bytes() {
            return entries.bytes() + tail.bytes();
        }
    }

    static LayerState empty(StateFormats formats, PagePool pool, LayerKind kind) {
        Window window = new Window(pool, formats.entry(), formats.window());
        return switch (kind) {
            case SWA -> new LayerState(window, null, null);
            case HCA ->
                new LayerState(window, compressed(pool, formats.entry(), kind, formats.entryChannels(kind)), null);
            case CSA ->
                new LayerState(
                        window,
                        compressed(pool, formats.entry(), kind, formats.entryChannels(kind)),
                        compressed(pool, formats.key(), kind, formats.keyChannels()));
        };
    }

    private static Compressed compressed(PagePool pool, RowFormat format, LayerKind kind, int channels) {
        return new Compressed(new Entries(pool, format), new Tail(pool, kind, channels));
    }

    LayerState fork() {
        return new LayerState(
                window.fork(), compressed == null ? null : compressed.fork(), index == null ? null : index.fork());
    }

    /** Gives up its share of all pages. */
    void drop() {
        window.drop();
        if (compressed != null) {
            compressed.drop();
        }
        if (index != null) {
            index.drop();
        }
    }

    /** Adds everything remembered. */
    void addTo(Checksum sum) {
        window.addTo(sum);
        if (compressed != null) {
            compressed.addTo(sum);
        }
        if (index != null) {
            index.addTo(sum);
        }
    }

    /** Memory that the same layer of another sequence has too, in bytes. */
    long sharedBytes(LayerState other) {
        return window.sharedBytes(other.window)
                + (compressed == null ? 0 : compressed.sharedBytes(other.compressed))
                + (index == null ? 0 : index.sharedBytes(other.index));
    }

    /** Memory reachable, in bytes. */
    long bytes() {
        return window.bytes() + (compressed == null ? 0 : compressed.bytes()) + (index == null ? 0 : index.bytes());
    }

    /** Memory that a layer holds after {@code tokens} positions, in bytes. */
    static long bytes(StateFormats formats, LayerKind kind, long tokens) {
        long bytes = Window.bytes(formats.entry(), formats.window(), tokens);
        if (kind != LayerKind.SWA) {
            bytes += Entries.bytes(formats.entry(), tokens / kind.ratio())
                    + Tail.bytes(kind, formats.entryChannels(kind), tokens);
        }
        if (kind == LayerKind.CSA) {
            bytes += Entries.bytes(formats.key(), tokens / kind.ratio())
                    + Tail.bytes(kind, formats.keyChannels(), tokens);
        }
        return bytes;
    }
}
