package dev.hadal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TilingTest {
    private static final int[] ROWS = {1, 3, 64, 65, 256, 257, 512, 1000};
    private static final int[] PANELS = {1, 2, 7, 8, 9, 64, 1024};

    @Test
    void piecesCoverEveryRowOfEveryPanelOnce() {
        for (int rows : ROWS) {
            for (int panels : PANELS) {
                for (int threads : new int[] {1, 2, 32}) {
                    covers(Tiling.of(rows, panels, threads));
                }
            }
        }
    }

    private static void covers(Tiling tiling) {
        boolean[] covered = new boolean[tiling.rows() * tiling.panels()];
        int count = 0;
        for (int i = 0; i < tiling.pieces(); i++) {
            Piece piece = tiling.piece(i, new Piece());
            assertThat(piece.rows()).as("%s", tiling).isBetween(1, Tile.ROWS);
            assertThat(piece.panels()).as("%s", tiling).isBetween(1, Tile.PANELS);
            for (int row = piece.firstRow(); row < piece.endRow(); row++) {
                for (int panel = piece.firstPanel(); panel < piece.firstPanel() + piece.panels(); panel++) {
                    assertThat(covered[row * tiling.panels() + panel]).isFalse();
                    covered[row * tiling.panels() + panel] = true;
                    count++;
                }
            }
        }
        assertThat(count).as("%s", tiling).isEqualTo(covered.length);
    }

    @Test
    void largeProductsAreCutIntoPiecesForAllThreads() {
        assertThat(Tiling.of(512, 512, 2)).isEqualTo(new Tiling(512, 512, Tile.ROWS, Tile.PANELS));
        assertThat(Tiling.of(512, 16, 1).pieces()).isEqualTo(4);
        assertThat(Tiling.of(512, 16, 2).pieces()).isGreaterThanOrEqualTo(8);
        assertThat(Tiling.of(512, 1, 2).pieces()).isGreaterThanOrEqualTo(8);
        assertThat(Tiling.of(12, 16, 32).pieces()).isEqualTo(16);
    }

    @Test
    void aPieceKnowsItsOutputs() {
        Piece last = new Piece().of(3, 4, 2, 2);
        assertThat(last.endRow()).isEqualTo(7);
        assertThat(last.firstColumn()).isEqualTo(64);
        assertThat(last.columns(100)).isEqualTo(36);
        assertThat(last.columns(300)).isEqualTo(64);
    }
}
