package dev.hadal.sample;

import java.util.Arrays;

/**
 * The distinct tokens of a sequence and how often each was counted; 0 times is possible. An open-addressed table, since
 * boxed keys would be garbage for each token. Entries are numbered in the order in which they came.
 */
final class TokenCounts {
    private static final int MULTIPLIER = 0x9E3779B9;

    private int[] ids = new int[16];
    private int[] counts = new int[16];
    private int size;
    /** Entry number plus 1 by hash, 0 where there is none; at most half full. */
    private int[] slots = new int[32];

    /** Adds to the count of an id, with 0 only making it known. */
    void add(int id, int count) {
        int slot = slot(id);
        if (slots[slot] == 0) {
            if (size == ids.length) {
                grow();
                slot = slot(id);
            }
            ids[size] = id;
            counts[size] = 0;
            slots[slot] = ++size;
        }
        counts[slots[slot] - 1] += count;
    }

    /** Number of distinct ids. */
    int size() {
        return size;
    }

    /** The id of an entry. */
    int id(int entry) {
        return ids[entry];
    }

    /** The count of an entry. */
    int count(int entry) {
        return counts[entry];
    }

    private int slot(int id) {
        int mask = slots.length - 1;
        int slot = ((id * MULTIPLIER) >>> Integer.numberOfLeadingZeros(mask)) & mask;
        while (slots[slot] != 0 && ids[slots[slot] - 1] != id) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        ids = Arrays.copyOf(ids, 2 * size);
        counts = Arrays.copyOf(counts, 2 * size);
        slots = new int[4 * size];
        for (int entry = 0; entry < size; entry++) {
            slots[slot(ids[entry])] = entry + 1;
        }
    }
}
