package dev.hadal.model.v4;

/** The Walsh-Hadamard transform in natural order, scaled to be orthonormal (architecture.md 3.5). */
final class Hadamard {
    private Hadamard() {}

    /** Transforms {@code length} values in place; the length must be a power of two. */
    static void transform(float[] values, int offset, int length) {
        for (int half = 1; half < length; half *= 2) {
            for (int start = offset; start < offset + length; start += 2 * half) {
                for (int i = start; i < start + half; i++) {
                    float a = values[i];
                    float b = values[i + half];
                    values[i] = a + b;
                    values[i + half] = a - b;
                }
            }
        }
        float scale = (float) (1 / Math.sqrt(length));
        for (int i = offset; i < offset + length; i++) {
            values[i] *= scale;
        }
    }
}
