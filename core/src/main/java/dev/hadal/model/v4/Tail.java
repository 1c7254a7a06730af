package dev.hadal.model.v4;

import dev.hadal.kernel.Rows;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of a compressor's unfinished block, values and scores, and where blocks overlap those of the last finished
 * one (architecture.md 3.7). Its pages are taken as the block fills and dropped when it is finished, so at multiples of
 * the ratio a compressor without overlap remembers nothing here. Pages are shared with forks.
 */
final class Tail {
    /** Tokens in a page, at most. */
    private static final int PAGE = 8;

    private final PagePool pool;
    private final LayerKind kind;
    private final int channels;
    private final @Nullable Page[] current;
    private @Nullable Page previous;

    /** An empty tail of tokens with so many channels. */
    Tail(PagePool pool, LayerKind kind, int channels) {
        this.pool = pool;
        this.kind = kind;
        this.channels = channels;
        this.current = new Page[Math.ceilDiv(kind.ratio(), pageRows(kind))];
    }

    private static int pageRows(LayerKind kind) {
        return Math.min(PAGE, kind.ratio());
    }

    /** Remembers the token at {@code position}; finishes the block if it is its last one. */
    void put(int position, Rows kv, Rows score, int row) {
        int inBlock = position % kind.ratio();
        int rows = pageRows(kind);
        Page page = current[inBlock / rows];
        page = page == null ? pool.take(pageBytes(kind, channels)) : pool.toWrite(page);
        current[inBlock / rows] = page;
        int at = inBlock % rows * 2 * channels;
        page.floats.put(at, kv.data(), kv.at(row), channels);
        page.floats.put(at + channels, score.data(), score.at(row), channels);
        if (inBlock + 1 == kind.ratio()) {
            finish();
        }
    }

    private void finish() {
        if (previous != null) {
            pool.drop(previous);
            previous = null;
        }
        if (kind == LayerKind.CSA) {
            previous = current[0];
            current[0] = null;
        } else {
            drop();
        }
    }

    /**
     * Copies channels of a token that is still remembered.
     *
     * @param position of the token, in the unfinished block or the one before
     * @param unfinished first position of the unfinished block
     * @param channel first channel, and behind the last one those of the scores begin
     */
    void read(int position, int unfinished, int channel, float[] to, int offset, int count) {
        int inBlock = position % kind.ratio();
        Page page = position < unfinished ? previous : current[inBlock / pageRows(kind)];
        if (page == null) {
            throw new IllegalStateException("position " + position + " is no longer in the tail");
        }
        page.floats.get(inBlock % pageRows(kind) * 2 * channels + channel, to, offset, count);
    }

    /** The pages, oldest tokens first. */
    List<Page> pages() {
        List<Page> pages = new ArrayList<>();
        if (previous != null) {
            pages.add(previous);
        }
        for (Page page : current) {
            if (page != null) {
                pages.add(page);
            }
        }
        return pages;
    }

    Tail fork() {
        Tail fork = new Tail(pool, kind, channels);
        for (int i = 0; i < current.length; i++) {
            Page page = current[i];
            fork.current[i] = page == null ? null : page.share();
        }
        fork.previous = previous == null ? null : previous.share();
        return fork;
    }

    /** Forgets everything. */
    void drop() {
        for (int i = 0; i < current.length; i++) {
            Page page = current[i];
            if (page != null) {
                pool.drop(page);
                current[i] = null;
            }
        }
        if (previous != null) {
            pool.drop(previous);
            previous = null;
        }
    }

    void addTo(Checksum sum) {
        sum.add(previous);
        for (Page page : current) {
            sum.add(page);
        }
    }

    /** Bytes of the pages that another tail has too. */
    long sharedBytes(Tail other) {
        long bytes = Page.shared(previous, other.previous);
        for (int i = 0; i < current.length; i++) {
            bytes += Page.shared(current[i], other.current[i]);
        }
        return bytes;
    }

    long bytes() {
        long pages = previous == null ? 0 : 1;
        for (Page page : current) {
            pages += page == null ? 0 : 1;
        }
        return pages * pageBytes(kind, channels);
    }

    /** Memory of a tail after {@code tokens} positions, in bytes. */
    static long bytes(LayerKind kind, int channels, long tokens) {
        long pages = Math.ceilDiv(tokens % kind.ratio(), pageRows(kind));
        pages += kind == LayerKind.CSA && tokens >= kind.ratio() ? 1 : 0;
        return pages * pageBytes(kind, channels);
    }

    private static int pageBytes(LayerKind kind, int channels) {
        return pageRows(kind) * 2 * channels * Float.BYTES;
    }
}
