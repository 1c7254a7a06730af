package dev.hadal.tokenizer;

import java.util.Arrays;

/**
 * A fixed-capacity hash table from two 20-bit numbers to a third. Key and value share one {@code long}, so a look-up
 * touches one cache line; merging is little else than such look-ups.
 */
final class PairTable {
    /** Numbers given to the table are below this. */
    static final int LIMIT = 1 << 20;

    /** What {@link #get} returns for a pair that is not there. */
    static final int NONE = Integer.MAX_VALUE;

    private static final long EMPTY = -1;

    private final long[] slots;
    private final int shift;

    PairTable(int pairs) {
        int bits = Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(pairs, 8)) + 1;
        slots = new long[1 << bits];
        Arrays.fill(slots, EMPTY);
        shift = Long.SIZE - bits;
    }

    /** Adds a pair; false, and no change, if it is already there. */
    boolean add(int first, int second, int value) {
        long key = key(first, second);
        int slot = slot(key);
        while (slots[slot] != EMPTY) {
            if (slots[slot] >>> 20 == key) {
                return false;
            }
            slot = (slot + 1) & (slots.length - 1);
        }
        slots[slot] = (key << 20) | value;
        return true;
    }

    /** The value of a pair, or {@link #NONE}. */
    int get(int first, int second) {
        long key = key(first, second);
        int slot = slot(key);
        while (true) {
            long entry = slots[slot];
            if (entry >>> 20 == key) {
                return (int) entry & (LIMIT - 1);
            }
            if (entry == EMPTY) {
                return NONE;
            }
            slot = (slot + 1) & (slots.length - 1);
        }
    }

    private static long key(int first, int second) {
        return ((long) first << 20) | second;
    }

    private int slot(long key) {
        return (int) ((key * 0x9E37_79B9_7F4A_7C15L) >>> shift);
    }
}
