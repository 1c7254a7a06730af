package dev.hadal.tokenizer;

import java.util.Arrays;

/**
 * The state of one call to encode: the ids so far, scratch arrays for merging, and how many elementary operations it
 * took. The count makes "in proportion to the length" testable without a clock.
 */
final class Encoding {
    /** Scratch of {@link Bpe} for one short piece: its symbols, and the rank of each with its right neighbour. */
    final int[] symbols = new int[Bpe.SHORT_PIECE_BYTES];

    final int[] ranks = new int[Bpe.SHORT_PIECE_BYTES];

    /** Characters classified, pairs looked up and queue entries moved so far. */
    long operations;

    private int[] ids;
    private int size;

    Encoding(int textBytes) {
        ids = new int[textBytes / 4 + 16];
    }

    void add(int id) {
        if (size == ids.length) {
            ids = Arrays.copyOf(ids, size + (size >> 1));
        }
        ids[size++] = id;
    }

    int size() {
        return size;
    }

    int last() {
        return ids[size - 1];
    }

    int[] ids() {
        return Arrays.copyOf(ids, size);
    }
}
