package dev.hadal.kernel;

import java.util.Arrays;

/** Decoding of packed codes into panels, and what it has in common with products that decode on the way. */
interface UnpackKernels {
    /** Sign, exponent and mantissa of an FP8 code whose sign is the highest bit, moved down by four. */
    int FP8_MASK = 0x87f00000;
    /** What makes a float of these bits the value of the code. */
    float FP8_POWER = 0x1p120f;
    /** As {@link #FP8_MASK} for an FP4 code, moved down by six. */
    int FP4_MASK = 0x81c00000;
    /** As {@link #FP8_POWER}. */
    float FP4_POWER = 0x1p126f;

    /** As {@link PackedKernels#unpack}. */
    void unpack(PackedMatrix matrix, int panelIndex, int input, int depth, Panel into);

    /** The values of FP4, for vectors that they fit into; by no coincidence their number is that of the lanes. */
    static float[] fp4Values() {
        return new float[] {0f, 0.5f, 1f, 1.5f, 2f, 3f, 4f, 6f, -0f, -0.5f, -1f, -1.5f, -2f, -3f, -4f, -6f};
    }

    /** A constant in each lane. */
    static float[] filled(float value, int lanes) {
        float[] values = new float[lanes];
        Arrays.fill(values, value);
        return values;
    }

    /** A constant in each lane. */
    static int[] filled(int value, int lanes) {
        int[] values = new int[lanes];
        Arrays.fill(values, value);
        return values;
    }
}
