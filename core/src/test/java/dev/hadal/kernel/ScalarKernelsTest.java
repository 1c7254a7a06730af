package dev.hadal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The definitions, against decimal numbers that are rounded exactly where the definitions say so. */
class ScalarKernelsTest {
    private final Kernels kernels = new ScalarKernels();

    @ParameterizedTest
    @ValueSource(ints = {1, 32, 128, Integer.MAX_VALUE})
    void multiplyScalesThePartOfEachBlockAndAddsIt(int block) {
        int depth = 150;
        int lanes = 5;
        Random random = new Random(block);
        Rows x = new Rows(Numbers.ordinary(random, 2 * depth), depth);
        Rows y = new Rows(Numbers.ordinary(random, 2 * lanes), lanes);
        Panel panel = new Panel(0, depth)
                .over(Numbers.ordinary(random, depth * lanes), 0, lanes, depth)
                .between(0, 0, lanes);
        System.arraycopy(Numbers.ordinary(random, panel.scales.length), 0, panel.scales, 0, panel.scales.length);
        panel.block = block;
        float[] expected = y.data().clone();
        for (int row = 0; row < 2; row++) {
            for (int lane = 0; lane < lanes; lane++) {
                for (int k = 0, b = 0; k < depth; b++) {
                    float part = 0f;
                    int inputs = Math.min(block, depth - k);
                    for (int i = 0; i < inputs; i++, k++) {
                        part = fma(x.data()[row * depth + k], panel.weights[k * lanes + lane], part);
                    }
                    int at = row * lanes + lane;
                    expected[at] = fma(panel.scales[b * Panel.LANES + lane], part, expected[at]);
                }
            }
        }
        kernels.multiply(x, y, 0, 2, panel);
        assertThat(Numbers.bits(y.data())).isEqualTo(Numbers.bits(expected));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 100})
    void sumsUseSixteenLanesAndATree(int length) {
        Random random = new Random(length);
        float[] x = Numbers.ordinary(random, length + 3);
        float[] sum = new float[16];
        float[] squares = new float[16];
        for (int i = 0; i < length; i++) {
            float value = x[i + 3];
            sum[i % 16] = fma(1f, value, sum[i % 16]);
            squares[i % 16] = fma(value, value, squares[i % 16]);
        }
        assertThat(kernels.sum(x, 3, length)).isEqualTo(tree(sum));
        assertThat(kernels.sumOfSquares(x, 3, length)).isEqualTo(tree(squares));
    }

    @ParameterizedTest
    @ValueSource(floats = {0f, 1.5f, -3f})
    void exponentialsAreThoseOfTheShiftedValues(float shift) {
        float[] x = Numbers.ordinary(new Random(7), 50);
        float[] before = x.clone();
        kernels.exponentials(x, 10, 30, shift);
        for (int i = 0; i < 50; i++) {
            float expected = i < 10 || i >= 40 ? before[i] : Exponential.exp(before[i] - shift);
            assertThat(x[i]).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {2f, 10f, 1000f})
    void swigluClampsTheGateAboveAndTheOtherBranchOnBothSides(float limit) {
        Random random = new Random(3);
        Rows gate = new Rows(Numbers.ordinary(random, 400), 200);
        Rows up = new Rows(Numbers.ordinary(random, 400), 200);
        float[] before = gate.data().clone();
        kernels.swiglu(gate.data(), 200, up.data(), 200, 190, new Kernels.Clamp(limit, 0.7f));
        assertThat(Arrays.copyOf(gate.data(), 200)).isEqualTo(Arrays.copyOf(before, 200));
        for (int i = 200; i < 390; i++) {
            double g = Math.min(before[i], limit);
            double u = Math.clamp(up.data()[i], -limit, limit);
            double expected = g / (1 + Math.exp(-g)) * u * 0.7f;
            assertThat((double) gate.data()[i]).isCloseTo(expected, Offset.offset(1e-6 * Math.abs(expected) + 1e-37));
        }
        assertThat(gate.data()[395]).isEqualTo(before[395]);
    }

    /** {@code a * b + c}, rounded once. */
    private static float fma(float a, float b, float c) {
        return new BigDecimal(a)
                .multiply(new BigDecimal(b))
                .add(new BigDecimal(c))
                .floatValue();
    }

    /** Neighbours eight apart, then four, two and one, are added. */
    private static float tree(float[] lanes) {
        if (lanes.length == 1) {
            return lanes[0];
        }
        float[] half = new float[lanes.length / 2];
        for (int i = 0; i < half.length; i++) {
            half[i] = fma(1f, lanes[i], lanes[i + half.length]);
        }
        return tree(half);
    }
}
