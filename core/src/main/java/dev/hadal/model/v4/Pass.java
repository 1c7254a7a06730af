package dev.hadal.model.v4;

import dev.hadal.kernel.Compute;
import dev.hadal.model.Batch;
import java.util.List;

/**
 * What every part of the model needs to know while a batch passes through it.
 *
 * @param compute kernels, threads and their workspaces
 * @param numerics what is rounded
 * @param spans the sequences and their rows
 * @param tokens the token of each row
 * @param positions the position of each row
 * @param plain rotary angles of each row for layers without compression
 * @param scaled rotary angles of each row for layers with compression
 * @param scratch memory for intermediate rows
 * @param trace looks at inner values
 * @param times adds up where the time goes
 */
record Pass(
        Compute compute,
        Numerics numerics,
        List<Batch.Span> spans,
        int[] tokens,
        int[] positions,
        Rope.Angles plain,
        Rope.Angles scaled,
        Scratch scratch,
        Trace trace,
        StepTimes times) {

    /** Rows in the batch. */
    int rows() {
        Batch.Span last = spans.getLast();
        return last.firstRow() + last.rows();
    }

    /**
     * Runs a loop.
     *
     * @param count items
     * @param part of the model that the loop belongs to
     * @param argument what else its body needs
     * @param body a method that captures nothing
     */
    <P, A> void loop(int count, P part, A argument, Loop.Body<P, A> body) {
        scratch.loop.run(this, count, part, argument, body);
    }

    /** The state of one layer of a sequence; the draft block is the layer behind the last. */
    static LayerState state(Batch.Span span, int layer, int hiddenLayers) {
        V4State state = (V4State) span.state();
        return layer == hiddenLayers ? state.mtp() : state.layer(layer);
    }
}
