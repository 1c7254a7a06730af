package dev.hadal.kernel;

import java.util.Random;

/** Seeded test numbers. */
final class Numbers {
    private static final float[] SPECIAL = {
        0f,
        -0f,
        Float.MIN_VALUE,
        -Float.MIN_VALUE,
        Float.MIN_NORMAL,
        0x1.fffffcp-127f,
        -0x1.8p-130f,
        Float.MAX_VALUE,
        -Float.MAX_VALUE,
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY,
        Float.NaN
    };

    private Numbers() {}

    /** Values of both signs over some orders of magnitude, so that every addition rounds. */
    static float[] ordinary(Random random, int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) (random.nextGaussian() * Math.exp(2 * random.nextGaussian()));
        }
        return values;
    }

    /** The same with a zero of either sign, a subnormal, a huge value, an infinity or NaN here and there. */
    static float[] mixed(Random random, int length) {
        float[] values = ordinary(random, length);
        for (int i = 0; i < length; i++) {
            if (random.nextInt(20) == 0) {
                values[i] = SPECIAL[random.nextInt(SPECIAL.length)];
            }
        }
        return values;
    }

    static float[] of(Random random, int length, boolean special) {
        return special ? mixed(random, length) : ordinary(random, length);
    }

    /** The bits of each value; all NaN are one, since neither the language nor the processor says which it is. */
    static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            bits[i] = Float.floatToIntBits(values[i]);
        }
        return bits;
    }
}
