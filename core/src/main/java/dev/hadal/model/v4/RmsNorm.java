package dev.hadal.model.v4;

import dev.hadal.kernel.Kernels;
import dev.hadal.kernel.Rows;

/**
 * RMS normalisation with a learned weight (architecture.md 2).
 *
 * @param weight one factor for each channel
 * @param epsilon added to the mean square
 */
record RmsNorm(float[] weight, float epsilon) {

    /** Normalises the first {@code rows} rows in place. */
    void forward(Pass pass, Rows x, int rows) {
        pass.loop(rows, this, x, RmsNorm::row);
    }

    /** Normalises one row in place. */
    void row(Pass pass, Rows x, int row, int worker) {
        forward(pass.compute().kernels(), x.data(), x.at(row));
        pass.numerics().round(RoundingPoint.NORM, x.data(), x.at(row), weight.length);
    }

    /** Normalises one vector in place. */
    void forward(Kernels kernels, float[] x, int offset) {
        float factor = factor(kernels.sumOfSquares(x, offset, weight.length), weight.length, epsilon);
        for (int i = 0; i < weight.length; i++) {
            x[offset + i] = weight[i] * (x[offset + i] * factor);
        }
    }

    /** The reciprocal root of the mean square. */
    static float factor(float sumOfSquares, int length, float epsilon) {
        return 1f / (float) Math.sqrt(sumOfSquares / length + epsilon);
    }
}
