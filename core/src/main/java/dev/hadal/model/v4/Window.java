package dev.hadal.model.v4;

import org.jspecify.annotations.Nullable;

/**
 * The entries of the last positions, as many as the sliding window holds: position {@code p} in slot {@code p mod size}.
 * Its pages are taken when their first slot is written, and shared with forks.
 */
final class Window {
    /** Slots in a page: what a fork copies when it writes one. */
    static final int PAGE = 16;

    private final PagePool pool;
    private final RowFormat format;
    private final int size;
    private final @Nullable Page[] pages;

    /** An empty window of {@code size} positions. */
    Window(PagePool pool, RowFormat format, int size) {
        this.pool = pool;
        this.format = format;
        this.size = size;
        this.pages = new Page[Math.ceilDiv(size, PAGE)];
    }

    /** The page to write a position's entry to, as row {@link #row}; it has no other owners. */
    Page toWrite(int position) {
        int index = position % size / PAGE;
        Page page = pages[index];
        Page owned = page == null ? pool.take(pageBytes(format, size, index)) : pool.toWrite(page);
        pages[index] = owned;
        return owned;
    }

    /** The page that holds a position's entry, as row {@link #row}. */
    Page page(int position) {
        Page page = pages[position % size / PAGE];
        if (page == null) {
            throw new IllegalStateException("position " + position + " has no entry in the window");
        }
        return page;
    }

    /** Where in its page a position's entry stands. */
    int row(int position) {
        return position % size % PAGE;
    }

    Window fork() {
        Window fork = new Window(pool, format, size);
        for (int i = 0; i < pages.length; i++) {
            Page page = pages[i];
            fork.pages[i] = page == null ? null : page.share();
        }
        return fork;
    }

    void drop() {
        for (int i = 0; i < pages.length; i++) {
            Page page = pages[i];
            if (page != null) {
                pool.drop(page);
                pages[i] = null;
            }
        }
    }

    void addTo(Checksum sum) {
        for (Page page : pages) {
            sum.add(page);
        }
    }

    /** Bytes of the pages that another window has too. */
    long sharedBytes(Window other) {
        long bytes = 0;
        for (int i = 0; i < pages.length; i++) {
            bytes += Page.shared(pages[i], other.pages[i]);
        }
        return bytes;
    }

    long bytes() {
        long bytes = 0;
        for (Page page : pages) {
            bytes += page == null ? 0 : page.data.length;
        }
        return bytes;
    }

    /** Memory of a window of {@code size} after {@code tokens} positions, in bytes. */
    static long bytes(RowFormat format, int size, long tokens) {
        long bytes = 0;
        long pages = Math.ceilDiv(Math.min(tokens, size), PAGE);
        for (int i = 0; i < pages; i++) {
            bytes += pageBytes(format, size, i);
        }
        return bytes;
    }

    /** The last page is shorter if the window is not whole pages. */
    private static int pageBytes(RowFormat format, int size, int index) {
        return format.bytes(Math.min(PAGE, size - index * PAGE));
    }
}
