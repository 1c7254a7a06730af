package dev.hadal.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NarrowLinearTest {
    @ParameterizedTest
    @CsvSource({"24, 8192", "4, 512", "1, 100", "32, 1300"})
    void anyNumberOfRowsHasTheBitsOfAnyMatrix(int outputs, int inputs) {
        Random random = new Random(inputs);
        StoredMatrix stored = StoredMatrix.random(StoredMatrix.Format.F32, outputs, inputs, random);
        NarrowLinear narrow = new NarrowLinear(stored.weight());
        int rows = NarrowLinear.FEW_ROWS + 5;
        Rows x = new Rows(Numbers.mixed(random, rows * inputs), inputs);
        Rows expected = Rows.allocate(rows, outputs);
        try (Compute compute = new Compute(new ScalarKernels(), 2)) {
            stored.linear().forward(x, expected, rows, compute);
        }
        Rows parts = Rows.allocate(NarrowLinear.FEW_ROWS, NarrowLinear.parts(inputs));
        for (int bits : new int[] {0, 128, 256, 512}) {
            Kernels kernels = bits == 0 ? new ScalarKernels() : KernelSelector.vector(bits);
            try (Compute compute = new Compute(kernels, 2)) {
                for (int count : new int[] {1, 2, NarrowLinear.FEW_ROWS, rows}) {
                    Rows y = Rows.allocate(rows, Panel.LANES + 1);
                    Arrays.fill(y.data(), 7f);
                    narrow.forward(x, y, count, parts, compute);
                    for (int row = 0; row < rows; row++) {
                        float[] actual = Arrays.copyOfRange(y.data(), y.at(row), y.at(row) + outputs);
                        float[] wanted = new float[outputs];
                        Arrays.fill(wanted, 7f);
                        if (row < count) {
                            System.arraycopy(expected.data(), expected.at(row), wanted, 0, outputs);
                        }
                        assertThat(Numbers.bits(actual)).isEqualTo(Numbers.bits(wanted));
                    }
                }
            }
        }
    }

    @Test
    void refusesMoreOutputsThanLanes() {
        StoredMatrix stored = StoredMatrix.random(StoredMatrix.Format.F32, 33, 4, new Random(1));
        assertThatThrownBy(() -> new NarrowLinear(stored.weight()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("weight: 33 outputs are more than 32");
    }
}
