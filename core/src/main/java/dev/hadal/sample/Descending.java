package dev.hadal.sample;

import java.util.Arrays;

/**
 * Token ids and their logits by descending logit, equal ones by ascending id. Each pair is one number, so that ordering
 * them is sorting numbers. Reusable, and allocates only when it grows.
 */
final class Descending {
    private static final int ID_BITS = 32;

    private long[] entries = new long[64];
    private int size;

    /** Forgets everything. */
    void clear() {
        size = 0;
    }

    /** Adds an id; {@link #order} must follow before anything is read. */
    void add(float logit, int id) {
        if (size == entries.length) {
            entries = Arrays.copyOf(entries, 2 * size);
        }
        entries[size++] = entry(logit, id);
    }

    /** Ends adding. */
    void order() {
        Arrays.sort(entries, 0, size);
    }

    /** Holds, in order, the first few of a row alone; minus infinity is never among them. */
    void first(int most, float[] logits, int offset, int length) {
        size = 0;
        if (most == 0) {
            return;
        }
        for (int id = 0; id < length; id++) {
            float logit = logits[offset + id];
            // An equal logit stays behind the lower id that is there already.
            boolean belongs = size < most ? logit > Float.NEGATIVE_INFINITY : logit > logit(size - 1);
            if (belongs) {
                size = size < most ? size : most - 1;
                add(logit, id);
                for (int place = size - 1; place > 0 && entries[place] < entries[place - 1]; place--) {
                    long entry = entries[place];
                    entries[place] = entries[place - 1];
                    entries[place - 1] = entry;
                }
            }
        }
    }

    /** Number of ids. */
    int size() {
        return size;
    }

    /** The id at a place in the order, from 0. */
    int id(int place) {
        return (int) entries[place];
    }

    /** The logit at a place in the order; what was -0 is +0. */
    float logit(int place) {
        return Float.intBitsToFloat(flipNegative(~(int) (entries[place] >> ID_BITS)));
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
}
