package dev.hadal.model.v4;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.kernel.NarrowLinear;
import dev.hadal.kernel.Rows;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Against architecture.md 4 in double precision, where a transposed mixing matrix would show at once. */
class HyperConnectionTest {
    private static final int ROWS = 3;

    private final V4Config config = new TinyModel().config();
    private final int dim = config.hiddenSize();
    private final Random random = new Random(8);
    private final float[] fn = Tensors.gaussian(random, 24 * 4 * dim, 0.1f);
    private final float[] base = Tensors.gaussian(random, 24, 1f);
    private final float[] scale = {0.7f, 1.3f, 2.1f};
    private final Rows streams = new Rows(Tensors.gaussian(random, ROWS * 4 * dim, 2f), 4 * dim);
    private final Rows update = new Rows(Tensors.gaussian(random, ROWS * dim, 2f), dim);
    private final HyperConnection connection =
            new HyperConnection(config, new NarrowLinear(Tensors.f32("fn", fn, 24, 4L * dim)), base, scale);

    @Test
    void mixesDownAndUpWithWeightsOfTheStreams() {
        float[] before = streams.data().clone();
        Pass pass = SinglePass.of(config, new int[ROWS]);
        connection.contract(pass, streams);
        assertThat(streams.data()).isEqualTo(before);
        System.arraycopy(update.data(), 0, pass.scratch().update.data(), 0, update.data().length);
        connection.expand(pass, streams);
        for (int row = 0; row < ROWS; row++) {
            check(before, row, pass.scratch().hidden);
        }
    }

    private void check(float[] before, int row, Rows hidden) {
        double[] logits = logits(before, row);
        float[] comb = new float[16];
        for (int i = 0; i < 16; i++) {
            comb[i] = (float) (logits[8 + i] * scale[2] + base[8 + i]);
        }
        double[][] mixed = SinkhornTest.normalised(comb, 0, config.hcSinkhornIters());
        for (int i = 0; i < dim; i++) {
            double down = 0;
            for (int j = 0; j < 4; j++) {
                down += (sigmoid(logits[j] * scale[0] + base[j]) + 1e-6) * before[streams.at(row, j * dim + i)];
            }
            assertThat((double) hidden.data()[hidden.at(row, i)]).isCloseTo(down, Offset.offset(5e-5));
            for (int k = 0; k < 4; k++) {
                double up = 2 * sigmoid(logits[4 + k] * scale[1] + base[4 + k]) * update.data()[update.at(row, i)];
                for (int j = 0; j < 4; j++) {
                    up += mixed[j][k] * before[streams.at(row, j * dim + i)];
                }
                assertThat((double) streams.data()[streams.at(row, k * dim + i)])
                        .isCloseTo(up, Offset.offset(5e-5));
            }
        }
    }

    private double[] logits(float[] before, int row) {
        double squares = 0;
        for (int i = 0; i < 4 * dim; i++) {
            squares += Math.pow(before[streams.at(row, i)], 2);
        }
        double factor = 1 / Math.sqrt(squares / (4 * dim) + 1e-6);
        double[] logits = new double[24];
        for (int j = 0; j < 24; j++) {
            for (int i = 0; i < 4 * dim; i++) {
                logits[j] += (double) fn[j * 4 * dim + i] * before[streams.at(row, i)];
            }
            logits[j] *= factor;
        }
        return logits;
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }
}
