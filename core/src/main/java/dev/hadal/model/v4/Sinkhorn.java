package dev.hadal.model.v4;

import dev.hadal.kernel.Exponential;

/** Makes a 4 x 4 matrix of logits doubly stochastic, as the official code does it (architecture.md 4.2). */
final class Sinkhorn {
    private static final int N = HyperConnection.STREAMS;

    private Sinkhorn() {}

    /**
     * Normalises in place: a softmax over each row plus epsilon, then columns; then {@code iterations - 1} times rows
     * and columns. The last step is always a column normalisation.
     */
    static void normalise(float[] m, int at, int iterations, float epsilon) {
        for (int row = 0; row < N; row++) {
            softmax(m, at + row * N, epsilon);
        }
        divideByColumnSums(m, at, epsilon);
        for (int i = 1; i < iterations; i++) {
            for (int row = 0; row < N; row++) {
                divideByRowSum(m, at + row * N, epsilon);
            }
            divideByColumnSums(m, at, epsilon);
        }
    }

    private static void softmax(float[] m, int at, float epsilon) {
        float max = Math.max(Math.max(m[at], m[at + 1]), Math.max(m[at + 2], m[at + 3]));
        float sum = 0f;
        for (int k = at; k < at + N; k++) {
            m[k] = Exponential.exp(m[k] - max);
            sum += m[k];
        }
        for (int k = at; k < at + N; k++) {
            m[k] = m[k] / sum + epsilon;
        }
    }

    private static void divideByRowSum(float[] m, int at, float epsilon) {
        float sum = m[at] + m[at + 1] + m[at + 2] + m[at + 3] + epsilon;
        for (int k = at; k < at + N; k++) {
            m[k] /= sum;
        }
    }

    private static void divideByColumnSums(float[] m, int at, float epsilon) {
        for (int k = at; k < at + N; k++) {
            float sum = m[k] + m[k + N] + m[k + 2 * N] + m[k + 3 * N] + epsilon;
            for (int j = k; j < k + N * N; j += N) {
                m[j] /= sum;
            }
        }
    }
}
