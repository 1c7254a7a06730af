package dev.hadal.server.script;

import dev.hadal.model.StateMemory;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Ids of a sequence in pages that forks share: full pages for good, the last one until either side writes. Every page is
 * counted once, as long as somebody holds it. Pages may be held and released by several threads, a sequence of them is
 * used by one.
 */
final class IdPages {
    /** Ids of a page. */
    static final int PAGE_IDS = 128;
    /** Memory of a page, with its object and counter. */
    static final long PAGE_BYTES = PAGE_IDS * (long) Integer.BYTES + 64;

    private final StateMemory memory;
    private Page last;
    private int length;

    /** A page and those before it. */
    private static final class Page {
        private final @Nullable Page before;
        private final int[] ids;
        private final AtomicInteger holders = new AtomicInteger(1);

        Page(@Nullable Page before, int[] ids) {
            this.before = before;
            this.ids = ids;
        }
    }

    /** No ids. */
    IdPages(StateMemory memory) {
        this.memory = memory;
        this.last = new Page(null, new int[PAGE_IDS]);
        memory.add(PAGE_BYTES);
    }

    private IdPages(IdPages origin) {
        this.memory = origin.memory;
        this.last = origin.last;
        this.length = origin.length;
        last.holders.incrementAndGet();
    }

    /** Memory of so many ids. */
    static long bytes(long ids) {
        return pages(ids) * PAGE_BYTES;
    }

    private static long pages(long ids) {
        return Math.max(1, (ids + PAGE_IDS - 1) / PAGE_IDS);
    }

    int length() {
        return length;
    }

    /** The same ids, sharing all pages. */
    IdPages fork() {
        return new IdPages(this);
    }

    void add(int id) {
        int at = length % PAGE_IDS;
        if (at == 0 && length > 0) {
            last = new Page(last, new int[PAGE_IDS]);
            memory.add(PAGE_BYTES);
        } else if (last.holders.get() > 1) {
            Page own = new Page(last.before, last.ids.clone());
            if (own.before != null) {
                own.before.holders.incrementAndGet();
            }
            memory.add(PAGE_BYTES);
            release(last);
            last = own;
        }
        last.ids[at] = id;
        length++;
    }

    int[] toArray() {
        int[] ids = new int[length];
        int to = length;
        for (Page page = last; page != null; page = page.before) {
            int from = to == 0 ? 0 : (to - 1) / PAGE_IDS * PAGE_IDS;
            System.arraycopy(page.ids, 0, ids, from, to - from);
            to = from;
        }
        return ids;
    }

    /** Gives the pages back that nobody else holds. */
    void release() {
        release(last);
    }

    private void release(Page first) {
        Page page = first;
        while (page != null && page.holders.decrementAndGet() == 0) {
            memory.remove(PAGE_BYTES);
            page = page.before;
        }
    }
}
