package dev.hadal.tensor;

/**
 * Exact scalar conversions between float and the storage formats (architecture.md 6.3) and the two fake quantisations
 * (7.1). The definition that every faster version is compared with.
 */
public final class Formats {
    private static final float[] E4M3 = new float[256];
    private static final float[] E2M1 = {0, 0.5f, 1, 1.5f, 2, 3, 4, 6, -0f, -0.5f, -1, -1.5f, -2, -3, -4, -6};
    private static final float E4M3_MAX = 448;
    private static final float E4M3_MIN_NORMAL = 0x1p-6f;
    private static final float E4M3_STEPS_PER_UNIT = 0x1p9f;
    private static final float FP8_LEAST_MAXIMUM = 1e-4f;
    private static final float FP4_LEAST_MAXIMUM = 6 * Float.MIN_NORMAL;

    static {
        for (int code = 0; code < 256; code++) {
            E4M3[code] = decodeE4m3(code);
        }
    }

    private Formats() {}

    private static float decodeE4m3(int code) {
        int exponent = code >> 3 & 15;
        int mantissa = code & 7;
        if (exponent == 15 && mantissa == 7) {
            return Float.NaN;
        }
        float magnitude = exponent == 0 ? Math.scalb(mantissa, -9) : Math.scalb(8 + mantissa, exponent - 10);
        return code < 128 ? magnitude : -magnitude;
    }

    /** A bf16 code as a float; exact. */
    public static float bf16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /** The nearest bf16 code, ties to even; NaN stays NaN and becomes quiet. */
    public static short toBf16(float v) {
        int bits = Float.floatToRawIntBits(v);
        if (Float.isNaN(v)) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) ((bits + 0x7fff + (bits >>> 16 & 1)) >>> 16);
    }

    /** A float rounded to the nearest bf16 value. */
    public static float roundBf16(float v) {
        return bf16(toBf16(v));
    }

    /** An e4m3 "fn" code as a float; 0x7F and 0xFF are NaN, there are no infinities. */
    public static float e4m3(byte code) {
        return E4M3[code & 0xff];
    }

    /** The nearest e4m3 code, ties to even, saturating to 448; every NaN becomes 0x7F. */
    public static byte toE4m3(float v) {
        if (Float.isNaN(v)) {
            return 0x7f;
        }
        int bits = Float.floatToRawIntBits(v);
        int sign = bits >>> 24 & 0x80;
        float magnitude = Math.min(Math.abs(v), E4M3_MAX);
        if (magnitude < E4M3_MIN_NORMAL) {
            return (byte) (sign | (int) Math.rint(magnitude * E4M3_STEPS_PER_UNIT));
        }
        int m = Float.floatToRawIntBits(magnitude);
        int rounded = (m + 0x7ffff + (m >>> 20 & 1)) >>> 20;
        return (byte) (sign | rounded - (120 << 3));
    }

    /** An e8m0 code as a float: {@code 2^(code - 127)}; 255 is NaN. */
    public static float e8m0(byte code) {
        int exponent = code & 0xff;
        if (exponent == 255) {
            return Float.NaN;
        }
        return exponent == 0 ? 0x1p-127f : Float.intBitsToFloat(exponent << 23);
    }

    /** An e2m1 code, 0 to 15, as a float. */
    public static float e2m1(int nibble) {
        return E2M1[nibble];
    }

    /** The nearest e2m1 code, 0 to 15, ties to the even code, saturating to 6. The format has no NaN. */
    public static int toE2m1(float v) {
        float a = Math.abs(v);
        int sign = Float.floatToRawIntBits(v) >>> 28 & 8;
        return sign | e2m1Magnitude(a);
    }

    private static int e2m1Magnitude(float a) {
        if (a <= 2.5f) {
            if (a <= 1.25f) {
                return a <= 0.25f ? 0 : a < 0.75f ? 1 : 2;
            }
            return a < 1.75f ? 3 : 4;
        }
        return a < 3.5f ? 5 : a <= 5 ? 6 : 7;
    }

    /**
     * The scale of a group whose largest magnitude is given, for e4m3 codes: the least power of two not below
     * {@code max(maxAbs, 1e-4) / 448} (7.1). NaN when {@code maxAbs} is not finite.
     */
    public static float fp8GroupScale(float maxAbs) {
        return ceilPowerOfTwo(Math.max(maxAbs, FP8_LEAST_MAXIMUM) * (1 / 448f));
    }

    /** As {@link #fp8GroupScale}, for e2m1 codes: {@code max(maxAbs, 6 * 2^-126) / 6}. */
    public static float fp4GroupScale(float maxAbs) {
        return ceilPowerOfTwo(Math.max(maxAbs, FP4_LEAST_MAXIMUM) * (1 / 6f));
    }

    /** Works on the bits because a library logarithm may be off by one at exact powers (7.1). */
    private static float ceilPowerOfTwo(float v) {
        int bits = Float.floatToRawIntBits(v);
        int exponent = bits >>> 23;
        if (exponent == 255) {
            return Float.NaN;
        }
        int ceiling = (bits & 0x7fffff) == 0 ? exponent : exponent + 1;
        return Float.intBitsToFloat(ceiling << 23);
    }

    /**
     * Replaces values by what their FP8 storage would give back (7.1). A group with a value that is not finite becomes
     * all NaN, so that the fault stays visible.
     *
     * @param v values, changed in place
     * @param offset first value
     * @param length number of values; the last group may be shorter
     * @param group values that share a scale
     */
    public static void fakeFp8(float[] v, int offset, int length, int group) {
        for (int start = offset; start < offset + length; start += group) {
            int end = Math.min(start + group, offset + length);
            float scale = fp8GroupScale(maxAbs(v, start, end));
            for (int i = start; i < end; i++) {
                v[i] = e4m3(toE4m3(v[i] / scale)) * scale;
            }
        }
    }

    /** As {@link #fakeFp8}, for FP4 storage. */
    public static void fakeFp4(float[] v, int offset, int length, int group) {
        for (int start = offset; start < offset + length; start += group) {
            int end = Math.min(start + group, offset + length);
            float scale = fp4GroupScale(maxAbs(v, start, end));
            for (int i = start; i < end; i++) {
                v[i] = e2m1(toE2m1(v[i] / scale)) * scale;
            }
        }
    }

    private static float maxAbs(float[] v, int start, int end) {
        float max = 0;
        for (int i = start; i < end; i++) {
            max = Math.max(max, Math.abs(v[i]));
        }
        return max;
    }
}
