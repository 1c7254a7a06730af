package dev.hadal.kernel;

/**
 * How a product of {@code rows} by {@code panels} is cut into pieces that can be computed independently.
 *
 * @param rows of the product
 * @param panels of the matrix
 * @param rowsEach rows of a piece, except the last
 * @param panelsEach panels of a piece, except the last
 * @param apart whether the two panels of a piece lie half of all panels apart, for one row
 */
public record Tiling(int rows, int panels, int rowsEach, int panelsEach, boolean apart) {
    /** Pieces for each thread that are enough for all to end at about the same time. */
    private static final int ENOUGH = 4;
    /** With fewer rows, decoding a panel costs more than a tenth of using it. */
    private static final int FEWEST_ROWS = 64;

    /** Pieces whose panels are neighbours. */
    Tiling(int rows, int panels, int rowsEach, int panelsEach) {
        this(rows, panels, rowsEach, panelsEach, false);
    }

    /** One row by two panels, of which one is in the first half of all. */
    static Tiling pairs(int panels) {
        return new Tiling(1, panels, 1, 2, true);
    }

    /** Large pieces read and decode least; they are made smaller until there are enough of them. */
    static Tiling of(int rows, int panels, int threads) {
        int rowsEach = Math.min(rows, Tile.ROWS);
        int panelsEach = Math.min(panels, Tile.PANELS);
        int enough = threads == 1 ? 1 : ENOUGH * threads;
        while (new Tiling(rows, panels, rowsEach, panelsEach).pieces() < enough) {
            if (panelsEach > Tile.PANELS / 2) {
                panelsEach = Tile.PANELS / 2;
            } else if (rowsEach > FEWEST_ROWS) {
                rowsEach = Math.max(FEWEST_ROWS, rowsEach / 2);
            } else if (panelsEach > 1) {
                panelsEach /= 2;
            } else {
                break;
            }
        }
        return new Tiling(rows, panels, rowsEach, panelsEach);
    }

    /** Number of pieces. */
    public int pieces() {
        return Math.ceilDiv(rows, rowsEach) * panelPieces();
    }

    private int panelPieces() {
        return Math.ceilDiv(panels, panelsEach);
    }

    /** One of the pieces, put into {@code piece}. */
    public Piece piece(int number, Piece piece) {
        if (apart) {
            return piece.pair(0, number, panelPieces(), panels);
        }
        int firstRow = number / panelPieces() * rowsEach;
        int firstPanel = number % panelPieces() * panelsEach;
        return piece.of(
                firstRow, Math.min(rowsEach, rows - firstRow), firstPanel, Math.min(panelsEach, panels - firstPanel));
    }
}
