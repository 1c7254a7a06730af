package dev.hadal.kernel;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A part of a product of many rows: up to {@link #ROWS} rows by {@link #PANELS} panels, computed by one worker in
 * memory that stays in its cache. Inputs are copied together {@link Workspace#DEPTH} at a time and used by all panels,
 * each panel is decoded once for all rows, and sums leave the tile when they are complete. Rows are filled up to a
 * multiple that the kernels like; what is computed for those that do not exist is never read.
 */
public final class Tile {
    /** Most rows. */
    public static final int ROWS = 256;
    /** Most panels. */
    public static final int PANELS = 8;

    static final int COLUMNS = PANELS * Panel.LANES;

    private static final int ROW_MULTIPLE = 4;

    private final Rows inputs = Rows.allocate(ROWS, Workspace.DEPTH);
    private final Rows sums = Rows.allocate(ROWS, COLUMNS);
    private Rows source = inputs;
    private int @Nullable [] picks;
    private int first;
    private int count;

    /**
     * Chooses the input rows: {@code x}'s rows from {@code firstRow} on, or those that {@code picks} names from there
     * on.
     */
    public Tile over(Rows x, int @Nullable [] rowPicks, int firstRow, int rows) {
        source = x;
        picks = rowPicks;
        first = firstRow;
        count = rows;
        return this;
    }

    /** The values, row after row. */
    public float[] data() {
        return sums.data();
    }

    /** Index in {@link #data} of a column of a row. */
    public int at(int row, int column) {
        return sums.at(row, column);
    }

    /**
     * Computes the panels of {@code piece}, of a matrix and, over the same inputs, of another of the same shape if
     * there is one, whose columns stand behind those of the first.
     */
    public void multiply(Linear left, @Nullable Linear right, Piece piece, Compute.Worker worker) {
        int panels = piece.panels();
        int matrices = right == null ? 1 : 2;
        int rows = Math.ceilDiv(count, ROW_MULTIPLE) * ROW_MULTIPLE;
        for (int row = 0; row < rows; row++) {
            Arrays.fill(sums.data(), sums.at(row), sums.at(row) + matrices * panels * Panel.LANES, 0f);
        }
        Panel panel = worker.workspace().panel;
        for (int k = 0; k < left.inputs(); k += Workspace.DEPTH) {
            int depth = Math.min(Workspace.DEPTH, left.inputs() - k);
            load(left.inputColumn() + k, depth);
            for (int i = 0; i < matrices * panels; i++) {
                Linear matrix = right == null || i < panels ? left : right;
                panel.own(depth).between(0, i * Panel.LANES, Panel.LANES);
                matrix.unpack(piece.firstPanel() + i % panels, k, panel, worker);
                worker.kernels().multiply(inputs, sums, 0, rows, panel);
            }
        }
    }

    private void load(int column, int depth) {
        for (int i = 0; i < count; i++) {
            int row = picks == null ? first + i : picks[first + i];
            System.arraycopy(source.data(), source.at(row, column), inputs.data(), inputs.at(i), depth);
        }
    }

    /** Copies the first {@code length} columns to {@code y}: its rows from {@code firstRow} on, from {@code column} on. */
    public void copyTo(Rows y, int firstRow, int column, int length) {
        for (int i = 0; i < count; i++) {
            System.arraycopy(sums.data(), sums.at(i), y.data(), y.at(firstRow + i, column), length);
        }
    }

    long bytes() {
        return inputs.bytes() + sums.bytes();
    }
}
