package dev.hadal.kernel;

import dev.hadal.tensor.Tensor;
import java.util.Arrays;

/**
 * A matrix of floats with few outputs and many inputs, kept in memory: one panel. There are no columns of panels to
 * share out, so few rows are cut along the inputs: whoever computes the sum of a block of 128 inputs, the blocks are
 * added in ascending order, which makes it the arithmetic of {@link Linear}.
 */
public final class NarrowLinear {
    /** Rows for which {@code parts} must have room. */
    public static final int FEW_ROWS = 8;

    private static final int BLOCK = 128;
    /** Blocks that one item of a loop takes: 128 KiB of weights. */
    private static final int CHUNK = 8;

    private final int inputs;
    private final int outputs;
    /** [inputs, lanes] */
    private final float[] panel;

    /**
     * Copies a stored matrix.
     *
     * @param weight F32, two dimensions, at most {@link Panel#LANES} outputs
     */
    public NarrowLinear(Tensor weight) {
        this.outputs = weight.dim(0);
        this.inputs = weight.dim(1);
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
     * Computes {@code y = W x} for the first {@code rows} rows, shared out over the pool.
     *
     * @param y [rows, at least {@link Panel#LANES}]: lanes without an output become zero
     * @param parts [{@value #FEW_ROWS}, {@link #parts}], destroyed
     */
    public void forward(Rows x, Rows y, int rows, Rows parts, Compute compute) {
        if (rows > FEW_ROWS) {
            int items = Math.ceilDiv(rows, FEW_ROWS);
            compute.pool().run(items, (item, worker) -> {
                int first = item * FEW_ROWS;
                overRows(x, y, first, Math.min(FEW_ROWS, rows - first), compute.on(worker));
            });
            return;
        }
        int blocks = Math.ceilDiv(inputs, BLOCK);
        int chunks = Math.ceilDiv(blocks, CHUNK);
        compute.pool().run(rows * chunks, (item, worker) -> {
            int row = item / chunks;
            PackedKernels kernels = compute.on(worker).kernels().packed();
            for (int b = item % chunks * CHUNK; b < Math.min(blocks, (item % chunks + 1) * CHUNK); b++) {
                int at = parts.at(row, b * Panel.LANES);
                kernels.blockSum(x.data(), x.at(row) + b * BLOCK, panel, b * BLOCK, parts.data(), at);
            }
        });
        for (int row = 0; row < rows; row++) {
            fold(parts, y, row, blocks);
        }
    }

    private static void fold(Rows parts, Rows y, int row, int blocks) {
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
    private void overRows(Rows x, Rows y, int first, int rows, Compute.Worker worker) {
        for (int row = first; row < first + rows; row++) {
            Arrays.fill(y.data(), y.at(row), y.at(row) + Panel.LANES, 0f);
        }
        Panel block = worker.workspace().panel.scaledBy(1f);
        for (int k = 0; k < inputs; k += BLOCK) {
            block.over(panel, k * Panel.LANES, Panel.LANES, Math.min(BLOCK, inputs - k))
                    .between(k, 0, Panel.LANES);
            worker.kernels().multiply(x, y, first, rows, block);
        }
    }

    /** Memory of the weights in bytes. */
    public long bytes() {
        return (long) panel.length * Float.BYTES;
    }
}
