package dev.hadal.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hadal.tensor.DType;
import dev.hadal.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Products of every storage format, against weights that are decoded and multiplied in double precision. */
class LinearTest {
    private static final int[] OUTPUTS = {1, 31, 32, 33, 130, 257};
    private static final int[] INPUTS = {1, 32, 96, 100, 128, 160, 257, 288};

    @ParameterizedTest
    @EnumSource
    void multipliesByTheDecodedWeights(StoredMatrix.Format format) {
        try (Compute compute = new Compute(new ScalarKernels(), 2)) {
            for (int outputs : OUTPUTS) {
                for (int inputs : INPUTS) {
                    if (inputs % format.inputsPerByteGroup() == 0) {
                        Random random = new Random(1000L * outputs + inputs);
                        StoredMatrix matrix = StoredMatrix.random(format, outputs, inputs, random);
                        check(matrix, compute, random);
                    }
                }
            }
        }
    }

    private static void check(StoredMatrix matrix, Compute compute, Random random) {
        Linear linear = matrix.linear();
        assertThat(linear.inputs()).isEqualTo(matrix.inputs());
        assertThat(linear.outputs()).isEqualTo(matrix.outputs());
        int rows = 1 + random.nextInt(8);
        Rows x = new Rows(Numbers.ordinary(random, rows * matrix.inputs()), matrix.inputs());
        Rows y = new Rows(Numbers.ordinary(random, rows * matrix.outputs()), matrix.outputs());
        linear.forward(x, y, rows, compute);
        for (int row = 0; row < rows; row++) {
            for (int output = 0; output < matrix.outputs(); output++) {
                matrix.check(y.data()[y.at(row, output)], output, x, x.at(row));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPartReadsAndWritesItsOwnColumnsOnly(StoredMatrix.Format format) {
        Random random = new Random(9);
        StoredMatrix matrix = StoredMatrix.random(format, 300, 160, random);
        int first = 140;
        int outputs = 100;
        Linear part = matrix.linear().part(first, outputs, 7, 3);
        Rows x = new Rows(Numbers.ordinary(random, 4 * 170), 170);
        Rows y = new Rows(Numbers.ordinary(random, 4 * 110), 110);
        float[] before = y.data().clone();
        Compute.Worker worker = new Compute.Worker(0, new ScalarKernels(), new Workspace());
        assertThat(part.panels()).isEqualTo(4);
        for (int panel = 0; panel < part.panels(); panel++) {
            part.forward(new Piece().of(1, 2, panel, 1), x, null, y, worker);
        }
        for (int row = 0; row < 4; row++) {
            for (int column = 0; column < 110; column++) {
                float actual = y.data()[y.at(row, column)];
                if (row == 0 || row == 3 || column < 3 || column >= 3 + outputs) {
                    assertThat(actual).isEqualTo(before[y.at(row, column)]);
                } else {
                    matrix.check(actual, first + column - 3, x, x.at(row, 7));
                }
            }
        }
    }

    /** Few rows go over packed codes, many are computed in tiles, which are cut by threads; rows may be picked. */
    @ParameterizedTest
    @EnumSource
    void kernelsThreadsNeighboursAndThePlaceOfWeightsChangeNoBit(StoredMatrix.Format format) {
        Random random = new Random(12);
        int inputs = 416;
        StoredMatrix matrix = StoredMatrix.random(format, 300, inputs, random);
        int rows = Tile.ROWS + 9;
        Rows x = new Rows(Numbers.ordinary(random, rows * (inputs + 3)), inputs + 3);
        // Some rows overflow or have no number for a result.
        for (int row = 0; row < rows; row += 6) {
            System.arraycopy(Numbers.mixed(random, 50), 0, x.data(), x.at(row, 40), 50);
        }
        int[] picks = random.ints(rows, 0, rows).toArray();
        Rows expected = eachRowByItself(matrix.linear(), x, picks, rows);
        for (int bits : new int[] {0, 128, 256, 512}) {
            Kernels kernels = bits == 0 ? new ScalarKernels() : KernelSelector.vector(bits);
            Linear mapped = matrix.linear();
            Linear packed = matrix.linear();
            try (Compute compute = new Compute(kernels, 2)) {
                packed.pack(compute.pool());
                // A width that the processor doesn't have is never compiled to anything fast.
                int most = bits > KernelSelector.preferredBits() ? 13 : rows;
                for (int count : new int[] {1, 2, 3, 5, 8, 12, 13, most}) {
                    compare(mapped, x, picks, count, expected, compute);
                    compare(packed, x, picks, count, expected, compute);
                }
            }
        }
    }

    private static Rows eachRowByItself(Linear linear, Rows x, int[] picks, int rows) {
        Rows y = Rows.allocate(rows, linear.outputs());
        Compute.Worker worker = new Compute.Worker(0, new ScalarKernels(), new Workspace());
        for (int row = 0; row < rows; row++) {
            linear.forward(new Piece().of(row, 1, 0, linear.panels()), x, picks, y, worker);
        }
        return y;
    }

    private static void compare(Linear linear, Rows x, int[] picks, int rows, Rows expected, Compute compute) {
        Rows y = Rows.allocate(rows, linear.outputs());
        Tiling tiling = linear.tiling(rows, compute.threads(), compute.kernels().pairs() != null);
        compute.pool()
                .run(
                        tiling.pieces(),
                        (i, worker) -> linear.forward(tiling.piece(i, new Piece()), x, picks, y, compute.on(worker)));
        assertThat(Numbers.bits(y.data()))
                .as("%s, %s rows", compute.kernels().name(), rows)
                .isEqualTo(Numbers.bits(java.util.Arrays.copyOf(expected.data(), y.data().length)));
    }

    @ParameterizedTest
    @EnumSource
    void twoMatricesOverTheSameInputsStandSideBySide(StoredMatrix.Format format) {
        Random random = new Random(14);
        StoredMatrix left = StoredMatrix.random(format, 100, 160, random);
        StoredMatrix right = StoredMatrix.random(format, 100, 160, random);
        Rows x = new Rows(Numbers.ordinary(random, 6 * 160), 160);
        Compute.Worker worker = new Compute.Worker(0, new ScalarKernels(), new Workspace());
        Tile tile = worker.workspace().tile().over(x, null, 1, 5);
        tile.multiply(left.linear(), right.linear(), new Piece().of(0, 5, 2, 2), worker);
        for (int row = 0; row < 5; row++) {
            for (int output = 64; output < 100; output++) {
                left.check(tile.data()[tile.at(row, output - 64)], output, x, x.at(row + 1));
                right.check(tile.data()[tile.at(row, output)], output, x, x.at(row + 1));
            }
        }
    }

    @Test
    void refusesQuantisedWeightsWithoutScale() {
        Tensor weight = new Tensor("w", DType.F8_E4M3, new long[] {2, 2}, MemorySegment.ofArray(new byte[4]));
        assertThatThrownBy(() -> new Linear(weight, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("w: a matrix of type F8_E4M3 needs a scale");
    }

    @Test
    void refusesFormatsThatAreNoWeights() {
        Tensor ids = new Tensor("ids", DType.I64, new long[] {1, 2}, MemorySegment.ofArray(new byte[16]));
        assertThatThrownBy(() -> new Linear(ids, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("ids: a matrix of type I64 cannot be multiplied");
    }
}
