package dev.hadal.kernel;

/** A part of a product that one worker computes: some rows by some panels. Each worker has one that it uses again. */
public final class Piece {
    private int firstRow;
    private int rows;
    private int firstPanel;
    private int panels;

    /** A piece without rows. */
    public Piece() {}

    /**
     * Sets all that it says.
     *
     * @param row first row
     * @param rowCount number of rows
     * @param panel first panel of the matrix
     * @param panelCount number of panels
     */
    public Piece of(int row, int rowCount, int panel, int panelCount) {
        firstRow = row;
        rows = rowCount;
        firstPanel = panel;
        panels = panelCount;
        return this;
    }

    /** First row. */
    public int firstRow() {
        return firstRow;
    }

    /** Number of rows. */
    public int rows() {
        return rows;
    }

    /** The row behind the last. */
    public int endRow() {
        return firstRow + rows;
    }

    /** First panel of the matrix. */
    public int firstPanel() {
        return firstPanel;
    }

    /** Number of panels. */
    public int panels() {
        return panels;
    }

    /** The first output. */
    public int firstColumn() {
        return firstPanel * Panel.LANES;
    }

    /** Number of outputs, in a matrix that has {@code outputs}. */
    public int columns(int outputs) {
        return Math.min(panels * Panel.LANES, outputs - firstColumn());
    }
}
