package dev.hadal.model.v4;

import dev.hadal.kernel.Compute;
import dev.hadal.kernel.Kernels;
import dev.hadal.kernel.Panel;
import dev.hadal.kernel.Rows;
import dev.hadal.model.Batch;
import org.jspecify.annotations.Nullable;

/**
 * Softmax attention of one row over its keys (architecture.md 3.6): the window in ascending position, then the visible
 * or selected compressed entries in ascending order, in blocks of {@value #BLOCK} with a running maximum. Blocks are
 * counted from the row's own first key, so they do not depend on how rows were batched.
 *
 * <p>The sink needs no special case: it is where maximum and denominator start.
 */
final class CoreAttention {
    /** Keys gathered at a time. */
    static final int BLOCK = 64;

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
        int groups = Attention.headGroups(config);
        for (Batch.Span span : pass.spans()) {
            LayerState state = Pass.state(span, layer, config.numHiddenLayers());
            pass.compute().pool().run(span.rows() * groups, (item, worker) -> {
                int row = span.firstRow() + item / groups;
                Keys keys = new Keys(pass, state, span, row);
                attend(pass, keys, item % groups * Panel.LANES, pass.compute().on(worker));
                finish(pass, angles, row, item % groups * Panel.LANES);
            });
        }
    }

    /** The keys that a row sees, by their place in its own order. */
    private final class Keys {
        private final Rows fresh;
        private final LayerState state;
        private final int row;
        private final int position;
        private final int firstFreshRow;
        private final int windowSize;
        private final int @Nullable [] selected;
        private final int selectedAt;
        private final int count;

        Keys(Pass pass, LayerState state, Batch.Span span, int row) {
            this.fresh = pass.scratch().keys;
            this.state = state;
            this.row = row;
            this.position = pass.positions()[row];
            this.firstFreshRow = span.firstRow();
            this.windowSize = Math.min(position + 1, config.slidingWindow());
            Scratch scratch = pass.scratch();
            boolean chosen = kind == LayerKind.CSA && !scratch.allSelected(row);
            this.selected = chosen ? scratch.selected : null;
            this.selectedAt = row * config.indexTopk();
            int visible = kind == LayerKind.SWA ? 0 : (position + 1) / kind.ratio();
            this.count = windowSize + (chosen ? scratch.selectedCount[row] : visible);
        }

        /** Copies keys {@code from .. from + size} to the front of {@code block}. */
        void gather(int from, int size, Rows block) {
            for (int i = 0; i < size; i++) {
                int key = from + i;
                if (key < windowSize) {
                    window(position - windowSize + 1 + key, block, i);
                } else {
                    int place = key - windowSize;
                    int entry = selected == null ? place : selected[selectedAt + place];
                    java.util.Objects.requireNonNull(state.compressed())
                            .entries()
                            .read(entry, block.data(), block.at(i));
                }
            }
        }

        /** A window entry: from this batch if it is that young, else from the ring. */
        private void window(int keyPosition, Rows block, int i) {
            int dim = config.headDim();
            int freshRow = row - (position - keyPosition);
            if (freshRow >= firstFreshRow) {
                System.arraycopy(fresh.data(), fresh.at(freshRow), block.data(), block.at(i), dim);
            } else {
                int slot = keyPosition % config.slidingWindow();
                System.arraycopy(state.window(), slot * dim, block.data(), block.at(i), dim);
            }
        }
    }

    private void attend(Pass pass, Keys keys, int firstHead, Compute.Worker worker) {
        AttentionWorkspace w = pass.scratch().attention[worker.index()];
        int heads = Math.min(Panel.LANES, config.numAttentionHeads() - firstHead);
        w.start(pass.scratch().queries, keys.row, firstHead, heads, sink);
        Panel queries = w.queries(heads, softmaxScale);
        for (int from = 0; from < keys.count; from += BLOCK) {
            int size = Math.min(BLOCK, keys.count - from);
            long start = pass.times().clock();
            keys.gather(from, size, w.keys);
            pass.times().gathered(worker.index(), start);
            java.util.Arrays.fill(w.scores.data(), 0f);
            worker.kernels().multiply(w.keys, w.scores, 0, size, queries);
            for (int head = 0; head < heads; head++) {
                w.accountFor(worker.kernels(), head, size);
            }
            addValues(worker.kernels(), w, heads, size);
        }
        Rows values = pass.scratch().values;
        for (int head = 0; head < heads; head++) {
            w.divide(head, values.data(), values.at(keys.row, (firstHead + head) * config.headDim()));
        }
    }

    /** Adds the block's keys, weighted by the probabilities, to the values of each head. */
    private void addValues(Kernels kernels, AttentionWorkspace w, int heads, int size) {
        for (int column = 0; column < config.headDim(); column += Panel.LANES) {
            int lanes = Math.min(Panel.LANES, config.headDim() - column);
            kernels.multiply(w.probabilities, w.values, 0, heads, w.values(column, lanes, size));
        }
    }

    /** Rotates the values of a group of heads back to position zero. */
    private void finish(Pass pass, Rope.Angles angles, int row, int firstHead) {
        Rows values = pass.scratch().values;
        int dim = config.headDim();
        int end = Math.min(firstHead + Panel.LANES, config.numAttentionHeads());
        for (int head = firstHead; head < end; head++) {
            int at = values.at(row, head * dim);
            pass.numerics().round(RoundingPoint.ATTENTION, values.data(), at, dim);
            angles.rotateBack(values.data(), at + dim - config.qkRopeHeadDim(), row);
            pass.numerics().round(RoundingPoint.ROTARY, values.data(), at, dim);
        }
    }
}
