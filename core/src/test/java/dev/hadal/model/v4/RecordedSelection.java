package dev.hadal.model.v4;

import dev.hadal.kernel.Selection;
import dev.hadal.kernel.StateKernels;
import java.util.Arrays;

/**
 * Selects as the recorded outputs did: all blocks of the whole sequence in one array, those that a row can't see at
 * minus infinity, and the introselect of the GNU C++ library on it. Index scores of exactly zero are common (every
 * product was negative), and which of them such a selection keeps depends on how it moves elements about, hence on the
 * length of the sequence. Our own rule does not, so the two differ on ties, and only there.
 */
final class RecordedSelection implements Selection {
    private final int blocks;
    private final float[] values;
    private final int[] indices;
    private int k;
    private int size;

    RecordedSelection(int blocks) {
        this.blocks = blocks;
        values = new float[blocks];
        indices = new int[blocks];
    }

    @Override
    public Selection start(int most) {
        k = most;
        size = 0;
        return this;
    }

    @Override
    public Selection offer(StateKernels kernels, float[] scores, int offset, int length, int firstIndex) {
        System.arraycopy(scores, offset, values, firstIndex, length);
        size = firstIndex + length;
        return this;
    }

    @Override
    public int finish(StateKernels kernels, int[] selected, int at) {
        Arrays.fill(values, size, blocks, Float.NEGATIVE_INFINITY);
        Arrays.setAll(indices, i -> i);
        introselect(k - 1);
        System.arraycopy(indices, 0, selected, at, k);
        Arrays.sort(selected, at, at + k);
        return k;
    }

    @Override
    public long bytes() {
        return 0;
    }

    private void introselect(int nth) {
        int first = 0;
        int last = blocks;
        while (last - first > 3) {
            int cut = partition(first, last);
            if (cut <= nth) {
                first = cut;
            } else {
                last = cut;
            }
        }
        for (int i = first + 1; i < last; i++) {
            for (int j = i; j > first && before(j, j - 1); j--) {
                swap(j, j - 1);
            }
        }
    }

    private int partition(int begin, int end) {
        moveMedianTo(begin, begin + 1, begin + (end - begin) / 2, end - 1);
        int first = begin + 1;
        int last = end;
        while (true) {
            while (before(first, begin)) {
                first++;
            }
            last--;
            while (before(begin, last)) {
                last--;
            }
            if (first >= last) {
                return first;
            }
            swap(first, last);
            first++;
        }
    }

    private void moveMedianTo(int result, int a, int b, int c) {
        int median;
        if (before(a, b)) {
            median = before(b, c) ? b : before(a, c) ? c : a;
        } else {
            median = before(a, c) ? a : before(b, c) ? c : b;
        }
        swap(result, median);
    }

    private boolean before(int a, int b) {
        return values[a] > values[b];
    }

    private void swap(int a, int b) {
        float value = values[a];
        values[a] = values[b];
        values[b] = value;
        int index = indices[a];
        indices[a] = indices[b];
        indices[b] = index;
    }
}
