package dev.hadal.model.v4;

import dev.hadal.kernel.StateKernels;

/**
 * Rotary embedding of the last {@code 2 * pairs} values of a vector, interleaved pairs (architecture.md 3.1). The angle
 * is the single-precision product of position and frequency, since that is what the model was trained with: at a
 * million positions a more exact product would be a different one.
 */
final class Rope {
    private final float[] frequencies;

    private Rope(float[] frequencies) {
        this.frequencies = frequencies;
    }

    /** For layers without compression: no scaling. */
    static Rope plain(V4Config config) {
        return new Rope(frequencies(config.ropeTheta(), config.qkRopeHeadDim()));
    }

    /** For layers with compression, in all their parts: YaRN interpolates the lower frequencies. */
    static Rope scaled(V4Config config) {
        int dims = config.qkRopeHeadDim();
        RopeScaling yarn = config.ropeScaling();
        float[] f = frequencies(config.compressRopeTheta(), dims);
        double low = Math.max(Math.floor(turns(config, yarn.betaFast())), 0);
        double high = Math.min(Math.ceil(turns(config, yarn.betaSlow())), dims - 1);
        for (int j = 0; j < f.length; j++) {
            float ramp = (float) Math.clamp((j - low) / (high - low), 0.0, 1.0);
            float keep = 1f - ramp;
            f[j] = f[j] / (float) yarn.factor() * (1f - keep) + f[j] * keep;
        }
        return new Rope(f);
    }

    private static float[] frequencies(double theta, int dims) {
        float[] f = new float[dims / 2];
        for (int j = 0; j < f.length; j++) {
            f[j] = 1f / (float) StrictMath.pow(theta, 2.0 * j / dims);
        }
        return f;
    }

    /** The dimension whose frequency turns {@code turns} times within the original length. */
    private static double turns(V4Config config, double turns) {
        double length = config.ropeScaling().originalMaxPositionEmbeddings();
        return config.qkRopeHeadDim()
                * StrictMath.log(length / (turns * 2 * Math.PI))
                / (2 * StrictMath.log(config.compressRopeTheta()));
    }

    /** The frequencies, one for each pair. */
    float[] frequencies() {
        return frequencies.clone();
    }

    /** Rotated pairs. */
    int pairs() {
        return frequencies.length;
    }

    /** Writes the angles of one position as a row of {@code angles}. */
    void angles(int position, Angles angles, int row) {
        int at = row * 2 * pairs();
        for (int j = 0; j < frequencies.length; j++) {
            float angle = (float) position * frequencies[j];
            float cos = (float) StrictMath.cos(angle);
            float sin = (float) StrictMath.sin(angle);
            angles.cosines[at + 2 * j] = cos;
            angles.cosines[at + 2 * j + 1] = cos;
            angles.sines[at + 2 * j] = -sin;
            angles.sines[at + 2 * j + 1] = sin;
        }
    }

    /**
     * The angles of the rows of a batch, as {@link StateKernels#rotate} reads them.
     *
     * @param cosines {@code [rows, 2 * pairs]}
     * @param sines {@code [rows, 2 * pairs]}
     * @param pairs rotated pairs
     */
    record Angles(float[] cosines, float[] sines, int pairs) {
        static Angles allocate(int rows, int pairs) {
            int values = Math.multiplyExact(rows, 2 * pairs);
            return new Angles(new float[values], new float[values], pairs);
        }

        /** Rotates the pairs that begin at {@code offset} by the angles of a row. */
        void rotate(StateKernels kernels, float[] values, int offset, int row) {
            kernels.rotate(values, offset, cosines, sines, row * 2 * pairs, 2 * pairs);
        }

        /** Rotates back. */
        void rotateBack(StateKernels kernels, float[] values, int offset, int row) {
            kernels.rotateBack(values, offset, cosines, sines, row * 2 * pairs, 2 * pairs);
        }

        long bytes() {
            return 2L * cosines.length * Float.BYTES;
        }
    }
}
