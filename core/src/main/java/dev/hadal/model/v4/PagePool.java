package dev.hadal.model.v4;

import dev.hadal.model.StateMemory;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
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
    private final Map<Integer, Deque<byte[]>> free = new HashMap<>();
    private long freeBytes;

    PagePool(StateMemory memory) {
        this.memory = memory;
    }

    /** A page of zeros with one owner. */
    Page take(int bytes) {
        byte[] kept = kept(bytes);
        if (kept != null) {
            java.util.Arrays.fill(kept, (byte) 0);
        }
        memory.add(bytes);
        return new Page(kept == null ? new byte[bytes] : kept);
    }

    private byte @Nullable [] kept(int bytes) {
        synchronized (free) {
            Deque<byte[]> same = free.get(bytes);
            byte[] kept = same == null ? null : same.pollLast();
            freeBytes -= kept == null ? 0 : bytes;
            return kept;
        }
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
                    free.computeIfAbsent(bytes, _ -> new ArrayDeque<>()).addLast(page.data);
                    freeBytes += bytes;
                }
            }
        }
    }
}
