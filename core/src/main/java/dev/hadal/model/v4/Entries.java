package dev.hadal.model.v4;

import dev.hadal.kernel.Panel;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A list of vectors that only grows: compressed entries or index keys. It is kept in pages, and these in chunks. Forks
 * share chunks and pages; whoever wants to write to one that has other owners copies it first.
 */
final class Entries {
    /** Vectors in a page. */
    static final int PAGE = Panel.LANES;
    /** Pages in a chunk. */
    private static final int CHUNK = 256;

    private static final int FIRST_PAGES = 8;

    private final PagePool pool;
    private final RowFormat format;
    private final int pageBytes;
    private Chunk[] chunks = {};
    private int pages;
    private int size;

    /** Some pages with an owner count of their own, so that a fork need not touch every page. */
    private static final class Chunk {
        private final AtomicInteger owners = new AtomicInteger(1);
        private Page[] pages;

        Chunk(Page[] pages) {
            this.pages = pages;
        }

        void put(int index, Page page) {
            if (index == pages.length) {
                pages = Arrays.copyOf(pages, Math.min(CHUNK, 2 * index));
            }
            pages[index] = page;
        }
    }

    /** An empty list of vectors in a format. */
    Entries(PagePool pool, RowFormat format) {
        this.pool = pool;
        this.format = format;
        this.pageBytes = format.bytes(PAGE);
    }

    /** A list over pages that hold {@code size} vectors; it becomes one of their owners. */
    static Entries over(PagePool pool, RowFormat format, List<Page> pages, int size) {
        Entries list = new Entries(pool, format);
        pages.forEach(page -> list.addPage(page.share()));
        list.size = size;
        return list;
    }

    /** Number of vectors. */
    int size() {
        return size;
    }

    /**
     * Makes the list longer by {@code count} vectors, which are then to be written to their {@link #page}s. Those pages
     * have no other owners afterwards.
     */
    void grow(int count) {
        if (count > 0 && size % PAGE != 0) {
            int last = pages - 1;
            Chunk chunk = ownChunk(last / CHUNK);
            chunk.pages[last % CHUNK] = pool.toWrite(chunk.pages[last % CHUNK]);
        }
        while ((long) pages * PAGE < (long) size + count) {
            addPage(pool.take(pageBytes));
        }
        size += count;
    }

    private void addPage(Page page) {
        if (pages == chunks.length * CHUNK) {
            chunks = Arrays.copyOf(chunks, chunks.length + 1);
            chunks[chunks.length - 1] = new Chunk(new Page[FIRST_PAGES]);
        }
        ownChunk(pages / CHUNK).put(pages % CHUNK, page);
        pages++;
    }

    private Chunk ownChunk(int index) {
        Chunk chunk = chunks[index];
        if (chunk.owners.get() > 1) {
            Chunk copy = new Chunk(chunk.pages.clone());
            int count = Math.min(CHUNK, pages - index * CHUNK);
            for (int i = 0; i < count; i++) {
                copy.pages[i].share();
            }
            dropChunk(index);
            chunks[index] = copy;
        }
        return chunks[index];
    }

    private void dropChunk(int index) {
        Chunk chunk = chunks[index];
        if (chunk.owners.decrementAndGet() == 0) {
            int count = Math.min(CHUNK, pages - index * CHUNK);
            for (int i = 0; i < count; i++) {
                pool.drop(chunk.pages[i]);
            }
        }
    }

    /** The page that holds vectors {@code page * PAGE} and following. */
    Page page(int page) {
        return chunks[page / CHUNK].pages[page % CHUNK];
    }

    /** A list with the same content that grows on its own. */
    Entries fork() {
        Entries fork = new Entries(pool, format);
        fork.chunks = chunks.clone();
        for (Chunk chunk : chunks) {
            chunk.owners.getAndIncrement();
        }
        fork.pages = pages;
        fork.size = size;
        return fork;
    }

    /** Gives up its share of the pages. */
    void drop() {
        for (int i = 0; i < chunks.length; i++) {
            dropChunk(i);
        }
        chunks = new Chunk[0];
        pages = 0;
        size = 0;
    }

    /** Adds number and values of the vectors. */
    void addTo(Checksum sum) {
        sum.add(size);
        for (int i = 0; i < pages; i++) {
            sum.add(page(i));
        }
    }

    /** Bytes of the pages that another list has too. */
    long sharedBytes(Entries other) {
        int both = Math.min(pages, other.pages);
        long shared = 0;
        for (int page = 0; page < both; page++) {
            if (page % CHUNK == 0 && chunks[page / CHUNK] == other.chunks[page / CHUNK]) {
                int inChunk = Math.min(CHUNK, both - page);
                shared += (long) inChunk * pageBytes;
                page += inChunk - 1;
            } else {
                shared += Page.shared(page(page), other.page(page));
            }
        }
        return shared;
    }

    /** Memory of the pages in bytes. */
    long bytes() {
        return (long) pages * pageBytes;
    }

    /** Memory that a list of {@code size} vectors takes, in bytes. */
    static long bytes(RowFormat format, long size) {
        return Math.ceilDiv(size, PAGE) * format.bytes(PAGE);
    }
}
