package dev.hadal.model.v4;

import dev.hadal.kernel.Kernels;
import dev.hadal.kernel.Linear;
import dev.hadal.kernel.Products;
import dev.hadal.kernel.Rows;
import dev.hadal.model.Batch;
import java.util.List;
import java.util.function.Function;

/**
 * Pools the tokens of a block into one entry (architecture.md 3.4). Each channel has its own softmax over the block's
 * rows. With ratio 4 blocks overlap: an entry also pools the block before, whose tokens then speak through the first
 * half of their channels.
 *
 * <p>The same class serves the entries of attention and the keys of the indexer, which differ in width and in how an
 * entry is stored.
 */
final class Compressor {
    private final Linear wkv;
    private final Linear wgate;
    private final float[] ape;
    private final RmsNorm norm;
    private final LayerKind kind;
    private final int width;
    private final Target target;

    /**
     * Where entries go.
     *
     * @param layer number of the layer
     * @param part the part of a layer's state that a compressor fills
     * @param index whether they are index keys, which pass through {@link Numerics#turn}
     */
    record Target(int layer, Function<LayerState, LayerState.Compressed> part, boolean index) {}

    /**
     * A compressor.
     *
     * @param weights its four tensors
     * @param kind of the layer: ratio, and whether blocks overlap
     * @param loader prepares the tensors
     * @param target takes the entries
     */
    Compressor(V4Weights.Compressor weights, LayerKind kind, Loader loader, Target target) {
        this.wkv = loader.linear(weights.wkv());
        this.wgate = loader.linear(weights.wgate());
        this.ape = weights.ape().floats();
        this.norm = loader.norm(weights.norm());
        this.kind = kind;
        this.target = target;
        this.width = norm.weight().length;
    }

    /** Channels of one token: two halves where blocks overlap. */
    private int channels() {
        return wkv.outputs();
    }

    /** The matrices, to be multiplied with the branch's input before {@link #forward}. */
    List<Linear> matrices() {
        return List.of(wkv, wgate);
    }

    /** Says where the products with the {@link #matrices} go, of which the first is number {@code first}. */
    void receive(Products products, int first, Scratch scratch) {
        products.to(first, kv(scratch)).to(first + 1, score(scratch));
    }

    private Rows kv(Scratch scratch) {
        return target.index() ? scratch.indexKv : scratch.compressorKv;
    }

    private Rows score(Scratch scratch) {
        return target.index() ? scratch.indexScore : scratch.compressorScore;
    }

    /** Takes in the rows of a batch; blocks that they complete become entries. */
    void forward(Pass pass) {
        pass.loop(pass.rows(), this, score(pass.scratch()), Compressor::addPositionBias);
        int blocks = 0;
        // By index: an iterator for each layer would be something to collect.
        for (int i = 0; i < pass.spans().size(); i++) {
            Batch.Span span = pass.spans().get(i);
            int finished = finished(pass, span);
            part(span).entries().grow(finished);
            blocks += finished;
        }
        pass.loop(blocks, this, pass.spans(), Compressor::finish);
        for (int i = 0; i < pass.spans().size(); i++) {
            Batch.Span span = pass.spans().get(i);
            remember(pass, span, part(span).tail());
        }
    }

    private LayerState.Compressed part(Batch.Span span) {
        return target.part().apply(((V4State) span.state()).layer(target.layer()));
    }

    /** One of the blocks that the batch completes; they count through its sequences. */
    private void finish(Pass pass, List<Batch.Span> spans, int item, int worker) {
        int block = item;
        for (int i = 0; i < spans.size(); i++) {
            Batch.Span span = spans.get(i);
            int finished = finished(pass, span);
            if (block < finished) {
                finish(pass, span, block, pass.scratch().compressor[worker]);
                return;
            }
            block -= finished;
        }
    }

    private void addPositionBias(Pass pass, Rows score, int row, int worker) {
        int from = pass.positions()[row] % kind.ratio() * channels();
        int at = score.at(row);
        for (int i = 0; i < channels(); i++) {
            score.data()[at + i] += ape[from + i];
        }
    }

    /** Blocks that a sequence's rows complete. */
    private int finished(Pass pass, Batch.Span span) {
        int begin = pass.positions()[span.firstRow()];
        return (begin + span.rows()) / kind.ratio() - begin / kind.ratio();
    }

    /** Pools, norms, rotates and stores one of the blocks that a sequence's rows complete. */
    private void finish(Pass pass, Batch.Span span, int finished, CompressorWorkspace workspace) {
        Kernels kernels = pass.compute().kernels();
        int block = pass.positions()[span.firstRow()] / kind.ratio() + finished;
        int rows = collect(pass, span, part(span).tail(), block, workspace);
        float[] entry = workspace.entry;
        kernels.state().belowMax(workspace.scores, rows, width);
        kernels.exponentials(workspace.scores, 0, rows * width, 0f);
        kernels.state().weightedMean(workspace.values, workspace.scores, rows, width, entry);
        pass.numerics().round(RoundingPoint.COMPRESSED, entry, 0, width);
        norm.forward(kernels, entry, 0);
        pass.numerics().round(RoundingPoint.NORM, entry, 0, width);
        Rope.Angles angles = pass.scratch().blockAngles(kind);
        int lastRow = span.firstRow() + (block + 1) * kind.ratio() - 1 - pass.positions()[span.firstRow()];
        angles.rotate(kernels.state(), entry, width - 2 * angles.pairs(), lastRow);
        pass.numerics().round(RoundingPoint.ROTARY, entry, 0, width);
        if (target.index()) {
            pass.numerics().turn(kernels.state(), entry, 0, width);
        }
        Page page = part(span).entries().page(block / Entries.PAGE);
        StateFormats formats = pass.scratch().formats;
        RowFormat format = target.index() ? formats.key() : formats.entry();
        format.write(kernels.state(), entry, 0, page, block % Entries.PAGE);
    }

    /**
     * Puts the tokens of a block side by side, those of the block before first where blocks overlap. They come from this
     * batch, or from the tail if they are older.
     *
     * @return their number
     */
    private int collect(Pass pass, Batch.Span span, Tail tail, int block, CompressorWorkspace workspace) {
        Scratch scratch = pass.scratch();
        int begin = pass.positions()[span.firstRow()];
        int first = block * kind.ratio();
        int rows = 0;
        int from = kind == LayerKind.CSA ? Math.max(0, first - kind.ratio()) : first;
        for (int position = from; position < first + kind.ratio(); position++, rows++) {
            int channel = position < first ? 0 : channels() - width;
            int to = rows * width;
            if (position >= begin) {
                int row = span.firstRow() + position - begin;
                Rows kv = kv(scratch);
                Rows score = score(scratch);
                System.arraycopy(kv.data(), kv.at(row, channel), workspace.values, to, width);
                System.arraycopy(score.data(), score.at(row, channel), workspace.scores, to, width);
            } else {
                int unfinished = begin - begin % kind.ratio();
                tail.read(position, unfinished, channel, workspace.values, to, width);
                tail.read(position, unfinished, channels() + channel, workspace.scores, to, width);
            }
        }
        return rows;
    }

    /** Brings the tail up to date; of tokens that nobody will ask for again it need not hear. */
    private void remember(Pass pass, Batch.Span span, Tail tail) {
        int begin = pass.positions()[span.firstRow()];
        int end = begin + span.rows();
        int unfinished = end - end % kind.ratio();
        int needed = kind == LayerKind.CSA ? unfinished - kind.ratio() : unfinished;
        if (needed > begin) {
            tail.drop();
        }
        for (int position = Math.max(begin, needed); position < end; position++) {
            int row = span.firstRow() + position - begin;
            tail.put(position, kv(pass.scratch()), score(pass.scratch()), row);
        }
    }
}
