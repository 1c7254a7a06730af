package dev.hadal.engine;

/**
 * What steps cost, learned from those that ran: a step takes so long, and so much more for each row that continues a
 * sequence by its newest id, and for each row of a prompt. Each observation corrects the three figures by a part of the
 * error, in proportion to what each contributed (normalised least mean squares).
 */
final class Pace {
    private static final double CORRECTION = 0.3;
    /** A step that was held up, by a collection of garbage or a compilation, says little about the next. */
    private static final double MOST_SURPRISE = 1;

    private static final double FIRST_GUESS_NANOS = 1e6;

    private double stepNanos;
    private double decodeNanos = FIRST_GUESS_NANOS;
    private double promptNanos = FIRST_GUESS_NANOS;
    private boolean measured;

    /** Learns from a step. */
    void observe(int decodeRows, int promptRows, long nanos) {
        int rows = decodeRows + promptRows;
        if (rows == 0) {
            return;
        }
        if (!measured) {
            measured = true;
            decodeNanos = (double) nanos / rows;
            promptNanos = decodeNanos;
            return;
        }
        double expected = nanos(decodeRows, promptRows);
        double error = Math.min(nanos - expected, MOST_SURPRISE * expected);
        double step = CORRECTION * error / (1.0 + (double) decodeRows * decodeRows + (double) promptRows * promptRows);
        stepNanos = Math.max(0, stepNanos + step);
        decodeNanos = Math.max(1, decodeNanos + step * decodeRows);
        promptNanos = Math.max(1, promptNanos + step * promptRows);
    }

    /** What a step is expected to take. */
    double nanos(int decodeRows, int promptRows) {
        return stepNanos + decodeNanos * decodeRows + promptNanos * promptRows;
    }

    /** How many rows of prompts may join so many others if the step is to take no longer than {@code target}. */
    int promptRows(int decodeRows, long targetNanos) {
        double rows = (targetNanos - nanos(decodeRows, 0)) / promptNanos;
        return (int) Math.clamp(rows, 0, Integer.MAX_VALUE);
    }

    /** What a row of a prompt costs. */
    double promptNanos() {
        return promptNanos;
    }

    /** What a row that continues a sequence costs. */
    double decodeNanos() {
        return decodeNanos;
    }

    /** What a row of a prompt takes, on average, in steps of a target that so many other rows are part of. */
    double promptNanosBeside(int decodeRows, long targetNanos) {
        if (!measured) {
            return 0;
        }
        double others = decodeRows == 0 ? 0 : nanos(decodeRows, 0);
        double left = Math.max(targetNanos - others, (double) targetNanos / 4);
        return promptNanos * (left + others) / left;
    }
}
