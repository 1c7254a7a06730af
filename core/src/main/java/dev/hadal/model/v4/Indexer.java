package dev.hadal.model.v4;

import dev.hadal.kernel.Compute;
import dev.hadal.kernel.Linear;
import dev.hadal.kernel.Panel;
import dev.hadal.kernel.Rows;
import dev.hadal.kernel.Selection;
import dev.hadal.model.Batch;
import java.util.Objects;

/**
 * The lightning indexer of CSA layers (architecture.md 3.5): scores every finished block against the query with small
 * keys, and keeps the {@code indexTopk} best for attention.
 */
final class Indexer {
    private final Linear wqB;
    private final Linear weightsProj;
    private final Compressor compressor;
    private final V4Config config;
    private final float weightScale;

    Indexer(V4Config config, V4Weights.Indexer weights, Rope rope, Loader loader) {
        this.config = config;
        this.wqB = loader.linear(weights.wqB());
        this.weightsProj = loader.linear(weights.weightsProj());
        this.compressor = new Compressor(
                weights.compressor(),
                LayerKind.CSA,
                rope,
                loader,
                (numerics, entry, offset) -> numerics.index(entry, offset, config.indexHeadDim()),
                state -> Objects.requireNonNull(state.index()));
        this.weightScale = (float) (1 / Math.sqrt((double) config.indexHeadDim() * config.indexNHeads()));
    }

    /**
     * Extends the index keys and selects blocks for each row, into {@code scratch.selected} and {@code selectedCount}.
     *
     * @param x [rows, d], the branch's input
     * @param qr [rows, q rank], the normed low-rank query
     */
    void forward(Pass pass, Rows x, Rows qr, int layer) {
        Scratch scratch = pass.scratch();
        compressor.forward(pass, x, layer);
        wqB.forward(qr, scratch.indexQueries, pass.rows(), pass.compute());
        weightsProj.forward(x, scratch.indexWeights, pass.rows(), pass.compute());
        for (Batch.Span span : pass.spans()) {
            Entries keys = Objects.requireNonNull(
                            ((V4State) span.state()).layer(layer).index())
                    .entries();
            pass.compute().pool().run(span.rows(), (item, worker) -> {
                int row = span.firstRow() + item;
                int visible = (pass.positions()[row] + 1) / LayerKind.CSA.ratio();
                if (visible <= config.indexTopk()) {
                    scratch.selectAll(row);
                } else {
                    query(pass, row);
                    select(pass, keys, row, visible, pass.compute().on(worker));
                }
            });
        }
    }

    /** Finishes the index query and the head weights of a row. */
    private void query(Pass pass, int row) {
        Numerics numerics = pass.numerics();
        float[] q = pass.scratch().indexQueries.data();
        int dim = config.indexHeadDim();
        for (int head = 0; head < config.indexNHeads(); head++) {
            int at = pass.scratch().indexQueries.at(row, head * dim);
            pass.scaled().rotate(q, at + dim - config.qkRopeHeadDim(), row);
            numerics.round(RoundingPoint.ROTARY, q, at, dim);
            numerics.index(q, at, dim);
        }
        Rows weights = pass.scratch().indexWeights;
        for (int i = weights.at(row); i < weights.at(row) + config.indexNHeads(); i++) {
            weights.data()[i] *= weightScale;
        }
        numerics.round(RoundingPoint.INDEX, weights.data(), weights.at(row), config.indexNHeads());
    }

    /** Scores all visible blocks, a page at a time, and keeps the best. */
    private void select(Pass pass, Entries keys, int row, int visible, Compute.Worker worker) {
        IndexWorkspace workspace = pass.scratch().index[worker.index()];
        int heads = config.indexNHeads();
        workspace.turn(pass.scratch().indexQueries, row, heads, config.indexHeadDim());
        Rows weights = pass.scratch().indexWeights;
        Selection best = workspace.best.start(config.indexTopk());
        for (int first = 0; first < visible; first += Entries.PAGE) {
            int count = Math.min(Entries.PAGE, visible - first);
            java.util.Arrays.fill(workspace.products.data(), 0f);
            for (int head = 0; head < heads; head += Panel.LANES) {
                Panel panel = workspace.panel(head, Math.min(Panel.LANES, heads - head), config.indexHeadDim());
                worker.kernels().multiply(keys.page(first / Entries.PAGE), workspace.products, 0, count, panel);
            }
            for (int b = 0; b < count; b++) {
                workspace.scores[b] = worker.kernels()
                        .weightedRelu(
                                workspace.products.data(),
                                workspace.products.at(b),
                                weights.data(),
                                weights.at(row),
                                heads);
            }
            pass.numerics().round(RoundingPoint.INDEX, workspace.scores, 0, count);
            best.offer(workspace.scores, 0, count, first);
        }
        pass.scratch().select(row, best);
    }
}
