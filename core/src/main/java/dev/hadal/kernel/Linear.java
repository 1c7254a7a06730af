package dev.hadal.kernel;

import dev.hadal.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A weight matrix, {@code [outputs, inputs]}, that hides its storage format: rows in, rows out. The weights stay where
 * the checkpoint maps them and are decoded panel by panel, once for all rows of a batch.
 *
 * <p>The arithmetic is that of {@link Kernels#multiply} with blocks of 32 inputs for FP4 and 128 for all other
 * formats; {@code y} starts at zero.
 */
public final class Linear {
    /** From so many rows on it is cheaper to unpack a panel once than to go over its codes for each row. */
    private static final int ROWS_WORTH_UNPACKING = 4;

    private final String name;
    private final MemorySegment data;
    private final WeightFormat format;
    private final int inputs;
    private final int outputs;
    /** First stored row, for a matrix that is a part of a taller one. */
    private final int firstOutput;

    private final int inputColumn;
    private final int outputColumn;
    private @Nullable PackedMatrix packed;
    private float @Nullable [] floats;

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
        if (packed == null || rows >= ROWS_WORTH_UNPACKING) {
            panelOverRows(panelIndex, x, y, firstRow, rows, worker);
            return;
        }
        float[] values = worker.workspace().lanes;
        PackedKernels kernels = worker.kernels().packed();
        int end = firstRow + rows;
        int row = firstRow;
        for (; row + 2 <= end; row += 2) {
            int second = x.at(row + 1, inputColumn);
            kernels.multiplyTwo(x.data(), x.at(row, inputColumn), second, packed, panelIndex, values);
            copyLanes(panelIndex, values, 0, y, row);
            copyLanes(panelIndex, values, Panel.LANES, y, row + 1);
        }
        if (row < end) {
            kernels.multiply(x.data(), x.at(row, inputColumn), packed, panelIndex, values);
            copyLanes(panelIndex, values, 0, y, row);
        }
    }

    private void copyLanes(int panelIndex, float[] values, int from, Rows y, int row) {
        int first = panelIndex * Panel.LANES;
        System.arraycopy(
                values, from, y.data(), y.at(row, outputColumn + first), Math.min(Panel.LANES, outputs - first));
    }

    /** Decodes the panel piece by piece, each once for all rows. */
    private void panelOverRows(int panelIndex, Rows x, Rows y, int firstRow, int rows, Compute.Worker worker) {
        int first = panelIndex * Panel.LANES;
        int lanes = Math.min(Panel.LANES, outputs - first);
        for (int row = firstRow; row < firstRow + rows; row++) {
            int at = y.at(row, outputColumn + first);
            Arrays.fill(y.data(), at, at + lanes, 0f);
        }
        Panel panel = worker.workspace().panel;
        for (int k = 0; k < inputs; k += Workspace.DEPTH) {
            int depth = Math.min(Workspace.DEPTH, inputs - k);
            panel.own(depth).between(inputColumn + k, outputColumn + first, lanes);
            if (floats != null) {
                panel.borrow(floats, (panelIndex * inputs + k) * Panel.LANES);
            } else if (packed == null) {
                decode(worker.workspace(), firstOutput + first, lanes, k, depth);
            } else {
                worker.kernels().packed().unpack(packed, panelIndex, k, depth, panel);
            }
            worker.kernels().multiply(x, y, firstRow, rows, panel);
        }
    }

    /**
     * Copies the weights into memory, in the order in which the kernels read them; results keep their bits. Formats
     * that gain nothing, and matrices that hold a code for NaN, stay where they are.
     */
    public void pack(WorkerPool pool) {
        PackedMatrix.Format target = format.packing();
        if (target == null) {
            packFloats(pool);
            return;
        }
        if (!PackedMatrix.fits(target, panels(), inputs)) {
            return;
        }
        PackedMatrix matrix = PackedMatrix.allocate(target, panels(), inputs);
        AtomicBoolean faithful = new AtomicBoolean(true);
        pool.run(panels(), (panel, worker) -> {
            byte[] row = new byte[format.bytes(inputs)];
            for (int lane = 0; lane < Math.min(Panel.LANES, outputs - panel * Panel.LANES); lane++) {
                int output = firstOutput + panel * Panel.LANES + lane;
                MemorySegment.copy(data, ValueLayout.JAVA_BYTE, (long) output * row.length, row, 0, row.length);
                boolean same = matrix.put(panel, lane, row, 0);
                for (int block = 0; block < matrix.blocks(); block++) {
                    same &= matrix.putScale(panel, block, lane, format.scale(output, block * target.block));
                }
                if (!same) {
                    faithful.set(false);
                }
            }
        });
        packed = faithful.get() ? matrix : null;
    }

    /** Floats need no decoding: their panels are used as they lie. */
    private void packFloats(WorkerPool pool) {
        if ((long) panels() * inputs * Panel.LANES > Integer.MAX_VALUE - 64) {
            return;
        }
        float[] values = new float[panels() * inputs * Panel.LANES];
        pool.run(panels(), (panel, worker) -> {
            for (int lane = 0; lane < Math.min(Panel.LANES, outputs - panel * Panel.LANES); lane++) {
                long row = (long) (firstOutput + panel * Panel.LANES + lane) * inputs;
                for (int k = 0; k < inputs; k++) {
                    values[(panel * inputs + k) * Panel.LANES + lane] =
                            data.get(WeightFormat.FLOAT, (row + k) * Float.BYTES);
                }
            }
        });
        floats = values;
    }

    /** Memory of the packed copy in bytes; 0 without one. */
    public long packedBytes() {
        return (packed == null ? 0 : packed.bytes()) + (floats == null ? 0 : (long) floats.length * Float.BYTES);
    }

    /** Bytes of the weights as stored, without scales. */
    public long storedBytes() {
        return (long) outputs * format.bytes(inputs);
    }

    private void decode(Workspace workspace, int first, int lanes, int input, int depth) {
        Panel panel = workspace.panel;
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
