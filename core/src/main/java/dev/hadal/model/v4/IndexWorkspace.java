package dev.hadal.model.v4;

import dev.hadal.kernel.IndexQuery;
import dev.hadal.kernel.Panel;
import dev.hadal.kernel.Rows;
import dev.hadal.kernel.Selection;
import dev.hadal.kernel.TopK;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What one worker needs to score index keys for a tile: queries, a page of keys, scores, and the best so far. */
final class IndexWorkspace {
    /** Pages that are scored before the best of them are looked for. */
    static final int PAGES = 64;

    final IndexQuery[] queries = new IndexQuery[Tiles.MOST_ROWS];
    /** [index dim, keys of a page] */
    final float[] panel;
    /** [tile rows, scored keys] */
    final Rows scores = Rows.allocate(Tiles.MOST_ROWS, PAGES * Entries.PAGE);
    /** One for each row. Ties are decided by index; the recorded outputs of the tests decided them otherwise. */
    final Selection[] best = new Selection[Tiles.MOST_ROWS];

    /** For a part of a single row's keys. */
    final Selection[] only = new Selection[1];
    /** Of the tile at hand. */
    int firstRow;

    int rows;
    private @Nullable Entries keys;

    IndexWorkspace(V4Config config) {
        panel = new float[config.indexHeadDim() * Panel.LANES];
        for (int i = 0; i < queries.length; i++) {
            queries[i] = new IndexQuery(config.indexNHeads(), config.indexHeadDim());
            best[i] = new TopK(config.indexTopk());
        }
        only[0] = best[0];
    }

    /** Begins with a tile and the keys of its sequence. */
    IndexWorkspace begin(Tiles tiles, int tile, Entries sequenceKeys) {
        firstRow = tiles.firstRow(tile);
        rows = tiles.rows(tile);
        keys = sequenceKeys;
        return this;
    }

    /** Keys of the sequence that the tile belongs to. */
    Entries keys() {
        return Objects.requireNonNull(keys);
    }

    long bytes() {
        return queries.length * (queries[0].bytes() + best[0].bytes())
                + scores.bytes()
                + (long) panel.length * Float.BYTES;
    }
}
