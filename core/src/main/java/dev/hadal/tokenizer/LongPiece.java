package dev.hadal.tokenizer;

import java.util.Arrays;

/**
 * Merges one long piece with a priority queue over a linked list of symbols: n log n steps for n bytes, whatever they
 * are. Only primitive arrays, because a piece can be the whole of a prompt.
 */
final class LongPiece {
    private static final int GONE = -1;

    private final Bpe bpe;
    private final Encoding out;

    private int[] symbols = {};
    private int[] previous = {};
    private int[] next = {};

    /** A binary heap of rank << 32 | position, so that the smallest is the lowest rank and then the leftmost. */
    private long[] queue = {};

    private int queued;

    LongPiece(Bpe bpe, Encoding out) {
        this.bpe = bpe;
        this.out = out;
    }

    /** Appends the ids of the piece at {@code from} (inclusive) to {@code to} (exclusive). */
    void encode(byte[] text, int from, int to) {
        int length = to - from;
        symbols = new int[length];
        previous = new int[length];
        next = new int[length];
        queue = new long[length];
        for (int i = 0; i < length; i++) {
            symbols[i] = bpe.symbol(text[from + i]);
            previous[i] = i - 1;
            next[i] = i + 1;
        }
        for (int i = 0; i < length - 1; i++) {
            offer(i);
        }
        while (queued > 0) {
            merge(poll());
        }
        for (int i = 0; i < length; i = next[i]) {
            out.add(symbols[i]);
        }
    }

    /** Merges the pair of a queue entry, unless one of its symbols has changed since. */
    private void merge(long entry) {
        int rank = (int) (entry >>> 32);
        int left = (int) entry;
        if (symbols[left] == GONE || rankAt(left) != rank) {
            return;
        }
        int right = next[left];
        int after = next[right];
        symbols[left] = bpe.result(rank);
        symbols[right] = GONE;
        next[left] = after;
        if (after < symbols.length) {
            previous[after] = left;
            offer(left);
        }
        if (left > 0) {
            offer(previous[left]);
        }
    }

    private int rankAt(int left) {
        out.operations++;
        return next[left] == symbols.length ? PairTable.NONE : bpe.rank(symbols[left], symbols[next[left]]);
    }

    private void offer(int left) {
        int rank = rankAt(left);
        if (rank == PairTable.NONE) {
            return;
        }
        if (queued == queue.length) {
            queue = Arrays.copyOf(queue, queued + (queued >> 1));
        }
        long entry = ((long) rank << 32) | left;
        int hole = queued++;
        while (hole > 0 && queue[(hole - 1) >> 1] > entry) {
            out.operations++;
            queue[hole] = queue[(hole - 1) >> 1];
            hole = (hole - 1) >> 1;
        }
        queue[hole] = entry;
    }

    private long poll() {
        long smallest = queue[0];
        long moved = queue[--queued];
        int hole = 0;
        while (2 * hole + 1 < queued) {
            out.operations++;
            int child = 2 * hole + 1;
            if (child + 1 < queued && queue[child + 1] < queue[child]) {
                child++;
            }
            if (queue[child] >= moved) {
                break;
            }
            queue[hole] = queue[child];
            hole = child;
        }
        queue[hole] = moved;
        return smallest;
    }
}
