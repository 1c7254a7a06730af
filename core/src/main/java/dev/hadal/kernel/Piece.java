package dev.hadal.kernel;

/**
 * A part of a product that one worker computes: some rows by some panels, neighbours or two that lie apart. Each worker
 * has one that it uses again.
 */
public final class Piece {
    private int firstRow;
    private int rows;
    private int firstPanel;
    private int panels;
    private int apart;

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
        apart = 1;
        firstRow = row;
        rows = rowCount;
        firstPanel = panel;
        panels = panelCount;
        return this;
    }

    /**
     * One row and a panel, together with another one if the matrix has that.
     *
     * @param row the row
     * @param panel first panel of the matrix
     * @param distance from the first panel to the other
     * @param allPanels of the matrix
     */
    public Piece pair(int row, int panel, int distance, int allPanels) {
        of(row, 1, panel, panel + distance < allPanels ? 2 : 1);
        apart = distance;
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

    /** One of the panels, counted from 0. */
    public int panel(int index) {
        return firstPanel + index * apart;
    }

    /** Whether it is one row and two panels. */
    boolean isPair() {
        return rows == 1 && panels == 2;
    }

    /** The first output, if the panels are neighbours. */
    public int firstColumn() {
        return firstPanel * Panel.LANES;
    }

    /** Number of outputs, in a matrix that has {@code outputs}. */
    public int columns(int outputs) {
        return Math.min(panels * Panel.LANES, outputs - firstColumn());
    }
}
