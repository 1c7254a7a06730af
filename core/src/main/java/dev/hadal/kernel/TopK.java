package dev.hadal.kernel;

import java.util.Arrays;

/**
 * Finds the indices of the largest values of a stream. Equal values are decided for the lower index, so the result is
 * a function of the values alone. NaN counts as the smallest value.
 */
public final class TopK implements Selection {
    private final long[] heap;
    private int most;
    private int size;

    /** Room for selections of up to {@code most} indices. */
    public TopK(int most) {
        heap = new long[most];
    }

    @Override
    public TopK start(int k) {
        if (k > heap.length) {
            throw new IllegalArgumentException("k is " + k + ", there is room for " + heap.length);
        }
        most = k;
        size = 0;
        return this;
    }

    @Override
    public TopK offer(float[] values, int offset, int length, int firstIndex) {
        int i = 0;
        for (; i < length && size < most; i++) {
            heap[size++] = key(values[offset + i], firstIndex + i);
            if (size == most) {
                for (int parent = size / 2 - 1; parent >= 0; parent--) {
                    sink(parent);
                }
            }
        }
        for (; i < length && most > 0; i++) {
            long key = key(values[offset + i], firstIndex + i);
            if (key > heap[0]) {
                heap[0] = key;
                sink(0);
            }
        }
        return this;
    }

    @Override
    public int finish(int[] selected, int at) {
        for (int i = 0; i < size; i++) {
            selected[at + i] = ~(int) heap[i];
        }
        Arrays.sort(selected, at, at + size);
        return size;
    }

    @Override
    public long bytes() {
        return (long) heap.length * Long.BYTES;
    }

    /** Orders by value, then by descending index, as one number. */
    private static long key(float value, int index) {
        int bits = Float.floatToRawIntBits(value + 0f);
        int ordered = Float.isNaN(value) ? Integer.MIN_VALUE : bits ^ ((bits >> 31) & 0x7fffffff);
        return ((long) ordered << 32) | (~index & 0xffffffffL);
    }

    /** Restores the heap whose smallest key stands first. */
    private void sink(int index) {
        long key = heap[index];
        int hole = index;
        for (int child = 2 * hole + 1; child < size; child = 2 * hole + 1) {
            if (child + 1 < size && heap[child + 1] < heap[child]) {
                child++;
            }
            if (key <= heap[child]) {
                break;
            }
            heap[hole] = heap[child];
            hole = child;
        }
        heap[hole] = key;
    }
}
