package dev.hadal.kernel;

/** Values that may be among the largest, as numbers in the same order, and where they stood. */
public final class Candidates {
    /** Below every number, above the threshold that lets everything pass. */
    static final int NAN = Integer.MIN_VALUE + 1;

    final int[] keys;
    final int[] indices;
    int size;
    /** Only larger keys are worth adding. */
    int threshold;

    Candidates(int capacity) {
        keys = new int[capacity];
        indices = new int[capacity];
    }

    /** Orders as floats do, both zeros alike, with NaN below everything. */
    static int key(float value) {
        int bits = Float.floatToRawIntBits(value + 0f);
        return Float.isNaN(value) ? NAN : bits ^ (bits >> 31 & Integer.MAX_VALUE);
    }

    void add(int key, int index) {
        keys[size] = key;
        indices[size++] = index;
    }
}
