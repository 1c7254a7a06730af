package dev.hadal.model.v4;

import dev.hadal.kernel.Rows;
import java.util.ArrayList;
import java.util.List;

/**
 * A list of vectors that only grows: compressed entries or index keys. It is kept in pages; full pages never change, so
 * forks share them.
 */
final class Entries {
    /** Vectors in a page. */
    static final int PAGE = 64;

    private final int width;
    private final List<Rows> pages;
    private int size;

    Entries(int width) {
        this(width, List.of(), 0);
    }

    /** A list over pages that hold {@code size} vectors; the last one is written to unless it is full. */
    Entries(int width, List<Rows> pages, int size) {
        this.width = width;
        this.pages = new ArrayList<>(pages);
        this.size = size;
    }

    /** Number of vectors. */
    int size() {
        return size;
    }

    /** Adds a vector. */
    void append(float[] values, int offset) {
        if (size == pages.size() * PAGE) {
            pages.add(Rows.allocate(PAGE, width));
        }
        Rows page = pages.getLast();
        System.arraycopy(values, offset, page.data(), page.at(size % PAGE), width);
        size++;
    }

    /** Copies a vector out. */
    void read(int index, float[] values, int offset) {
        Rows page = page(index / PAGE);
        System.arraycopy(page.data(), page.at(index % PAGE), values, offset, width);
    }

    /** The page that holds vectors {@code page * PAGE} and following; not to be written. */
    Rows page(int page) {
        return pages.get(page);
    }

    /** A list with the same content that grows on its own. */
    Entries fork() {
        Entries fork = new Entries(width, pages, size);
        if (size % PAGE != 0) {
            Rows last = pages.getLast();
            fork.pages.set(pages.size() - 1, new Rows(last.data().clone(), width));
        }
        return fork;
    }

    /** Adds number and values of the vectors. */
    void addTo(Checksum sum) {
        sum.add(size);
        for (int from = 0; from < size; from += PAGE) {
            sum.add(page(from / PAGE).data(), 0, Math.min(PAGE, size - from) * width);
        }
    }

    /** Memory of the pages in bytes. */
    long bytes() {
        return pages.size() * pageBytes(width);
    }

    /** Memory that a list of {@code size} vectors takes, in bytes. */
    static long bytes(long size, int width) {
        return Math.ceilDiv(size, PAGE) * pageBytes(width);
    }

    private static long pageBytes(int width) {
        return (long) PAGE * width * Float.BYTES;
    }
}
