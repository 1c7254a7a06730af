package dev.hadal.model.v4;

import dev.hadal.kernel.Linear;
import dev.hadal.kernel.Products;
import dev.hadal.kernel.Rows;
import dev.hadal.kernel.StateKernels;
import dev.hadal.model.Batch;
import java.util.ArrayList;
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
    /** wq_a and wkv, then wkv and wgate of the compressors: all that reads the branch's input. */
    private final Products inputs;

    private final RmsNorm qNorm;
    private final Products wqB;
    private final RmsNorm kvNorm;
    private final Products woA;
    private final int groups;
    private final Products woB;
    private final @Nullable Compressor compressor;
    private final @Nullable Indexer indexer;
    private final CoreAttention core;

    Attention(V4Config config, int layer, V4Weights.Attention weights, Loader loader) {
        this.config = config;
        this.layer = layer;
        LayerKind kind = layer < config.numHiddenLayers() ? config.layerKind(layer) : LayerKind.SWA;
        this.compresses = kind != LayerKind.SWA;
        List<Linear> reading = new ArrayList<>();
        reading.add(loader.linear(weights.wqA()));
        reading.add(loader.linear(weights.wkv()));
        this.qNorm = loader.norm(weights.qNorm());
        this.wqB = new Products(List.of(loader.linear(weights.wqB())));
        this.kvNorm = loader.norm(weights.kvNorm());
        this.woA = new Products(loader.groups(weights.woA()));
        this.groups = config.oGroups();
        this.woB = new Products(List.of(loader.linear(weights.woB())));
        this.compressor = weights.compressor() == null
                ? null
                : new Compressor(
                        weights.compressor(),
                        kind,
                        loader,
                        new Compressor.Target(layer, state -> Objects.requireNonNull(state.compressed()), false));
        this.indexer = weights.indexer() == null ? null : new Indexer(config, layer, weights.indexer(), loader);
        if (compressor != null) {
            reading.addAll(compressor.matrices());
        }
        if (indexer != null) {
            reading.addAll(indexer.compressor().matrices());
        }
        this.inputs = new Products(reading);
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
        inputs.to(0, scratch.lowRankQueries).to(1, scratch.keys);
        if (compressor != null) {
            compressor.receive(inputs, 2, scratch);
        }
        if (indexer != null) {
            indexer.compressor().receive(inputs, 4, scratch);
        }
        inputs.forward(x, pass.rows(), pass.compute());
        Rope.Angles angles = compresses ? pass.scaled() : pass.plain();
        pass.loop(pass.rows(), this, angles, Attention::key);
        wqB.to(0, scratch.queries).forward(scratch.lowRankQueries, pass.rows(), pass.compute());
        pass.loop(pass.rows(), this, angles, Attention::queries);
        pass.times().mark(StepTimes.Part.PROJECTIONS);
        if (compressor != null) {
            compressor.forward(pass);
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

    /** Norms and rotates the query heads of a row (3.2). */
    private void queries(Pass pass, Rope.Angles angles, int row, int worker) {
        Rows q = pass.scratch().queries;
        int dim = config.headDim();
        pass.numerics().round(RoundingPoint.LINEAR, q.data(), q.at(row), config.numAttentionHeads() * dim);
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

    /** Norms what a row's queries are made of and its key, which it rotates and stores as the window will hold it (3.3). */
    private void key(Pass pass, Rope.Angles angles, int row, int worker) {
        Rows q = pass.scratch().lowRankQueries;
        pass.numerics().round(RoundingPoint.LINEAR, q.data(), q.at(row), config.qLoraRank());
        qNorm.row(pass, q, row, worker);
        Rows keys = pass.scratch().keys;
        pass.numerics().round(RoundingPoint.LINEAR, keys.data(), keys.at(row), config.headDim());
        kvNorm.row(pass, keys, row, worker);
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
        for (int i = 0; i < pass.spans().size(); i++) {
            Batch.Span span = pass.spans().get(i);
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
        for (int group = 0; group < groups; group++) {
            woA.to(group, scratch.groups);
        }
        woA.forward(scratch.values, pass.rows(), pass.compute());
        round(pass, scratch.groups);
        woB.to(0, out).forward(scratch.groups, pass.rows(), pass.compute());
        round(pass, out);
    }

    private static void round(Pass pass, Rows y) {
        for (int row = 0; row < pass.rows(); row++) {
            pass.numerics().round(RoundingPoint.LINEAR, y.data(), y.at(row), y.stride());
        }
    }
}
