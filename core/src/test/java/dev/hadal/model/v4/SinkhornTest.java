package dev.hadal.model.v4;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SinkhornTest {
    private static final double EPSILON = 1e-6f;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 20})
    void normalisesAsInDoublePrecision(int iterations) {
        for (int seed = 0; seed < 200; seed++) {
            float[] m = Tensors.gaussian(new Random(seed), 20, seed % 2 == 0 ? 1f : 6f);
            double[][] expected = normalised(m, 3, iterations);
            float before = m[2];
            Sinkhorn.normalise(m, 3, iterations, (float) EPSILON);
            assertThat(m[2]).isEqualTo(before);
            for (int i = 0; i < 16; i++) {
                assertThat((double) m[3 + i]).isCloseTo(expected[i / 4][i % 4], Offset.offset(3e-6));
            }
        }
    }

    @Test
    void columnsComeLast() {
        float[] m = Tensors.gaussian(new Random(4), 16, 6f);
        Sinkhorn.normalise(m, 0, 2, (float) EPSILON);
        double furthestRow = 0;
        for (int i = 0; i < 4; i++) {
            double column = m[i] + m[4 + i] + m[8 + i] + m[12 + i];
            double row = m[4 * i] + m[4 * i + 1] + m[4 * i + 2] + m[4 * i + 3];
            assertThat(column).isCloseTo(1, Offset.offset(3e-6));
            furthestRow = Math.max(furthestRow, Math.abs(row - 1));
        }
        assertThat(furthestRow).isGreaterThan(1e-3);
    }

    @Test
    void hugeLogitsStayFinite() {
        float[] m = new float[16];
        for (int i = 0; i < 16; i++) {
            m[i] = i % 5 == 0 ? 3e4f : -3e4f;
        }
        Sinkhorn.normalise(m, 0, 20, (float) EPSILON);
        for (int i = 0; i < 16; i++) {
            assertThat((double) m[i]).isCloseTo(i % 5 == 0 ? 1 : 0, Offset.offset(1e-4));
        }
    }

    /** The text of architecture.md 4.2. */
    static double[][] normalised(float[] logits, int at, int iterations) {
        double[][] m = new double[4][4];
        for (int j = 0; j < 4; j++) {
            double sum = 0;
            for (int k = 0; k < 4; k++) {
                m[j][k] = Math.exp(logits[at + 4 * j + k]);
                sum += m[j][k];
            }
            for (int k = 0; k < 4; k++) {
                m[j][k] = m[j][k] / sum + EPSILON;
            }
        }
        columns(m);
        for (int i = 1; i < iterations; i++) {
            for (double[] row : m) {
                double sum = row[0] + row[1] + row[2] + row[3] + EPSILON;
                for (int k = 0; k < 4; k++) {
                    row[k] /= sum;
                }
            }
            columns(m);
        }
        return m;
    }

    private static void columns(double[][] m) {
        for (int k = 0; k < 4; k++) {
            double sum = m[0][k] + m[1][k] + m[2][k] + m[3][k] + EPSILON;
            for (double[] row : m) {
                row[k] /= sum;
            }
        }
    }
}
