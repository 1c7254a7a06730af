package dev.hadal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HadamardTest {
    private static final StateKernels KERNELS = KernelSelector.scalar().state();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 32, 64, 128})
    void multipliesByTheSylvesterMatrix(int length) {
        float[] values = Numbers.ordinary(new Random(length), length + 4);
        float[] transformed = values.clone();
        KERNELS.hadamard(transformed, 3, length);
        for (int row = 0; row < length; row++) {
            double sum = 0;
            for (int column = 0; column < length; column++) {
                // The sign in natural order: one factor for each binary digit that both indices have.
                int sign = Integer.bitCount(row & column) % 2 == 0 ? 1 : -1;
                sum += sign * values[3 + column];
            }
            assertThat((double) transformed[3 + row]).isCloseTo(sum / Math.sqrt(length), Offset.offset(1e-4));
        }
        assertThat(Arrays.copyOf(transformed, 3)).isEqualTo(Arrays.copyOf(values, 3));
        assertThat(transformed[length + 3]).isEqualTo(values[length + 3]);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 64, 128})
    void isItsOwnInverse(int length) {
        float[] values = Numbers.ordinary(new Random(length), length);
        float[] twice = values.clone();
        KERNELS.hadamard(twice, 0, length);
        KERNELS.hadamard(twice, 0, length);
        assertThat(twice).containsExactly(values, Offset.offset(1e-4f));
    }
}
