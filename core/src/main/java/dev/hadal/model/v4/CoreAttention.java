package dev.hadal.model.v4;

import dev.hadal.kernel.Compute;
import dev.hadal.kernel.HeadGroup;
import dev.hadal.kernel.Rows;
import dev.hadal.kernel.StateKernels;
import dev.hadal.model.Batch;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Softmax attention of each row over its keys (architecture.md 3.6): the window in ascending position as one block, then
 * the visible or selected compressed entries in ascending order in blocks of {@link HeadGroup#BLOCK}, with a running
 * maximum. The blocks are a row's own, so they do not depend on how rows were batched.
 */
final class CoreAttention {
    private final V4Config config;
    private final int layer;
    private final LayerKind kind;
    private final float[] sink;
    private final float softmaxScale;

    CoreAttention(V4Config config, int layer, LayerKind kind, float[] sink) {
        this.config = config;
        this.layer = layer;
        this.kind = kind;
        this.sink = sink;
        this.softmaxScale = (float) (1 / Math.sqrt(config.headDim()));
    }

    /** Fills {@code scratch.values}, [rows, heads x head dim], with the attended values, rotated back. */
    void forward(Pass pass, Rope.Angles angles) {
        int tiles = pass.scratch().tiles.count();
        pass.loop(tiles * parts(pass, group(pass)), this, angles, CoreAttention::attend);
    }

    /** Heads that go over the keys together: half as many if there are more workers than groups. */
    private int group(Pass pass) {
        int groups = Math.ceilDiv(config.numAttentionHeads(), HeadGroup.LANES);
        boolean idle = pass.scratch().tiles.count() * groups < pass.compute().threads();
        return idle ? HeadGroup.LANES / 2 : HeadGroup.LANES;
    }

    /** Into how many parts a tile's heads are cut: few rows have a worker for each group, which read the same keys. */
    private int parts(Pass pass, int group) {
        boolean few = pass.scratch().tiles.count() < 2 * pass.compute().threads();
        return few ? Math.ceilDiv(config.numAttentionHeads(), group) : 1;
    }

    private void attend(Pass pass, Rope.Angles angles, int item, int worker) {
        int heads = config.numAttentionHeads();
        int group = group(pass);
        int parts = parts(pass, group);
        int tile = item / parts;
        Compute.Worker on = pass.compute().on(worker);
        loadWindow(pass, tile, on);
        Tiles tiles = pass.scratch().tiles;
        for (int first = item % parts * group; first < heads; first += parts * group) {
            int count = Math.min(group, heads - first);
            for (int row = tiles.firstRow(tile); row < tiles.firstRow(tile) + tiles.rows(tile); row++) {
                attend(pass, tile, row, first, count, on);
                finish(pass, angles, row, first, count, on);
            }
        }
    }

    private static Batch.Span span(Pass pass, int tile) {
        return pass.spans().get(pass.scratch().tiles.span(tile));
    }

    /** Position of the oldest entry that the first row of a tile sees. */
    private int oldest(Pass pass, int tile) {
        return Math.max(0, pass.positions()[pass.scratch().tiles.firstRow(tile)] - config.slidingWindow() + 1);
    }

    /** Reads the entries that any row of a tile sees in its window: from this batch if they are that young. */
    private void loadWindow(Pass pass, int tile, Compute.Worker on) {
        long start = pass.times().clock();
        RowFormat.Entry format = pass.scratch().formats.entry();
        StateKernels kernels = on.kernels().state();
        Rows window = pass.scratch().attention[on.index()].window;
        Tiles tiles = pass.scratch().tiles;
        Batch.Span span = span(pass, tile);
        Window ring = Pass.state(span, layer, config.numHiddenLayers()).window();
        int oldest = oldest(pass, tile);
        int begin = pass.positions()[span.firstRow()];
        int end = pass.positions()[tiles.firstRow(tile)] + tiles.rows(tile);
        for (int position = oldest; position < end; position++) {
            int to = window.at(position - oldest);
            if (position >= begin) {
                int row = span.firstRow() + position - begin;
                format.read(kernels, pass.scratch().fresh, row, window.data(), to);
            } else {
                format.read(kernels, ring.page(position), ring.row(position), window.data(), to);
            }
        }
        pass.times().gathered(on.index(), start);
    }

    /** Attends with some heads of a row, which stay in the worker's group. */
    private void attend(Pass pass, int tile, int row, int firstHead, int heads, Compute.Worker on) {
        AttentionWorkspace workspace = pass.scratch().attention[on.index()];
        HeadGroup group = workspace.heads;
        int position = pass.positions()[row];
        int size = Math.min(position + 1, config.slidingWindow());
        int first = position + 1 - size - oldest(pass, tile);
        group.start(pass.scratch().queries, row, firstHead, heads, sink, softmaxScale);
        for (int from = 0; from < size; from += HeadGroup.BLOCK) {
            group.attend(on.kernels(), workspace.window, first + from, Math.min(HeadGroup.BLOCK, size - from));
        }
        if (kind != LayerKind.SWA) {
            LayerState state = Pass.state(span(pass, tile), layer, config.numHiddenLayers());
            compressed(pass, Objects.requireNonNull(state.compressed()).entries(), row, on);
        }
    }

    private void compressed(Pass pass, Entries entries, int row, Compute.Worker on) {
        Scratch scratch = pass.scratch();
        AttentionWorkspace workspace = scratch.attention[on.index()];
        boolean chosen = kind == LayerKind.CSA && !scratch.allSelected(row);
        int count = chosen ? scratch.selectedCount[row] : (pass.positions()[row] + 1) / kind.ratio();
        for (int from = 0; from < count; from += HeadGroup.BLOCK) {
            int size = Math.min(HeadGroup.BLOCK, count - from);
            int first = chosen ? row * config.indexTopk() + from : from;
            gather(pass, entries, chosen ? scratch.selected : null, first, size, on);
            workspace.heads.attend(on.kernels(), workspace.keys, 0, size);
        }
    }

    /** Reads entries {@code selected[from ..]}, or {@code from ..} if all are. */
    private static void gather(
            Pass pass, Entries entries, int @Nullable [] selected, int from, int size, Compute.Worker on) {
        long start = pass.times().clock();
        RowFormat.Entry format = pass.scratch().formats.entry();
        Rows keys = pass.scratch().attention[on.index()].keys;
        for (int i = 0; i < size; i++) {
            int entry = selected == null ? from + i : selected[from + i];
            Page page = entries.page(entry / Entries.PAGE);
            format.read(on.kernels().state(), page, entry % Entries.PAGE, keys.data(), keys.at(i));
        }
        pass.times().gathered(on.index(), start);
    }

    /** Writes the values of the heads of a row, rotated back to position zero. */
    private void finish(Pass pass, Rope.Angles angles, int row, int firstHead, int heads, Compute.Worker on) {
        HeadGroup group = pass.scratch().attention[on.index()].heads;
        Rows values = pass.scratch().values;
        int dim = config.headDim();
        for (int head = 0; head < heads; head++) {
            int at = values.at(row, (firstHead + head) * dim);
            group.divide(head, values.data(), at);
            pass.numerics().round(RoundingPoint.ATTENTION, values.data(), at, dim);
            angles.rotateBack(on.kernels().state(), values.data(), at + dim - config.qkRopeHeadDim(), row);
            pass.numerics().round(RoundingPoint.ROTARY, values.data(), at, dim);
        }
    }
}
