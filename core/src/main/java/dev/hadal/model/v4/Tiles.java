package dev.hadal.model.v4;

import dev.hadal.model.Batch;
import java.util.List;

/**
 * A batch cut into tiles: a few consecutive rows of one sequence, which see nearly the same keys. Small batches are cut
 * into single rows.
 */
final class Tiles {
    /** Most rows of a tile. */
    static final int MOST_ROWS = 16;
    /** Tiles for each thread, if there are rows enough: so that nobody waits long for the last one. */
    private static final int PER_THREAD = 4;

    private final int[] spans;
    private final int[] firstRows;
    private final int[] rows;
    private int count;

    /** Room for batches of up to {@code mostRows} rows. */
    Tiles(int mostRows) {
        spans = new int[mostRows];
        firstRows = new int[mostRows];
        rows = new int[mostRows];
    }

    /** Cuts a batch for so many threads. */
    void cut(List<Batch.Span> batch, int threads) {
        Batch.Span last = batch.getLast();
        int total = last.firstRow() + last.rows();
        int height = Math.clamp(Math.ceilDiv(total, threads * PER_THREAD), 1, MOST_ROWS);
        count = 0;
        for (int i = 0; i < batch.size(); i++) {
            Batch.Span span = batch.get(i);
            int end = span.firstRow() + span.rows();
            for (int row = span.firstRow(); row < end; row += height) {
                spans[count] = i;
                firstRows[count] = row;
                rows[count++] = Math.min(height, end - row);
            }
        }
    }

    /** Number of tiles. */
    int count() {
        return count;
    }

    /** Which of the batch's sequences a tile belongs to. */
    int span(int tile) {
        return spans[tile];
    }

    /** A tile's first row in the batch. */
    int firstRow(int tile) {
        return firstRows[tile];
    }

    /** Rows of a tile. */
    int rows(int tile) {
        return rows[tile];
    }

    long bytes() {
        return 3L * spans.length * Integer.BYTES;
    }
}
