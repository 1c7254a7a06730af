package dev.hadal.sample;

/**
 * The exponential of numbers from -1000 to 0, always with the same bits, unlike {@link Math#exp}; an order of magnitude
 * faster than {@link StrictMath#exp}, of which sampling would need one for each token of the vocabulary. Within 1 ulp.
 */
final class Exp {
    /** The table holds 2^(j/128). */
    private static final int TABLE_BITS = 7;

    private static final int TABLE_SIZE = 1 << TABLE_BITS;
    private static final double[] TABLE = table();

    /** Adding 1.5 * 2^52 rounds to an integer and leaves it in the low bits of the sum. */
    private static final double ROUNDER = 0x1.8p52;

    private static final double STEPS_PER_UNIT = 0x1.71547652b82fep0 * TABLE_SIZE;
    /** ln 2 / 128 in two parts, the first with so few bits that its multiples are exact. */
    private static final double STEP_HIGH = 0x1.62e42fefap-8;

    private static final double STEP_LOW = 0x1.cf79abc9e3b3ap-47;
    private static final double C2 = 1.0 / 2;
    private static final double C3 = 1.0 / 6;
    private static final double C4 = 1.0 / 24;
    private static final double C5 = 1.0 / 120;

    private Exp() {}

    private static double[] table() {
        double[] table = new double[TABLE_SIZE];
        for (int j = 0; j < TABLE_SIZE; j++) {
            table[j] = StrictMath.pow(2, (double) j / TABLE_SIZE);
        }
        return table;
    }

    /** e to the power {@code x}. */
    static double exp(double x) {
        double rounded = x * STEPS_PER_UNIT + ROUNDER;
        long steps = Double.doubleToRawLongBits(rounded);
        double n = rounded - ROUNDER;
        double r = x - n * STEP_HIGH - n * STEP_LOW;
        double r2 = r * r;
        double tail = r + r2 * (C2 + r * C3 + r2 * (C4 + r * C5));
        double base = TABLE[(int) steps & (TABLE_SIZE - 1)];
        double value = base + base * tail;
        // The steps beyond the table are a power of two, added to the exponent.
        return Double.longBitsToDouble(
                Double.doubleToRawLongBits(value) + ((steps & -TABLE_SIZE) << (52 - TABLE_BITS)));
    }
}
