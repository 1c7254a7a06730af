package dev.hadal.model.v4;

import dev.hadal.kernel.Kernels;
import dev.hadal.kernel.Linear;
import dev.hadal.kernel.Rows;
import dev.hadal.model.Batch;
import java.util.Arrays;
import java.util.function.Function;

/**
 * Pools the tokens of a block into one entry (architecture.md 3.4). Each channel has its own softmax over the block's
 * rows. With ratio 4 blocks overlap: an entry also pools the block before, whose tokens then speak through the first
 * half of their channels.
 *
 * <p>The same class serves the entries of attention and the keys of the indexer, which differ in width and in how an
 * entry is rounded.
 */
final class Compressor {
    private final Linear wkv;
    private final Linear wgate;
    private final float[] ape;
    private final RmsNorm norm;
    private final Rope rope;
    private final LayerKind kind;
    private final int width;
    private final Rounding rounding;
    private final Function<LayerState, LayerState.Compressed> target;

    /** How a finished entry is rounded to what its cache row holds. */
    @FunctionalInterface
    interface Rounding {
        void round(Numerics numerics, float[] entry, int offset);
    }

    /**
     * A compressor.
     *
     * @param weights its four tensors
     * @param kind of the layer: ratio, and whether blocks overlap
     * @param rope of the layer
     * @param loader prepares the tensors
     * @param rounding of a finished entry
     * @param target the part of a layer's state that it fills
     */
    Compressor(
            V4Weights.Compressor weights,
            LayerKind kind,
            Rope rope,
            Loader loader,
            Rounding rounding,
            Function<LayerState, LayerState.Compressed> target) {
        this.wkv = loader.linear(weights.wkv());
        this.wgate = loader.linear(weights.wgate());
        this.ape = weights.ape().floats();
        this.norm = loader.norm(weights.norm());
        this.kind = kind;
        this.rope = rope;
        this.rounding = rounding;
        this.target = target;
        this.width = norm.weight().length;
    }

    /** Channels of one token: two halves where blocks overlap. */
    private int channels() {
        return wkv.outputs();
    }

    /** Takes in the rows of a batch; blocks that they complete become entries. */
    void forward(Pass pass, Rows x, int layer) {
        Rows kv = pass.scratch().compressorKv;
        Rows score = pass.scratch().compressorScore;
        wkv.forward(x, kv, pass.rows(), pass.compute());
        wgate.forward(x, score, pass.rows(), pass.compute());
        pass.compute().pool().run(pass.spans().size(), (item, worker) -> {
            Batch.Span span = pass.spans().get(item);
            LayerState.Compressed tail = target.apply(((V4State) span.state()).layer(layer));
            CompressorWorkspace workspace = pass.scratch().compressor[worker];
            for (int row = span.firstRow(); row < span.firstRow() + span.rows(); row++) {
                int position = pass.positions()[row];
                store(tail, kv, score, row, position);
                if ((position + 1) % kind.ratio() == 0) {
                    finish(pass, tail, workspace, position + 1 - kind.ratio());
                }
            }
        });
    }

    private void store(LayerState.Compressed tail, Rows kv, Rows score, int row, int position) {
        int inBlock = position % kind.ratio();
        int tailRow = kind == LayerKind.CSA ? kind.ratio() + inBlock : inBlock;
        int to = tailRow * channels();
        System.arraycopy(kv.data(), kv.at(row), tail.kv(), to, channels());
        int from = score.at(row);
        for (int i = 0; i < channels(); i++) {
            tail.score()[to + i] = score.data()[from + i] + ape[inBlock * channels() + i];
        }
    }

    private void finish(Pass pass, LayerState.Compressed tail, CompressorWorkspace workspace, int firstPosition) {
        pool(pass.compute().kernels(), tail, workspace);
        float[] entry = workspace.entry;
        pass.numerics().round(RoundingPoint.COMPRESSED, entry, 0, width);
        norm.forward(pass.compute().kernels(), entry, 0);
        pass.numerics().round(RoundingPoint.NORM, entry, 0, width);
        rope.angles(firstPosition, workspace.angles.cosines(), workspace.angles.sines(), 0);
        workspace.angles.rotate(entry, width - 2 * rope.pairs(), 0);
        pass.numerics().round(RoundingPoint.ROTARY, entry, 0, width);
        rounding.round(pass.numerics(), entry, 0);
        tail.entries().append(entry, 0);
        if (kind == LayerKind.CSA) {
            int block = kind.ratio() * channels();
            System.arraycopy(tail.kv(), block, tail.kv(), 0, block);
            System.arraycopy(tail.score(), block, tail.score(), 0, block);
        }
    }

    /** The softmax-weighted sum over the block's rows, in ascending row order, into {@code workspace.entry}. */
    private void pool(Kernels kernels, LayerState.Compressed tail, CompressorWorkspace workspace) {
        float[] score = tail.score();
        float[] max = workspace.max;
        int rows = score.length / channels();
        Arrays.fill(max, 0, width, Float.NEGATIVE_INFINITY);
        for (int r = 0; r < rows; r++) {
            int at = at(r);
            for (int i = 0; i < width; i++) {
                max[i] = Math.max(max[i], score[at + i]);
            }
        }
        float[] sum = workspace.sum;
        float[] entry = workspace.entry;
        float[] weight = workspace.weight;
        Arrays.fill(sum, 0, width, 0f);
        Arrays.fill(entry, 0, width, 0f);
        for (int r = 0; r < rows; r++) {
            int at = at(r);
            for (int i = 0; i < width; i++) {
                weight[i] = score[at + i] - max[i];
            }
            kernels.exponentials(weight, 0, width, 0f);
            for (int i = 0; i < width; i++) {
                sum[i] += weight[i];
                entry[i] += weight[i] * tail.kv()[at + i];
            }
        }
        for (int i = 0; i < width; i++) {
            entry[i] /= sum[i];
        }
    }

    /** Where the pooled channels of a tail row begin: rows of the block before use the first half, the others the last. */
    private int at(int row) {
        return row * channels() + (row >= kind.ratio() ? channels() - width : 0);
    }
}
