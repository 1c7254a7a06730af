package dev.hadal.model.v4;

import dev.hadal.model.StateMemory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the states of one model get their pages from and give them back to. Every page is counted from when it is taken
 * until its last owner drops it. A few are kept for the next taker, since tails need new ones every few tokens. Safe for
 * use by several threads.
 */
final class PagePool {
    /** Most bytes of pages that wait for a taker. */
    private static final long MOST_FREE = 8L << 20;

    private final StateMemory memory;
    /** By size, of which there are a handful. */
    private final List<Waiting> free = new ArrayList<>();

    private long freeBytes;

    /** Pages of one size without owners. */
    private record Waiting(int bytes, Deque<Page> pages) {}

    PagePool(StateMemory memory) {
        this.memory = memory;
    }

    /** A page of zeros with one owner. */
    Page take(int bytes) {
        Page kept = kept(bytes);
        Page page = kept == null ? new Page(new byte[bytes]) : kept.renew();
        memory.add(bytes);
        return page;
    }

    private @Nullable Page kept(int bytes) {
        synchronized (free) {
            Page kept = waiting(bytes).pollLast();
            freeBytes -= kept == null ? 0 : bytes;
            return kept;
        }
    }

    private Deque<Page> waiting(int bytes) {
        for (int i = 0; i < free.size(); i++) {
            if (free.get(i).bytes == bytes) {
                return free.get(i).pages;
            }
        }
        Waiting another = new Waiting(bytes, new ArrayDeque<>());
        free.add(another);
        return another.pages;
    }

    /** The page to write to: this one, or a copy in its place if somebody else owns it too. */
    Page toWrite(Page page) {
        if (!page.isShared()) {
            return page;
        }
        Page copy = take(page.data.length);
        System.arraycopy(page.data, 0, copy.data, 0, copy.data.length);
        drop(page);
        return copy;
    }

    /** One owner less. */
    void drop(Page page) {
        if (page.release()) {
            int bytes = page.data.length;
            memory.remove(bytes);
            synchronized (free) {
                if (freeBytes + bytes <= MOST_FREE) {
                    waiting(bytes).addLast(page);
                    freeBytes += bytes;
                }
            }
        }
    }
}
