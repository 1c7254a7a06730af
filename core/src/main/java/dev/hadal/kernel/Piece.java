package dev.hadal.kernel;

/**
 * A part of a product that one worker computes: some rows by some panels.
 *
 * @param firstRow first row
 * @param rows number of rows
 * @param firstPanel first panel of the matrix
 * @param panels number of panels
 */
public record Piece(int firstRow, int rows, int firstPanel, int panels) {
    /** The row behind the last. */
    public int endRow() {
        return firstRow + rows;
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
