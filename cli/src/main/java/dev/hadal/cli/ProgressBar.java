package dev.hadal.cli;

/** How much of some bytes is done: drawn over and over on a screen, silent elsewhere. */
final class ProgressBar {
    private static final int WIDTH = 30;

    private final Terminal terminal;
    private final long total;
    private long shownPermille = -1;

    /** A bar for {@code total} bytes. */
    ProgressBar(Terminal terminal, long total) {
        this.terminal = terminal;
        this.total = total;
    }

    /** Draws the bar if it has visibly moved. */
    void at(long done) {
        long permille = total == 0 ? 1000 : Math.round(1000.0 * done / total);
        if (permille != shownPermille) {
            shownPermille = permille;
            int filled = (int) (permille * WIDTH / 1000);
            terminal.progress("[" + "#".repeat(filled) + ".".repeat(WIDTH - filled) + "] " + Figures.bytes(done)
                    + " of " + Figures.bytes(total));
        }
    }
}
