package dev.hadal.kernel;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A part of a product of many rows: up to {@link #ROWS} rows by {@link #PANELS} panels, computed by one worker in
 * memory that stays in its cache. Inputs are copied together {@link Workspace#DEPTH} at a time and used by all panels,
 * each panel is decoded once for all rows, and sums leave the tile when they are complete. Rows are filled up to a
 * multiple that the kernels like; what is computed for those that do not exist is never read.
 *
 * <p>Few rows may have more panels, so that their inputs are copied together less often: {@link #panels}. Their sums lie
 * in stripes of {@link #COLUMNS} columns, one stripe below the other.
 */
public final class Tile {
    /** Most rows. */
    public static final int ROWS = 256;
    /** Most panels of so many rows. */
    public static final int PANELS = 8;

    /** Most columns side by side. */
    public static final int COLUMNS = PANELS * Panel.LANES;

    private static final int ROW_MULTIPLE = 4;

    private final Rows inputs = Rows.allocate(ROWS, Workspace.DEPTH);
    private final Rows sums = Rows.allocate(ROWS, COLUMNS);
    private Rows source = inputs;
    private int @Nullable [] picks;
    private int first;
    private int count;
    /** Rows from one stripe of columns to the next. */
    private int stripe = ROWS;

    /**
     * Chooses the input rows: {@code x}'s rows from {@code firstRow} on, or those that {@code picks} names from there
     * on.
     */
    public Tile over(Rows x, int @Nullable [] rowPicks, int firstRow, int rows) {
        source = x;
        picks = rowPicks;
        first = firstRow;
        count = rows;
        stripe = stripe(rows);
        return this;
    }

    private static int stripe(int rows) {
        return rows > ROWS / 2 ? ROWS : rows > ROWS / 4 ? ROWS / 2 : ROWS / 4;
    }

    /** Most panels of {@code rows} rows, of two matrices together if there are two. */
    public static int panels(int rows) {
        return ROWS / stripe(Math.min(rows, ROWS)) * PANELS;
    }

    /** The values, row after row. */
    public float[] data() {
        return sums.data();
    }

    /**
     * Index in {@link #data} of a column of a row. Columns that follow stand behind it up to the next multiple of
     * {@link #COLUMNS}.
     */
    public int at(int row, int column) {
        return sums.at(column / COLUMNS * stripe + row, column % COLUMNS);
    }

    /**
     * Computes the panels of {@code piece}, of a matrix and, over the same inputs, of another of the same shape if
     * there is one, whose columns stand behind those of the first.
     */
    public void multiply(Linear left, @Nullable Linear right, Piece piece, Compute.Worker worker) {
        int panels = piece.panels();
        int matrices = right == null ? 1 : 2;
        int rows = Math.ceilDiv(count, ROW_MULTIPLE) * ROW_MULTIPLE;
        clear(rows, matrices * panels * Panel.LANES);
        Panel panel = worker.workspace().panel;
        for (int k = 0; k < left.inputs(); k += Workspace.DEPTH) {
            int depth = Math.min(Workspace.DEPTH, left.inputs() - k);
            load(left.inputColumn() + k, depth);
            for (int i = 0; i < matrices * panels; i++) {
                Linear matrix = right == null || i < panels ? left : right;
                panel.own(depth).between(0, at(0, i * Panel.LANES), Panel.LANES);
                matrix.unpack(piece.firstPanel() + i % panels, k, panel, worker);
                worker.kernels().multiply(inputs, sums, 0, rows, panel);
            }
        }
    }

    private void clear(int rows, int columns) {
        for (int column = 0; column < columns; column += COLUMNS) {
            for (int row = 0; row < rows; row++) {
                int from = at(row, column);
                Arrays.fill(sums.data(), from, from + Math.min(COLUMNS, columns - column), 0f);
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
            for (int from = 0; from < length; from += COLUMNS) {
                int part = Math.min(COLUMNS, length - from);
                System.arraycopy(sums.data(), at(i, from), y.data(), y.at(firstRow + i, column + from), part);
            }
        }
    }

    long bytes() {
        return inputs.bytes() + sums.bytes();
    }
}
