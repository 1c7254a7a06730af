package dev.hadal.model.v4;

import dev.hadal.kernel.Linear;
import dev.hadal.kernel.Rows;
import dev.hadal.kernel.StateKernels;
import dev.hadal.kernel.Tiling;
import dev.hadal.model.Batch;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Attention of any layer kind (architecture.md 3): low-rank queries, one latent that is key and value of all heads, a
 * sliding window joined with compressed entries, and a grouped low-rank output.
 */
final class Attention {
    private final V4Config config;
    private final int layer;
    private final boolean compresses;
    private final Linear wqA;
    private final RmsNorm qNorm;
    private final Linear wqB;
    private final Linear wkv;
    private final RmsNorm kvNorm;
    private final List<Linear> woA;
    private final Linear woB;
    private final @Nullable Compressor compressor;
    private final @Nullable Indexer indexer;
    private final CoreAttention core;

    Attention(V4Config config, int layer, V4Weights.Attention weights, Rope rope, Loader loader) {
        this.config = config;
        this.layer = layer;
        LayerKind kind = layer < config.numHiddenLayers() ? config.layerKind(layer) : LayerKind.SWA;
        this.compresses = kind != LayerKind.SWA;
        this.wqA = loader.linear(weights.wqA());
        this.qNorm = loader.norm(weights.qNorm());
        this.wqB = loader.linear(weights.wqB());
        this.wkv = loader.linear(weights.wkv());
        this.kvNorm = loader.norm(weights.kvNorm());
        this.woA = loader.groups(weights.woA());
        this.woB = loader.linear(weights.woB());
        this.compressor = weights.compressor() == null
                ? null
                : new Compressor(
                        weights.compressor(),
                        kind,
                        rope,
                        loader,
                        new Compressor.Target(layer, state -> Objects.requireNonNull(state.compressed()), false));
        this.indexer = weights.indexer() == null ? null : new Indexer(config, layer, weights.indexer(), rope, loader);
        this.core = new CoreAttention(config, layer, kind, weights.attnSink().floats());
    }

    /**
     * Attends, and extends the state of each sequence by its rows.
     *
     * @param x [rows, d], normed
     * @param out [rows, d]
     */
    void forward(Pass pass, Rows x, Rows out) {
        Scratch scratch = pass.scratch();
        linear(pass, wqA, x, scratch.lowRankQueries);
        qNorm.forward(pass, scratch.lowRankQueries, pass.rows());
        linear(pass, wqB, scratch.lowRankQueries, scratch.queries);
        linear(pass, wkv, x, scratch.keys);
        kvNorm.forward(pass, scratch.keys, pass.rows());
        Rope.Angles angles = compresses ? pass.scaled() : pass.plain();
        pass.compute().pool().run(pass.rows(), (row, worker) -> {
            queries(pass, angles, row);
            key(pass, angles, row);
        });
        pass.times().mark(StepTimes.Part.PROJECTIONS);
        if (compressor != null) {
            compressor.forward(pass, x);
            pass.times().mark(StepTimes.Part.COMPRESSION);
        }
        if (indexer != null) {
            indexer.forward(pass, x, scratch.lowRankQueries);
            pass.times().mark(StepTimes.Part.INDEXER);
        }
        core.forward(pass, angles);
        remember(pass);
        pass.times().markAttention();
        output(pass, out);
        pass.times().mark(StepTimes.Part.PROJECTIONS);
    }

    private static void linear(Pass pass, Linear linear, Rows x, Rows y) {
        linear.forward(x, y, pass.rows(), pass.compute());
        for (int row = 0; row < pass.rows(); row++) {
            pass.numerics().round(RoundingPoint.LINEAR, y.data(), y.at(row), linear.outputs());
        }
    }

    /** Norms and rotates the query heads of a row (3.2). */
    private void queries(Pass pass, Rope.Angles angles, int row) {
        Rows q = pass.scratch().queries;
        int dim = config.headDim();
        for (int head = 0; head < config.numAttentionHeads(); head++) {
            int at = q.at(row, head * dim);
            float squares = pass.compute().kernels().sumOfSquares(q.data(), at, dim);
            float factor = RmsNorm.factor(squares, dim, config.rmsNormEps());
            for (int i = at; i < at + dim; i++) {
                q.data()[i] *= factor;
            }
            pass.numerics().round(RoundingPoint.QUERY_NORM, q.data(), at, dim);
            angles.rotate(pass.compute().kernels().state(), q.data(), at + dim - config.qkRopeHeadDim(), row);
            pass.numerics().round(RoundingPoint.ROTARY, q.data(), at, dim);
        }
    }

    /** Rotates the key of a row and stores it as the window will hold it (3.3). */
    private void key(Pass pass, Rope.Angles angles, int row) {
        Rows keys = pass.scratch().keys;
        StateKernels kernels = pass.compute().kernels().state();
        int at = keys.at(row);
        angles.rotate(kernels, keys.data(), at + config.headDim() - config.qkRopeHeadDim(), row);
        pass.numerics().round(RoundingPoint.ROTARY, keys.data(), at, config.headDim());
        pass.scratch().formats.entry().write(kernels, keys.data(), at, pass.scratch().fresh, row);
    }

    /** Puts the last rows of each sequence into its window. Only now: attention still needed what they overwrite. */
    private void remember(Pass pass) {
        byte[] fresh = pass.scratch().fresh.data;
        int bytes = pass.scratch().formats.entry().bytes(1);
        for (Batch.Span span : pass.spans()) {
            Window window = Pass.state(span, layer, config.numHiddenLayers()).window();
            int end = span.firstRow() + span.rows();
            for (int row = Math.max(span.firstRow(), end - config.slidingWindow()); row < end; row++) {
                int position = pass.positions()[row];
                Page page = window.toWrite(position);
                System.arraycopy(fresh, row * bytes, page.data, window.row(position) * bytes, bytes);
            }
        }
    }

    /** The grouped low-rank output (3.6). */
    private void output(Pass pass, Rows out) {
        Scratch scratch = pass.scratch();
        Tiling tiling =
                woA.getFirst().tiling(pass.rows(), Math.ceilDiv(pass.compute().threads(), woA.size()));
        int pieces = tiling.pieces();
        pass.compute()
                .pool()
                .run(
                        woA.size() * pieces,
                        (item, worker) -> woA.get(item / pieces)
                                .forward(
                                        tiling.piece(item % pieces),
                                        scratch.values,
                                        null,
                                        scratch.groups,
                                        pass.compute().on(worker)));
        for (int row = 0; row < pass.rows(); row++) {
            pass.numerics().round(RoundingPoint.LINEAR, scratch.groups.data(), scratch.groups.at(row), woB.inputs());
        }
        linear(pass, woB, scratch.groups, out);
    }
}
