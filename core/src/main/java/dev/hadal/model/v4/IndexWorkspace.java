package dev.hadal.model.v4;

import dev.hadal.kernel.Panel;
import dev.hadal.kernel.Rows;
import dev.hadal.kernel.Selection;
import dev.hadal.kernel.TopK;

/** What one worker needs to score index keys: the query turned so that a lane is a head, products, and the best so far. */
final class IndexWorkspace {
    final Rows products;
    final float[] scores = new float[Entries.PAGE];
    /** Ties are decided by index; the recorded outputs of the tests decided them otherwise. */
    Selection best;

    private final float[] queries;
    private final int stride;
    private final Panel panel = new Panel(0, 1).scaledBy(1f);

    IndexWorkspace(V4Config config) {
        stride = Math.ceilDiv(config.indexNHeads(), Panel.LANES) * Panel.LANES;
        products = Rows.allocate(Entries.PAGE, stride);
        best = new TopK(config.indexTopk());
        queries = new float[config.indexHeadDim() * stride];
    }

    /** Turns the queries of a row from [heads, dim] to [dim, heads]. */
    void turn(Rows rows, int row, int heads, int dim) {
        int at = rows.at(row);
        for (int head = 0; head < heads; head++) {
            for (int k = 0; k < dim; k++) {
                queries[k * stride + head] = rows.data()[at + head * dim + k];
            }
        }
    }

    /** The turned queries of some heads as a weight panel. */
    Panel panel(int firstHead, int heads, int dim) {
        return panel.over(queries, firstHead, stride, dim).between(0, firstHead, heads);
    }

    long bytes() {
        return products.bytes() + (long) (scores.length + queries.length) * Float.BYTES + best.bytes();
    }
}
