package dev.hadal.kernel;

/**
 * Finds the indices of the largest values of a stream. Equal values are decided for the lower index, so the result is
 * a function of the values alone. NaN counts as the smallest value.
 *
 * <p>Values that may belong to the largest are collected; when the room for them is full, a threshold is found by
 * bisection that leaves as many as are wanted. From then on only larger values are worth collecting, and soon there are
 * few of them.
 */
public final class TopK implements Selection {
    private static final int ROOM = 2048;

    private final Candidates candidates;
    private final int largest;
    private int most;

    /** Room for selections of up to {@code most} indices. */
    public TopK(int most) {
        largest = most;
        candidates = new Candidates(most + ROOM);
    }

    @Override
    public TopK start(int k) {
        if (k > largest) {
            throw new IllegalArgumentException("k is " + k + ", there is room for " + largest);
        }
        most = k;
        candidates.size = 0;
        candidates.threshold = k == 0 ? Integer.MAX_VALUE : Integer.MIN_VALUE;
        return this;
    }

    @Override
    public TopK offer(StateKernels kernels, float[] values, int offset, int length, int firstIndex) {
        for (int from = 0; from < length; ) {
            makeRoom(kernels);
            int count = Math.min(candidates.keys.length - candidates.size, length - from);
            kernels.collect(values, offset + from, count, firstIndex + from, candidates);
            from += count;
        }
        return this;
    }

    /** Takes over what another selection found among larger indices. */
    public TopK offer(StateKernels kernels, TopK others) {
        Candidates from = others.candidates;
        others.reduce(kernels);
        for (int i = 0; i < from.size; i++) {
            if (from.keys[i] > candidates.threshold) {
                makeRoom(kernels);
                candidates.add(from.keys[i], from.indices[i]);
            }
        }
        return this;
    }

    @Override
    public int finish(StateKernels kernels, int[] selected, int at) {
        reduce(kernels);
        System.arraycopy(candidates.indices, 0, selected, at, candidates.size);
        return candidates.size;
    }

    @Override
    public long bytes() {
        return (long) (candidates.keys.length + candidates.indices.length) * Integer.BYTES;
    }

    private void makeRoom(StateKernels kernels) {
        if (candidates.keys.length - candidates.size < ROOM / 2) {
            reduce(kernels);
        }
    }

    /** Keeps the {@code most} largest, the earlier ones among equals, in their order. */
    private void reduce(StateKernels kernels) {
        if (candidates.size <= most) {
            return;
        }
        // More than most are above low, fewer are above high: halve until the value of the last place is found.
        int low = Integer.MIN_VALUE;
        int high = Integer.MAX_VALUE;
        int above = 0;
        while (above != most && high - (long) low > 1) {
            int middle = (int) (((long) low + high) >> 1);
            int count = kernels.countAbove(candidates, middle);
            if (count > most) {
                low = middle;
            } else {
                high = middle;
                above = count;
            }
        }
        keep(high, most - above);
    }

    /** Keeps what is above {@code bound}, and the first {@code equal} of those that are equal to it. */
    private void keep(int bound, int equal) {
        int[] keys = candidates.keys;
        int[] indices = candidates.indices;
        int left = equal;
        int size = 0;
        int least = Integer.MAX_VALUE;
        for (int i = 0; i < candidates.size; i++) {
            int key = keys[i];
            if (key > bound || (key == bound && left-- > 0)) {
                keys[size] = key;
                indices[size++] = indices[i];
                least = Math.min(least, key);
            }
        }
        candidates.size = size;
        candidates.threshold = least;
    }
}
