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
        Tile tile = new Tile(pass, angles, item / parts, pass.compute().on(worker));
        tile.loadWindow();
        for (int first = item % parts * group; first < heads; first += parts * group) {
            tile.attend(first, Math.min(group, heads - first));
        }
    }

    /** Some rows of one sequence on one worker. */
    private final class Tile {
        private final Pass pass;
        private final Rope.Angles angles;
        private final Compute.Worker worker;
        private final AttentionWorkspace workspace;
        private final StateKernels kernels;
        private final RowFormat.Entry format;
        private final LayerState state;
        private final Batch.Span span;
        private final int firstRow;
        private final int rows;
        /** Position of the oldest entry that the first row sees. */
        private final int oldest;

        Tile(Pass pass, Rope.Angles angles, int tile, Compute.Worker worker) {
            this.pass = pass;
            this.angles = angles;
            this.worker = worker;
            this.workspace = pass.scratch().attention[worker.index()];
            this.kernels = worker.kernels().state();
            this.format = pass.scratch().formats.entry();
            Tiles tiles = pass.scratch().tiles;
            this.span = pass.spans().get(tiles.span(tile));
            this.state = Pass.state(span, layer, config.numHiddenLayers());
            this.firstRow = tiles.firstRow(tile);
            this.rows = tiles.rows(tile);
            this.oldest = Math.max(0, pass.positions()[firstRow] - config.slidingWindow() + 1);
        }

        /** Reads the entries that any of the rows sees in its window: from this batch if they are that young. */
        void loadWindow() {
            long start = pass.times().clock();
            Rows window = workspace.window;
            int begin = pass.positions()[span.firstRow()];
            int end = pass.positions()[firstRow] + rows;
            for (int position = oldest; position < end; position++) {
                int to = window.at(position - oldest);
                if (position >= begin) {
                    int row = span.firstRow() + position - begin;
                    format.read(kernels, pass.scratch().fresh, row, window.data(), to);
                } else {
                    Window ring = state.window();
                    format.read(kernels, ring.page(position), ring.row(position), window.data(), to);
                }
            }
            pass.times().gathered(worker.index(), start);
        }

        void attend(int firstHead, int heads) {
            HeadGroup group = workspace.heads;
            for (int row = firstRow; row < firstRow + rows; row++) {
                int position = pass.positions()[row];
                int size = Math.min(position + 1, config.slidingWindow());
                group.start(pass.scratch().queries, row, firstHead, heads, sink, softmaxScale);
                for (int from = 0; from < size; from += HeadGroup.BLOCK) {
                    int first = position + 1 - size - oldest + from;
                    group.attend(worker.kernels(), workspace.window, first, Math.min(HeadGroup.BLOCK, size - from));
                }
                if (kind != LayerKind.SWA) {
                    compressed(group, row, (position + 1) / kind.ratio());
                }
                finish(group, row, firstHead, heads);
            }
        }

        private void compressed(HeadGroup group, int row, int visible) {
            Scratch scratch = pass.scratch();
            boolean chosen = kind == LayerKind.CSA && !scratch.allSelected(row);
            int count = chosen ? scratch.selectedCount[row] : visible;
            for (int from = 0; from < count; from += HeadGroup.BLOCK) {
                int size = Math.min(HeadGroup.BLOCK, count - from);
                gather(chosen ? scratch.selected : null, chosen ? row * config.indexTopk() + from : from, size);
                group.attend(worker.kernels(), workspace.keys, 0, size);
            }
        }

        /** Reads entries {@code selected[from ..]}, or {@code from ..} if all are. */
        private void gather(int @Nullable [] selected, int from, int size) {
            long start = pass.times().clock();
            Entries entries = Objects.requireNonNull(state.compressed()).entries();
            Rows keys = workspace.keys;
            for (int i = 0; i < size; i++) {
                int entry = selected == null ? from + i : selected[from + i];
                Page page = entries.page(entry / Entries.PAGE);
                format.read(kernels, page, entry % Entries.PAGE, keys.data(), keys.at(i));
            }
            pass.times().gathered(worker.index(), start);
        }

        /** Writes the values of the heads, rotated back to position zero. */
        private void finish(HeadGroup group, int row, int firstHead, int heads) {
            Rows values = pass.scratch().values;
            int dim = config.headDim();
            for (int head = 0; head < heads; head++) {
                int at = values.at(row, (firstHead + head) * dim);
                group.divide(head, values.data(), at);
                pass.numerics().round(RoundingPoint.ATTENTION, values.data(), at, dim);
                angles.rotateBack(kernels, values.data(), at + dim - config.qkRopeHeadDim(), row);
                pass.numerics().round(RoundingPoint.ROTARY, values.data(), at, dim);
            }
        }
    }
}
