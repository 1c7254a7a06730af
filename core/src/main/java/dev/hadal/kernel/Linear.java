package dev.hadal.kernel;

import dev.hadal.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A weight matrix, {@code [outputs, inputs]}, that hides its storage format: rows in, rows out. The weights stay where
 * the checkpoint maps them and are decoded panel by panel, once for all rows of a batch.
 *
 * <p>The arithmetic is that of {@link Kernels#multiply} with blocks of 32 inputs for FP4 and 128 for all other
 * formats; {@code y} starts at zero.
 */
public final class Linear {
    private final String name;
    private final MemorySegment data;
    private final WeightFormat format;
    private final int inputs;
    private final int outputs;
    /** First stored row, for a matrix that is a part of a taller one. */
    private final int firstOutput;

    private final int inputColumn;
    private final int outputColumn;

    private Linear(Linear whole, int firstOutput, int outputs, int inputColumn, int outputColumn) {
        this.name = whole.name;
        this.data = whole.data;
        this.format = whole.format;
        this.inputs = whole.inputs;
        this.firstOutput = whole.firstOutput + firstOutput;
        this.outputs = outputs;
        this.inputColumn = inputColumn;
        this.outputColumn = outputColumn;
    }

    /**
     * Prepares a stored matrix.
     *
     * @param weight two dimensions; FP8, packed FP4 (half as many columns as inputs), BF16 or F32
     * @param scale the scales of an FP8 or FP4 matrix, else absent
     */
    public Linear(Tensor weight, @Nullable Tensor scale) {
        this.name = weight.name();
        this.data = weight.data();
        this.format = WeightFormat.of(weight, scale);
        this.outputs = weight.dim(0);
        this.inputs = Math.toIntExact(weight.byteSize() / outputs * 128 / format.bytes(128));
        this.firstOutput = 0;
        this.inputColumn = 0;
        this.outputColumn = 0;
    }

    /** The part of this matrix that begins at an output, reading and writing other columns than the first. */
    public Linear part(int firstPartOutput, int partOutputs, int partInputColumn, int partOutputColumn) {
        return new Linear(this, firstPartOutput, partOutputs, partInputColumn, partOutputColumn);
    }

    /** Length of an input row. */
    public int inputs() {
        return inputs;
    }

    /** Length of an output row. */
    public int outputs() {
        return outputs;
    }

    /** Name of the weight in the checkpoint. */
    public String name() {
        return name;
    }

    /** Pieces that can be computed independently: groups of {@link Panel#LANES} outputs. */
    public int panels() {
        return (outputs + Panel.LANES - 1) / Panel.LANES;
    }

    /** Computes {@code y = W x} for the first {@code rows} rows, the panels shared out over the pool. */
    public void forward(Rows x, Rows y, int rows, Compute compute) {
        compute.pool().run(panels(), (panel, worker) -> forward(panel, x, y, 0, rows, compute.on(worker)));
    }

    /** Computes one panel of the output for {@code rows} rows from {@code firstRow} on. */
    public void forward(int panelIndex, Rows x, Rows y, int firstRow, int rows, Compute.Worker worker) {
        int first = panelIndex * Panel.LANES;
        int lanes = Math.min(Panel.LANES, outputs - first);
        for (int row = firstRow; row < firstRow + rows; row++) {
            int at = y.at(row, outputColumn + first);
            Arrays.fill(y.data(), at, at + lanes, 0f);
        }
        Workspace workspace = worker.workspace();
        for (int k = 0; k < inputs; k += Workspace.DEPTH) {
            int depth = Math.min(Workspace.DEPTH, inputs - k);
            decode(workspace, firstOutput + first, lanes, k, depth);
            workspace.panel.between(inputColumn + k, outputColumn + first, lanes);
            worker.kernels().multiply(x, y, firstRow, rows, workspace.panel);
        }
    }

    private void decode(Workspace workspace, int first, int lanes, int input, int depth) {
        Panel panel = workspace.panel;
        panel.over(panel.weights, 0, Panel.LANES, depth);
        panel.block = format.block();
        int rowBytes = format.bytes(inputs);
        int bytes = format.bytes(depth);
        for (int lane = 0; lane < lanes; lane++) {
            long at = (long) (first + lane) * rowBytes + format.bytes(input);
            MemorySegment.copy(data, ValueLayout.JAVA_BYTE, at, workspace.bytes, 0, bytes);
            format.decode(workspace.bytes, depth, panel, lane);
            for (int k = 0; k < depth; k += panel.block) {
                panel.scales[k / panel.block * Panel.LANES + lane] = format.scale(first + lane, input + k);
            }
        }
    }
}
