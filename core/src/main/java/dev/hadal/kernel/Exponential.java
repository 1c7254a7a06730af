package dev.hadal.kernel;

/**
 * The one exponential of the engine: the library's differs between compilers and platforms, this one does not. Within
 * 2 ulp of the true value; 0 below {@link #LOWEST}, infinite above {@link #HIGHEST}, NaN for NaN.
 */
public final class Exponential {
    /** Below this the result would be subnormal; it is 0. */
    static final float LOWEST = -0x1.5d589ep6f;
    /** Above this the result exceeds the largest float. */
    static final float HIGHEST = 0x1.62e42ep6f;

    /** Adding 1.5 * 2^23 rounds to an integer and leaves it in the low bits of the sum. */
    static final float ROUNDER = 12582912f;

    static final int ROUNDER_BITS = Float.floatToRawIntBits(ROUNDER);
    static final float LOG2_E = 0x1.715476p0f;
    /** ln 2 in two parts, the first with so few bits that its multiples are exact. */
    static final float LN2_HIGH = 0x1.63p-1f;

    static final float LN2_LOW = -0x1.bd0106p-13f;
    static final float C5 = 0x1.a0d2cep-13f;
    static final float C4 = 0x1.6e879cp-10f;
    static final float C3 = 0x1.11121p-7f;
    static final float C2 = 0x1.555382p-5f;
    static final float C1 = 0x1.555554p-3f;
    static final float C0 = 0x1.0p-1f;

    private Exponential() {}

    /** e to the power {@code x}. */
    public static float exp(float x) {
        if (!(x >= LOWEST)) {
            return Float.isNaN(x) ? x : 0f;
        }
        if (x > HIGHEST) {
            return Float.POSITIVE_INFINITY;
        }
        float rounded = Math.fma(x, LOG2_E, ROUNDER);
        float n = rounded - ROUNDER;
        float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, x));
        float p = Math.fma(C5, r, C4);
        p = Math.fma(p, r, C3);
        p = Math.fma(p, r, C2);
        p = Math.fma(p, r, C1);
        p = Math.fma(p, r, C0);
        p = Math.fma(p, r * r, r) + 1f;
        int exponent = (Float.floatToRawIntBits(rounded) - ROUNDER_BITS) << 23;
        return Float.intBitsToFloat(Float.floatToRawIntBits(p) + exponent);
    }
}
