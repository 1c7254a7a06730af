package dev.hadal.model.v4;

import dev.hadal.kernel.Compute;
import dev.hadal.kernel.IndexQuery;
import dev.hadal.kernel.Kernels;
import dev.hadal.kernel.Linear;
import dev.hadal.kernel.Rows;
import dev.hadal.kernel.Selection;
import dev.hadal.kernel.TopK;
import dev.hadal.model.Batch;
import java.util.Objects;

/**
 * The lightning indexer of CSA layers (architecture.md 3.5): scores every finished block against the query with small
 * keys, and keeps the {@code indexTopk} best for attention.
 */
final class Indexer {
    /** Pages that are worth a worker's while. */
    private static final int LEAST_PAGES = 16;

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
                new Compressor.Target(state -> Objects.requireNonNull(state.index()), true));
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
        int longest = 0;
        for (int row = 0; row < pass.rows(); row++) {
            int visible = visible(pass, row);
            longest = Math.max(longest, visible);
            scratch.expect(row, visible <= config.indexTopk());
        }
        if (longest <= config.indexTopk()) {
            return;
        }
        wqB.forward(qr, scratch.indexQueries, pass.rows(), pass.compute());
        weightsProj.forward(x, scratch.indexWeights, pass.rows(), pass.compute());
        pass.compute().pool().run(pass.rows(), (row, worker) -> query(pass, row));
        int parts = parts(pass, longest);
        pass.compute().pool().run(scratch.tiles.count() * parts, (item, worker) -> {
            Tile tile = new Tile(pass, layer, item / parts, pass.compute().on(worker));
            if (parts == 1) {
                tile.whole();
            } else {
                tile.part(item % parts, parts, scratch.partial[item]);
            }
        });
        if (parts > 1) {
            pass.compute().pool().run(scratch.tiles.count(), (tile, worker) -> join(pass, tile, parts));
        }
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
    private static void join(Pass pass, int tile, int parts) {
        int row = pass.scratch().tiles.firstRow(tile);
        if (!pass.scratch().allSelected(row)) {
            TopK best = pass.scratch().partial[tile * parts];
            for (int part = 1; part < parts; part++) {
                best.offer(pass.compute().kernels().state(), pass.scratch().partial[tile * parts + part]);
            }
            pass.scratch().select(pass, row, best);
        }
    }

    /** Finishes the index query and the head weights of a row. */
    private void query(Pass pass, int row) {
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
        Rows weights = pass.scratch().indexWeights;
        for (int i = weights.at(row); i < weights.at(row) + config.indexNHeads(); i++) {
            weights.data()[i] *= weightScale;
        }
        numerics.round(RoundingPoint.INDEX, weights.data(), weights.at(row), config.indexNHeads());
    }

    /** Some rows of one sequence on one worker. */
    private final class Tile {
        private final Pass pass;
        private final Compute.Worker worker;
        private final IndexWorkspace workspace;
        private final Entries keys;
        private final int firstRow;
        private final int rows;

        Tile(Pass pass, int layer, int tile, Compute.Worker worker) {
            this.pass = pass;
            this.worker = worker;
            this.workspace = pass.scratch().index[worker.index()];
            Tiles tiles = pass.scratch().tiles;
            Batch.Span span = pass.spans().get(tiles.span(tile));
            this.keys = Objects.requireNonNull(
                            ((V4State) span.state()).layer(layer).index())
                    .entries();
            this.firstRow = tiles.firstRow(tile);
            this.rows = tiles.rows(tile);
        }

        /** Scores all keys and selects. */
        void whole() {
            int last = visible(pass, firstRow + rows - 1);
            if (last <= config.indexTopk()) {
                return;
            }
            for (int i = 0; i < rows; i++) {
                workspace.best[i].start(config.indexTopk());
            }
            score(0, Math.ceilDiv(last, Entries.PAGE), workspace.best);
            for (int i = 0; i < rows; i++) {
                if (!pass.scratch().allSelected(firstRow + i)) {
                    pass.scratch().select(pass, firstRow + i, workspace.best[i]);
                }
            }
        }

        /** Scores one part of the keys of a single row, and leaves the best in {@code best}. */
        void part(int part, int parts, TopK best) {
            int pages = Math.ceilDiv(visible(pass, firstRow), Entries.PAGE);
            int each = Math.ceilDiv(pages, parts);
            best.start(config.indexTopk());
            if (!pass.scratch().allSelected(firstRow)) {
                score(Math.min(pages, part * each), Math.min(pages, (part + 1) * each), new Selection[] {best});
            }
        }

        /** Offers the scores of some pages of keys to each row's selection. */
        private void score(int firstPage, int endPage, Selection[] best) {
            Scratch scratch = pass.scratch();
            for (int i = 0; i < rows; i++) {
                IndexQuery query = workspace.queries[i];
                Rows q = scratch.indexQueries;
                Rows weights = scratch.indexWeights;
                query.set(q.data(), q.at(firstRow + i), weights.data(), weights.at(firstRow + i));
            }
            for (int from = firstPage; from < endPage; from += IndexWorkspace.PAGES) {
                int to = Math.min(endPage, from + IndexWorkspace.PAGES);
                for (int page = from; page < to; page++) {
                    score(page, (page - from) * Entries.PAGE);
                }
                for (int i = 0; i < rows; i++) {
                    offer(best[i], i, from, to);
                }
            }
        }

        /** Scores one page of keys for each row. */
        private void score(int page, int at) {
            Kernels kernels = worker.kernels();
            pass.scratch().formats.key().read(kernels.state(), keys.page(page), workspace.panel);
            for (int i = 0; i < rows; i++) {
                kernels.attention()
                        .scoreKeys(
                                workspace.panel,
                                workspace.queries[i],
                                workspace.scores.data(),
                                workspace.scores.at(i, at));
            }
        }

        private void offer(Selection best, int i, int fromPage, int toPage) {
            int first = fromPage * Entries.PAGE;
            int count = Math.min(toPage * Entries.PAGE, visible(pass, firstRow + i)) - first;
            if (count > 0) {
                float[] scores = workspace.scores.data();
                int at = workspace.scores.at(i);
                pass.numerics().round(RoundingPoint.INDEX, scores, at, count);
                best.offer(worker.kernels().state(), scores, at, count, first);
            }
        }
    }
}
