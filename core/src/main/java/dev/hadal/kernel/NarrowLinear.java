package dev.hadal.kernel;

import dev.hadal.tensor.Tensor;
import java.util.Arrays;

/**
 * A matrix of floats with few outputs and many inputs, kept in memory: one panel. There are no columns of panels to
 * share out, so few rows are cut along the inputs: whoever computes the sum of a block of 128 inputs, the blocks are
 * added in ascending order, which makes it the arithmetic of {@link Linear}. Owned by one part of a model, computes one
 * product at a time; a product allocates nothing.
 */
public final class NarrowLinear implements WorkerPool.Task {
    /** Rows for which {@code parts} must have room. */
    public static final int FEW_ROWS = 8;

    private static final int BLOCK = 128;
    /** Blocks that one item of a loop takes: 128 KiB of weights. */
    private static final int CHUNK = 8;

    private static final Rows NONE = Rows.allocate(0, 0);

    private final int inputs;
    private final int outputs;
    private final int blocks;
    /** Items of a loop that a row is cut into when there are few. */
    private final int chunks;
    /** [inputs, lanes] */
    private final float[] panel;

    /** Of the product at hand. */
    private Rows x = NONE;

    private Rows y = NONE;
    private Rows parts = NONE;
    private int rows;
    private Compute.Worker[] workers = {};

    /**
     * Copies a stored matrix.
     *
     * @param weight F32, two dimensions, at most {@link Panel#LANES} outputs
     */
    public NarrowLinear(Tensor weight) {
        this.outputs = weight.dim(0);
        this.inputs = weight.dim(1);
        this.blocks = Math.ceilDiv(inputs, BLOCK);
        this.chunks = Math.ceilDiv(blocks, CHUNK);
        if (outputs > Panel.LANES) {
            throw new IllegalArgumentException(
                    weight.name() + ": " + outputs + " outputs are more than " + Panel.LANES);
        }
        float[] values = weight.floats();
        if (weight.data().isMapped()) {
            weight.data().unload();
        }
        this.panel = new float[Math.multiplyExact(inputs, Panel.LANES)];
        for (int output = 0; output < outputs; output++) {
            for (int k = 0; k < inputs; k++) {
                panel[k * Panel.LANES + output] = values[output * inputs + k];
            }
        }
    }

    /** Length of an input row. */
    public int inputs() {
        return inputs;
    }

    /** Values that one row of {@code parts} holds. */
    public static int parts(int inputs) {
        return Math.ceilDiv(inputs, BLOCK) * Panel.LANES;
    }

    /**
     * Computes {@code y = W x} for the first {@code count} rows, shared out over the pool.
     *
     * @param input [rows, inputs]
     * @param output [rows, at least {@link Panel#LANES}]: lanes without an output become zero
     * @param room [{@value #FEW_ROWS}, {@link #parts}], destroyed
     */
    public void forward(Rows input, Rows output, int count, Rows room, Compute compute) {
        x = input;
        y = output;
        parts = room;
        rows = count;
        workers = compute.workers();
        boolean few = rows <= FEW_ROWS;
        compute.pool().run(few ? rows * chunks : Math.ceilDiv(rows, FEW_ROWS), this);
        for (int row = 0; few && row < rows; row++) {
            fold(row);
        }
    }

    /** A piece of one of few rows, or some of many rows. */
    @Override
    public void run(int item, int worker) {
        if (rows <= FEW_ROWS) {
            sumBlocks(
                    item / chunks,
                    item % chunks * CHUNK,
                    workers[worker].kernels().packed());
        } else {
            int first = item * FEW_ROWS;
            overRows(first, Math.min(FEW_ROWS, rows - first), workers[worker]);
        }
    }

    /** The sums of some blocks of a row, into its parts. */
    private void sumBlocks(int row, int first, PackedKernels kernels) {
        for (int b = first; b < Math.min(blocks, first + CHUNK); b++) {
            int at = parts.at(row, b * Panel.LANES);
            kernels.blockSum(x.data(), x.at(row) + b * BLOCK, panel, b * BLOCK, parts.data(), at);
        }
    }

    private void fold(int row) {
        float[] sums = y.data();
        int to = y.at(row);
        Arrays.fill(sums, to, to + Panel.LANES, 0f);
        for (int b = 0, from = parts.at(row); b < blocks; b++, from += Panel.LANES) {
            for (int lane = 0; lane < Panel.LANES; lane++) {
                sums[to + lane] += parts.data()[from + lane];
            }
        }
    }

    /** Some rows together, each block of weights read once for them. */
    private void overRows(int first, int count, Compute.Worker worker) {
        for (int row = first; row < first + count; row++) {
            Arrays.fill(y.data(), y.at(row), y.at(row) + Panel.LANES, 0f);
        }
        Panel block = worker.workspace().panel.scaledBy(1f);
        for (int k = 0; k < inputs; k += BLOCK) {
            block.over(panel, k * Panel.LANES, Panel.LANES, Math.min(BLOCK, inputs - k))
                    .between(k, 0, Panel.LANES);
            worker.kernels().multiply(x, y, first, count, block);
        }
    }

    /** Memory of the weights in bytes. */
    public long bytes() {
        return (long) panel.length * Float.BYTES;
    }
}
