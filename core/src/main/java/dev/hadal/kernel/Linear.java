package dev.hadal.kernel;

import dev.hadal.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
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
    /** From so many rows on it is cheaper to unpack a panel once than to go over its codes for each four rows. */
    private static final int ROWS_WORTH_UNPACKING = 17;
    /** The same for FP4, which gains less by four rows at once. */
    private static final int FP4_ROWS_WORTH_UNPACKING = 13;
    /** Rows of integers that a second-level cache keeps beside a panel. */
    private static final int INTEGER_ROWS = 64;
    /** Bytes of mapped weights that are copied before their pages are given back. */
    private static final int MAPPED_AT_ONCE = 8 << 20;

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

    /** Computes {@code y = W x} for the first {@code rows} rows, shared out over the pool. */
    public void forward(Rows x, Rows y, int rows, Compute compute) {
        Tiling tiling = tiling(rows, compute.threads(), compute.kernels().pairs() != null);
        RaisedRows raised = takesRaised(rows) ? compute.raise(x, 0, rows) : null;
        compute.pool().run(tiling.pieces(), (i, number) -> {
            Compute.Worker worker = compute.on(number);
            Piece piece = tiling.piece(i, worker.workspace().piece);
            if (raised != null) {
                forward(piece, raised, y, worker);
            } else {
                forward(piece, x, null, y, worker);
            }
        });
    }

    /**
     * How to cut a product.
     *
     * @param rows of the product
     * @param threads that take part
     * @param pairs whether there are {@link PairKernels}
     */
    public Tiling tiling(int rows, int threads, boolean pairs) {
        if (!overCodes(rows)) {
            return Tiling.of(rows, panels(), threads);
        }
        return pairs && rows == 1 && (bf16InBlocks() || takesRaised(1))
                ? Tiling.pairs(panels())
                : new Tiling(rows, panels(), rows, 1);
    }

    /** Whether so few rows go over the packed codes, each panel by itself. */
    public boolean overCodes(int rows) {
        if (packed == null) {
            return false;
        }
        boolean fp4 = packed.format == PackedMatrix.Format.FP4;
        return rows < (fp4 ? FP4_ROWS_WORTH_UNPACKING : ROWS_WORTH_UNPACKING);
    }

    /**
     * Computes a part of a product.
     *
     * @param piece which rows of {@code y} and which panels
     * @param x the input rows
     * @param picks names the row of {@code x} for each row of {@code y}; absent if they are the same
     * @param y receives the results
     * @param worker computes
     */
    public void forward(Piece piece, Rows x, int @Nullable [] picks, Rows y, Compute.Worker worker) {
        if (overCodes(piece.rows())) {
            if (!onePair(piece, x, picks, y, worker)) {
                for (int i = 0; i < piece.panels(); i++) {
                    fewRows(piece.panel(i), piece, x, picks, y, worker);
                }
            }
            return;
        }
        for (int row = piece.firstRow(); row < piece.endRow(); row += Tile.ROWS) {
            Tile tile = worker.workspace().tile.over(x, picks, row, Math.min(Tile.ROWS, piece.endRow() - row));
            tile.multiply(this, null, piece, worker);
            tile.copyTo(y, row, outputColumn + piece.firstColumn(), piece.columns(outputs));
        }
    }

    private boolean bf16InBlocks() {
        return Objects.requireNonNull(packed).format == PackedMatrix.Format.BF16 && inputs % 128 == 0;
    }

    /** Two panels of BF16 at once for one row; false if it is something else. */
    private boolean onePair(Piece piece, Rows x, int @Nullable [] picks, Rows y, Compute.Worker worker) {
        PairKernels pairs = worker.kernels().pairs();
        PackedMatrix matrix = Objects.requireNonNull(packed);
        if (pairs == null || !piece.isPair() || !bf16InBlocks()) {
            return false;
        }
        int row = picks == null ? piece.firstRow() : picks[piece.firstRow()];
        float[] values = worker.workspace().lanes;
        pairs.multiply(x.data(), x.at(row, inputColumn), matrix, piece.panel(0), piece.panel(1), values);
        copyPair(piece, values, y);
        return true;
    }

    private void copyPair(Piece piece, float[] values, Rows y) {
        copyLanes(piece.panel(0), values, 0, y, piece.firstRow());
        copyLanes(piece.panel(1), values, Panel.LANES, y, piece.firstRow());
    }

    /** Four, two and one rows at a time go over the packed codes without unpacking them. */
    private void fewRows(int panel, Piece piece, Rows x, int @Nullable [] picks, Rows y, Compute.Worker worker) {
        PackedMatrix matrix = Objects.requireNonNull(packed);
        float[] values = worker.workspace().lanes;
        PackedKernels kernels = worker.kernels().packed();
        int row = piece.firstRow();
        for (; row + 4 <= piece.endRow(); row += 4) {
            int[] four = worker.workspace().fourRows;
            for (int i = 0; i < 4; i++) {
                four[i] = x.at(picks == null ? row + i : picks[row + i], inputColumn);
            }
            kernels.multiplyFour(x.data(), four, matrix, panel, values);
            for (int i = 0; i < 4; i++) {
                copyLanes(panel, values, i * Panel.LANES, y, row + i);
            }
        }
        for (; row + 2 <= piece.endRow(); row += 2) {
            int first = x.at(picks == null ? row : picks[row], inputColumn);
            int second = x.at(picks == null ? row + 1 : picks[row + 1], inputColumn);
            kernels.multiplyTwo(x.data(), first, second, matrix, panel, values);
            copyLanes(panel, values, 0, y, row);
            copyLanes(panel, values, Panel.LANES, y, row + 1);
        }
        if (row < piece.endRow()) {
            int only = x.at(picks == null ? row : picks[row], inputColumn);
            kernels.multiply(x.data(), only, matrix, panel, values);
            copyLanes(panel, values, 0, y, row);
        }
    }

    /** Whether few rows are better raised: packed FP8 weights of whole groups. */
    public boolean takesRaised(int rows) {
        return overCodes(rows)
                && Objects.requireNonNull(packed).format == PackedMatrix.Format.FP8
                && packed.paired() == inputs;
    }

    /**
     * {@link #forward(Piece, Rows, int[], Rows, Compute.Worker)} for rows that were raised: the same bits as for those
     * that they were copied from.
     *
     * @param piece has all rows that were raised, in their order
     */
    public void forward(Piece piece, RaisedRows x, Rows y, Compute.Worker worker) {
        PackedMatrix matrix = Objects.requireNonNull(packed);
        PairKernels pairs = worker.kernels().pairs();
        float[] values = worker.workspace().lanes;
        if (pairs != null && piece.isPair()) {
            pairs.multiplyRaised(x.data(), x.at(0, inputColumn), matrix, piece.panel(0), piece.panel(1), values);
            copyPair(piece, values, y);
            return;
        }
        for (int i = 0; i < piece.panels(); i++) {
            raisedRows(piece.panel(i), piece, x, y, worker);
        }
    }

    private void raisedRows(int panel, Piece piece, RaisedRows x, Rows y, Compute.Worker worker) {
        PackedMatrix matrix = Objects.requireNonNull(packed);
        RaisedKernels kernels = Objects.requireNonNull(worker.kernels().raised());
        float[] values = worker.workspace().lanes;
        for (int row = 0; row < piece.rows(); ) {
            int together = x.together(row);
            int first = x.at(row, inputColumn);
            switch (together) {
                case 4 -> kernels.multiplyFour(x.data(), first, matrix, panel, values);
                case 2 -> kernels.multiplyTwo(x.data(), first, matrix, panel, values);
                default -> kernels.multiply(x.data(), first, matrix, panel, values);
            }
            for (int i = 0; i < together; i++) {
                copyLanes(panel, values, i * Panel.LANES, y, piece.firstRow() + row + i);
            }
            row += together;
        }
    }

    /** Whether the weights are FP4, whose inputs may be rounded to integers. */
    public boolean takesIntegers() {
        return format instanceof WeightFormat.Fp4;
    }

    /** Whether products of integers go over the packed codes; otherwise those of the floats do that they stand for. */
    public boolean integersOverCodes(IntegerRows x, Kernels kernels) {
        boolean packedCodes = packed != null && packed.format == PackedMatrix.Format.FP4;
        return packedCodes && x.paired() && kernels.integers() != null;
    }

    /**
     * {@link #forward(Piece, Rows, int[], Rows, Compute.Worker)} for rows of integers, whose floats begin at the first
     * input: the same bits as for those.
     */
    public void forward(Piece piece, IntegerRows x, int @Nullable [] picks, Rows y, Compute.Worker worker) {
        // Asked for once: they may change while a model warms up.
        IntegerKernels kernels = worker.kernels().integers();
        if (kernels == null || !integersOverCodes(x, worker.kernels())) {
            forward(piece, x.values(), picks, y, worker);
            return;
        }
        float[] values = worker.workspace().lanes;
        int[] four = worker.workspace().fourRows;
        PackedMatrix matrix = Objects.requireNonNull(packed);
        for (int block = piece.firstRow(); block < piece.endRow(); block += INTEGER_ROWS) {
            int end = Math.min(piece.endRow(), block + INTEGER_ROWS);
            for (int panel = piece.firstPanel(); panel < piece.firstPanel() + piece.panels(); panel++) {
                for (int row = block; row < end; ) {
                    int taken = take(row, end, picks, four);
                    switch (taken) {
                        case 4 -> kernels.multiplyFour(x, four, matrix, panel, values);
                        case 2 -> kernels.multiplyTwo(x, four[0], four[1], matrix, panel, values);
                        default -> kernels.multiply(x, four[0], matrix, panel, values);
                    }
                    for (int i = 0; i < taken; i++) {
                        copyLanes(panel, values, i * Panel.LANES, y, row + i);
                    }
                    row += taken;
                }
            }
        }
    }

    /** Four rows if there are so many before {@code end}, or else two or one; their numbers go to {@code rows}. */
    private static int take(int row, int end, int @Nullable [] picks, int[] rows) {
        int rest = end - row;
        int taken = rest >= 4 ? 4 : rest >= 2 ? 2 : 1;
        for (int i = 0; i < taken; i++) {
            rows[i] = picks == null ? row + i : picks[row + i];
        }
        return taken;
    }

    private void copyLanes(int panelIndex, float[] values, int from, Rows y, int row) {
        int first = panelIndex * Panel.LANES;
        System.arraycopy(
                values, from, y.data(), y.at(row, outputColumn + first), Math.min(Panel.LANES, outputs - first));
    }

    /** Column of the input rows that the first input stands in. */
    int inputColumn() {
        return inputColumn;
    }

    /** Decodes the inputs of a panel from {@code input} on, as many as the panel has. */
    void unpack(int panelIndex, int input, Panel panel, Compute.Worker worker) {
        if (packed != null) {
            worker.kernels().packed().unpack(packed, panelIndex, input, panel.depth, panel);
        } else {
            int first = panelIndex * Panel.LANES;
            decode(worker.workspace(), firstOutput + first, Math.min(Panel.LANES, outputs - first), input, panel.depth);
        }
    }

    /** Ints of a slab that {@link #pack(Slab, WorkerPool)} takes for this matrix; 0 if it stays where it is. */
    public long packedInts() {
        PackedMatrix.Format target = format.packing();
        return target == null || !PackedMatrix.fits(target, panels(), inputs)
                ? 0
                : PackedMatrix.ints(target, panels(), inputs);
    }

    /** {@link #pack(Slab, WorkerPool) Packs} into memory of its own. */
    public boolean pack(WorkerPool pool) {
        return pack(new Slab(packedInts()), pool);
    }

    /**
     * Copies the weights into memory, in the order in which the kernels read them; results keep their bits. Each stored
     * byte is read once, and mapped pages are given back when they have been. F32 matrices, and those that hold a code
     * for NaN, stay where they are.
     *
     * @return whether there is a copy now
     */
    public boolean pack(Slab slab, WorkerPool pool) {
        PackedMatrix.Format target = format.packing();
        return target != null
                && PackedMatrix.fits(target, panels(), inputs)
                && fill(slab.allocate(target, panels(), inputs), pool);
    }

    /**
     * {@link #pack(Slab, WorkerPool) Packs} this matrix and another one of the same shape and format, their panels in
     * turn, for products that take a panel of each. Matrices that differ are packed each by itself.
     */
    public void packWith(Linear other, Slab slab, WorkerPool pool) {
        PackedMatrix.Format target = format.packing();
        boolean alike = target == other.format.packing() && inputs == other.inputs && outputs == other.outputs;
        if (target == null || !alike || !PackedMatrix.fits(target, 2 * panels(), inputs)) {
            pack(slab, pool);
            other.pack(slab, pool);
            return;
        }
        PackedMatrix both = slab.allocate(target, 2 * panels(), inputs);
        fill(both.half(0), pool);
        other.fill(both.half(1), pool);
    }

    private boolean fill(PackedMatrix matrix, WorkerPool pool) {
        AtomicBoolean faithful = new AtomicBoolean(true);
        int rowBytes = format.bytes(inputs);
        byte[][] rows = new byte[pool.threads()][rowBytes];
        int step = Math.max(1, MAPPED_AT_ONCE / rowBytes / Panel.LANES);
        for (int first = 0; first < panels(); first += step) {
            int from = first;
            pool.run(Math.min(step, panels() - first), (item, worker) -> {
                if (!packPanel(matrix, from + item, rows[worker])) {
                    faithful.set(false);
                }
            });
            release(first * Panel.LANES, Math.min(outputs, (first + step) * Panel.LANES), rowBytes);
        }
        packed = faithful.get() ? matrix : null;
        return packed != null;
    }

    /**
     * Lets go of all mapped pages of a matrix that has a copy. To be asked for once its neighbours in the file have
     * been packed too: the system maps pages around those that are read.
     */
    public void release() {
        if (packed != null) {
            release(0, outputs, format.bytes(inputs));
            format.releaseScales();
        }
    }

    private boolean packPanel(PackedMatrix matrix, int panel, byte[] row) {
        boolean faithful = true;
        for (int lane = 0; lane < Math.min(Panel.LANES, outputs - panel * Panel.LANES); lane++) {
            int output = firstOutput + panel * Panel.LANES + lane;
            MemorySegment.copy(data, ValueLayout.JAVA_BYTE, (long) output * row.length, row, 0, row.length);
            faithful &= matrix.put(panel, lane, row, 0);
            for (int block = 0; block < matrix.blocks(); block++) {
                faithful &= matrix.putScale(panel, block, lane, format.scale(output, block * matrix.format.block));
            }
        }
        return faithful;
    }

    /** Lets go of the pages of some stored rows: they would count as memory in use although nobody will read them. */
    private void release(int firstRow, int endRow, int rowBytes) {
        if (data.isMapped()) {
            long at = (long) (firstOutput + firstRow) * rowBytes;
            data.asSlice(at, (long) (endRow - firstRow) * rowBytes).unload();
        }
    }

    /** Memory of the packed copy in bytes; 0 without one. */
    public long packedBytes() {
        return packed == null ? 0 : packed.bytes();
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
