package dev.hadal.sample;

/**
 * Token ids and their logits by descending logit, equal ones by ascending id, one at a time. A binary heap: filling it costs one pass
 * and each id taken a logarithm, so nobody pays for ordering a vocabulary of which a few tokens matter. Reusable, and
 * allocates only when it grows.
 */
final class Descending {
    private static final int ID_BITS = 32;

    private long[] heap = {};
    private int size;

    /** Forgets everything and makes room for a number of ids. */
    void reset(int capacity) {
        size = 0;
        if (heap.length < capacity) {
            heap = new long[capacity];
        }
    }

    /** Adds an id; {@link #order} must follow before the first {@link #next}. */
    void add(float logit, int id) {
        heap[size++] = entry(logit, id);
    }

    /** Ends adding. */
    void order() {
        for (int i = size / 2 - 1; i >= 0; i--) {
            sift(i, heap[i]);
        }
    }

    /** Number of ids not taken yet. */
    int size() {
        return size;
    }

    /** Takes the next entry: {@link #id} and {@link #logit} read it. */
    long next() {
        long first = heap[0];
        long last = heap[--size];
        if (size > 0) {
            sift(0, last);
        }
        return first;
    }

    /** The id of an entry. */
    static int id(long entry) {
        return (int) entry;
    }

    /** The logit of an entry; what was -0 is +0. */
    static float logit(long entry) {
        return Float.intBitsToFloat(flipNegative(~(int) (entry >> ID_BITS)));
    }

    /** An entry sorts as wanted when compared as a signed number: descending logit above, ascending id below. */
    private static long entry(float logit, int id) {
        // Adding +0 turns -0 into +0, which must tie with it.
        int ascending = flipNegative(Float.floatToRawIntBits(logit + 0f));
        return (long) ~ascending << ID_BITS | id;
    }

    /** A float's bits order like an integer's, but for negative numbers, whose magnitude runs the other way. */
    private static int flipNegative(int bits) {
        return bits < 0 ? bits ^ Integer.MAX_VALUE : bits;
    }

    private void sift(int hole, long entry) {
        int parent = hole;
        int child = 2 * parent + 1;
        while (child < size) {
            if (child + 1 < size && heap[child + 1] < heap[child]) {
                child++;
            }
            if (heap[child] >= entry) {
                break;
            }
            heap[parent] = heap[child];
            parent = child;
            child = 2 * parent + 1;
        }
        heap[parent] = entry;
    }
}
