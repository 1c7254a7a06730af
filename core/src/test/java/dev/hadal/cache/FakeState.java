package dev.hadal.cache;

import dev.hadal.model.SequenceState;
import dev.hadal.model.StateMemory;
import java.util.ArrayList;
import java.util.List;

/**
 * A state without a model: it remembers its ids, in pages that forks share as long as nobody writes to them, and a ring
 * that is copied by whoever goes on.
 */
final class FakeState implements SequenceState {
    static final int PAGE_IDS = 16;
    static final long PAGE_BYTES = 100;
    static final long RING_BYTES = 1000;

    /** Memory that states share. */
    static final class Page {
        final int[] ids = new int[PAGE_IDS];
        private final long bytes;
        private int owners = 1;

        Page(long bytes) {
            this.bytes = bytes;
        }
    }

    private final StateMemory memory;
    final List<Page> pages = new ArrayList<>();
    /** Those made so far. */
    final List<FakeState> forks = new ArrayList<>();

    private int length;
    private boolean closed;

    FakeState(StateMemory memory) {
        this.memory = memory;
        pages.add(new Page(RING_BYTES));
        memory.add(RING_BYTES);
    }

    private FakeState(FakeState other) {
        memory = other.memory;
        length = other.length;
        for (Page page : other.pages) {
            page.owners++;
            pages.add(page);
        }
    }

    /** Goes on by given ids. */
    FakeState append(int... ids) {
        for (int id : ids) {
            own(0).ids[length % PAGE_IDS] = id;
            if (length % PAGE_IDS == 0) {
                pages.add(new Page(PAGE_BYTES));
                memory.add(PAGE_BYTES);
            }
            own(pages.size() - 1).ids[length % PAGE_IDS] = id;
            length++;
        }
        return this;
    }

    private Page own(int index) {
        Page page = pages.get(index);
        if (page.owners > 1) {
            page.owners--;
            Page copy = new Page(page.bytes);
            System.arraycopy(page.ids, 0, copy.ids, 0, PAGE_IDS);
            memory.add(page.bytes);
            pages.set(index, copy);
            return copy;
        }
        return page;
    }

    /** Most bytes that appending one id takes. */
    static long growth() {
        return RING_BYTES + PAGE_BYTES;
    }

    int[] ids() {
        int[] ids = new int[length];
        for (int i = 0; i < length; i++) {
            ids[i] = pages.get(1 + i / PAGE_IDS).ids[i % PAGE_IDS];
        }
        return ids;
    }

    boolean closed() {
        return closed;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public long bytes() {
        return RING_BYTES + (pages.size() - 1) * PAGE_BYTES;
    }

    @Override
    public long sharedBytes(SequenceState other) {
        long shared = 0;
        for (int i = 0; i < Math.min(pages.size(), ((FakeState) other).pages.size()); i++) {
            shared += pages.get(i) == ((FakeState) other).pages.get(i) ? pages.get(i).bytes : 0;
        }
        return shared;
    }

    @Override
    public SequenceState fork() {
        if (closed) {
            throw new IllegalStateException("closed");
        }
        forks.add(new FakeState(this));
        return forks.getLast();
    }

    @Override
    public long checksum() {
        if (closed) {
            throw new IllegalStateException("closed");
        }
        long sum = length;
        for (Page page : pages) {
            for (int id : page.ids) {
                sum = sum * 0x9E3779B97F4A7C15L + id;
            }
        }
        return sum;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            for (Page page : pages) {
                if (--page.owners == 0) {
                    memory.remove(page.bytes);
                }
            }
        }
    }
}
