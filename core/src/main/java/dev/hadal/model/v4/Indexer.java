package dev.hadal.model.v4;

import dev.hadal.kernel.IndexQuery;
import dev.hadal.kernel.Kernels;
import dev.hadal.kernel.Products;
import dev.hadal.kernel.Rows;
import dev.hadal.kernel.Selection;
import dev.hadal.kernel.TopK;
import dev.hadal.model.Batch;
import java.util.List;
import java.util.Objects;

/**
 * The lightning indexer of CSA layers (architecture.md 3.5): scores every finished block against the query with small
 * keys, and keeps the {@code indexTopk} best for attention.
 */
final class Indexer {
    /** Pages that are worth a worker's while. */
    private static final int LEAST_PAGES = 16;

    private final Products wqB;
    private final Products weightsProj;
    private final Compressor compressor;
    private final V4Config config;
    private final int layer;
    private final float weightScale;

    Indexer(V4Config config, int layer, V4Weights.Indexer weights, Loader loader) {
        this.config = config;
        this.layer = layer;
        this.wqB = new Products(List.of(loader.linear(weights.wqB())));
        this.weightsProj = new Products(List.of(loader.linear(weights.weightsProj())));
        this.compressor = new Compressor(
                weights.compressor(),
                LayerKind.CSA,
                loader,
                new Compressor.Target(layer, state -> Objects.requireNonNull(state.index()), true));
        this.weightScale = (float) (1 / Math.sqrt((double) config.indexHeadDim() * config.indexNHeads()));
    }

    /** Makes the index keys. */
    Compressor compressor() {
        return compressor;
    }

    /**
     * Extends the index keys and selects blocks for each row, into {@code scratch.selected} and {@code selectedCount}.
     *
     * @param x [rows, d], the branch's input
     * @param qr [rows, q rank], the normed low-rank query
     */
    void forward(Pass pass, Rows x, Rows qr) {
        Scratch scratch = pass.scratch();
        compressor.forward(pass);
        int longest = 0;
        for (int row = 0; row < pass.rows(); row++) {
            int visible = visible(pass, row);
            longest = Math.max(longest, visible);
            scratch.expect(row, visible <= config.indexTopk());
        }
        if (longest <= config.indexTopk()) {
            return;
        }
        wqB.to(0, scratch.indexQueries).forward(qr, pass.rows(), pass.compute());
        weightsProj.to(0, scratch.indexWeights).forward(x, pass.rows(), pass.compute());
        pass.loop(pass.rows(), this, scratch.indexWeights, Indexer::query);
        int parts = parts(pass, longest);
        scratch.indexParts = parts;
        pass.loop(scratch.tiles.count() * parts, this, scratch.tiles, Indexer::select);
        if (parts > 1) {
            pass.loop(scratch.tiles.count(), this, scratch.partial, Indexer::join);
        }
    }

    private void select(Pass pass, Tiles tiles, int item, int worker) {
        int parts = pass.scratch().indexParts;
        int tile = item / parts;
        IndexWorkspace workspace = pass.scratch().index[worker].begin(tiles, tile, keys(pass, tile));
        if (parts == 1) {
            whole(pass, workspace);
        } else {
            part(pass, workspace, item % parts, pass.scratch().partial[item]);
        }
    }

    /** The keys of the sequence that a tile belongs to. */
    private Entries keys(Pass pass, int tile) {
        Batch.Span span = pass.spans().get(pass.scratch().tiles.span(tile));
        return Objects.requireNonNull(((V4State) span.state()).layer(layer).index())
                .entries();
    }

    private static int visible(Pass pass, int row) {
        return (pass.positions()[row] + 1) / LayerKind.CSA.ratio();
    }

    /** Into how many parts the keys are cut, so that all threads have work although there are few tiles. */
    private static int parts(Pass pass, int longest) {
        int tiles = pass.scratch().tiles.count();
        int threads = pass.compute().threads();
        if (threads == 1 || tiles >= 2 * threads || !(pass.scratch().index[0].best[0] instanceof TopK)) {
            return 1;
        }
        int most = Math.max(1, longest / (LEAST_PAGES * Entries.PAGE));
        return Math.min(most, pass.scratch().partial.length / tiles);
    }

    /** Selects from what was found in the parts of a row's keys. */
    private void join(Pass pass, TopK[] partial, int tile, int worker) {
        int parts = pass.scratch().indexParts;
        int row = pass.scratch().tiles.firstRow(tile);
        if (!pass.scratch().allSelected(row)) {
            TopK best = partial[tile * parts];
            for (int part = 1; part < parts; part++) {
                best.offer(pass.compute().kernels().state(), partial[tile * parts + part]);
            }
            pass.scratch().select(pass, row, best);
        }
    }

    /** Finishes the index query and the head weights of a row. */
    private void query(Pass pass, Rows weights, int row, int worker) {
        Numerics numerics = pass.numerics();
        Kernels kernels = pass.compute().kernels();
        float[] q = pass.scratch().indexQueries.data();
        int dim = config.indexHeadDim();
        for (int head = 0; head < config.indexNHeads(); head++) {
            int at = pass.scratch().indexQueries.at(row, head * dim);
            pass.scaled().rotate(kernels.state(), q, at + dim - config.qkRopeHeadDim(), row);
            numerics.round(RoundingPoint.ROTARY, q, at, dim);
            numerics.turn(kernels.state(), q, at, dim);
            numerics.index(kernels.state(), q, at, dim);
        }
        for (int i = weights.at(row); i < weights.at(row) + config.indexNHeads(); i++) {
            weights.data()[i] *= weightScale;
        }
        numerics.round(RoundingPoint.INDEX, weights.data(), weights.at(row), config.indexNHeads());
    }

    /** Scores all keys and selects. */
    private void whole(Pass pass, IndexWorkspace workspace) {
        int last = visible(pass, workspace.firstRow + workspace.rows - 1);
        if (last <= config.indexTopk()) {
            return;
        }
        for (int i = 0; i < workspace.rows; i++) {
            workspace.best[i].start(config.indexTopk());
        }
        score(pass, workspace, 0, Math.ceilDiv(last, Entries.PAGE), workspace.best);
        for (int i = 0; i < workspace.rows; i++) {
            if (!pass.scratch().allSelected(workspace.firstRow + i)) {
                pass.scratch().select(pass, workspace.firstRow + i, workspace.best[i]);
            }
        }
    }

    /** Scores one part of the keys of a single row, and leaves the best in {@code best}. */
    private void part(Pass pass, IndexWorkspace workspace, int part, TopK best) {
        int pages = Math.ceilDiv(visible(pass, workspace.firstRow), Entries.PAGE);
        int each = Math.ceilDiv(pages, pass.scratch().indexParts);
        best.start(config.indexTopk());
        if (!pass.scratch().allSelected(workspace.firstRow)) {
            workspace.only[0] = best;
            score(pass, workspace, Math.min(pages, part * each), Math.min(pages, (part + 1) * each), workspace.only);
        }
    }

    /** Offers the scores of some pages of keys to each row's selection. */
    private static void score(Pass pass, IndexWorkspace workspace, int firstPage, int endPage, Selection[] best) {
        Scratch scratch = pass.scratch();
        for (int i = 0; i < workspace.rows; i++) {
            IndexQuery query = workspace.queries[i];
            Rows q = scratch.indexQueries;
            Rows weights = scratch.indexWeights;
            int row = workspace.firstRow + i;
            query.set(q.data(), q.at(row), weights.data(), weights.at(row));
        }
        for (int from = firstPage; from < endPage; from += IndexWorkspace.PAGES) {
            int to = Math.min(endPage, from + IndexWorkspace.PAGES);
            for (int page = from; page < to; page++) {
                score(pass, workspace, page, (page - from) * Entries.PAGE);
            }
            for (int i = 0; i < workspace.rows; i++) {
                offer(pass, workspace, best[i], i, from, to);
            }
        }
    }

    /** Scores one page of keys for each row. */
    private static void score(Pass pass, IndexWorkspace workspace, int page, int at) {
        Kernels kernels = pass.compute().kernels();
        pass.scratch().formats.key().read(kernels.state(), workspace.keys().page(page), workspace.panel);
        for (int i = 0; i < workspace.rows; i++) {
            kernels.attention()
                    .scoreKeys(
                            workspace.panel, workspace.queries[i], workspace.scores.data(), workspace.scores.at(i, at));
        }
    }

    private static void offer(Pass pass, IndexWorkspace workspace, Selection best, int i, int fromPage, int toPage) {
        int first = fromPage * Entries.PAGE;
        int count = Math.min(toPage * Entries.PAGE, visible(pass, workspace.firstRow + i)) - first;
        if (count > 0) {
            float[] scores = workspace.scores.data();
            int at = workspace.scores.at(i);
            pass.numerics().round(RoundingPoint.INDEX, scores, at, count);
            best.offer(pass.compute().kernels().state(), scores, at, count, first);
        }
    }
}
