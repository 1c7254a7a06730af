package dev.hadal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rounding to integers at every width, and products of integers, which have the bits of products of their floats. */
class IntegerKernelsTest {
    private static final int ROWS = 5;
    private static final int PANELS = 2;

    private final ScalarKernels scalar = new ScalarKernels();

    @ParameterizedTest
    @ValueSource(ints = {128, 256, 512})
    void roundingHasTheBitsOfTheDefinition(int bits) {
        Kernels vector = KernelSelector.vector(bits);
        for (int width : new int[] {5, 32, 128, 160, 256, 640}) {
            Rows x = rows(width);
            IntegerRows expected = new IntegerRows(Rows.allocate(ROWS, width));
            IntegerRows actual = new IntegerRows(Rows.allocate(ROWS, width));
            for (int row = 0; row < ROWS; row++) {
                scalar.toIntegers(x.data(), x.at(row), expected, row);
                vector.toIntegers(x.data(), x.at(row), actual, row);
                for (int i = 0; i < width; i++) {
                    assertThat(Float.valueOf(actual.values().data()[x.at(row, i)]))
                            .as("row %d, value %d of %d", row, i, width)
                            .isEqualTo(Float.valueOf(expected.values().data()[x.at(row, i)]));
                    if (expected.paired() && !Float.isNaN(expected.factors[expected.factorAt(row) + i / 32])) {
                        assertThat(actual.integer(row, i)).isEqualTo(expected.integer(row, i));
                    }
                }
            }
            assertThat(actual.factors).isEqualTo(expected.factors);
        }
    }

    @Test
    void aRowMayBeRoundedInPlace() {
        for (Kernels kernels : new Kernels[] {scalar, KernelSelector.vector(KernelSelector.preferredBits())}) {
            Rows x = rows(256);
            IntegerRows apart = new IntegerRows(Rows.allocate(ROWS, 256));
            kernels.toIntegers(x.data(), x.at(2), apart, 2);
            IntegerRows inPlace = new IntegerRows(x);
            kernels.toIntegers(x.data(), x.at(2), inPlace, 2);
            assertThat(Arrays.copyOfRange(x.data(), x.at(2), x.at(3)))
                    .isEqualTo(Arrays.copyOfRange(apart.values().data(), x.at(2), x.at(3)));
            assertThat(inPlace.pairs).isEqualTo(apart.pairs);
        }
    }

    @Test
    void integersAreTheNearestThatFit() {
        float[] x = new float[128];
        x[0] = 85f;
        x[1] = -2.5f;
        x[2] = 3.5f;
        x[32] = 100f;
        x[33] = 3f;
        x[64] = 1e-40f;
        x[96] = Float.NaN;
        x[97] = 1f;
        IntegerRows rows = new IntegerRows(Rows.allocate(1, 128));
        scalar.toIntegers(x, 0, rows, 0);
        assertThat(rows.integer(0, 0)).isEqualTo(85);
        assertThat(rows.integer(0, 1)).as("ties go to the even one").isEqualTo(-2);
        assertThat(rows.integer(0, 2)).isEqualTo(4);
        assertThat(rows.integer(0, 32)).isEqualTo(85);
        float step = 302 / 256f;
        assertThat(rows.values().data()[32]).as("a step of nine bits").isEqualTo(85 * step);
        assertThat(rows.values().data()[33]).isEqualTo(3 * step);
        assertThat(rows.values().data()[64]).isZero();
        assertThat(rows.values().data()[96]).isNaN();
        assertThat(rows.values().data()[97]).as("a block with NaN is NaN").isNaN();
        assertThat(rows.values().data()[31]).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void productsHaveTheBitsOfTheFloats(boolean vector) {
        IntegerKernels kernels =
                vector ? Objects.requireNonNull(KernelSelector.vector(512).integers()) : scalar.integers();
        int repeats = vector && KernelSelector.preferredBits() == 512 ? 20 : 1;
        for (int inputs : new int[] {128, 256, 640}) {
            PackedMatrix matrix = matrix(inputs);
            Rows x = rows(inputs);
            IntegerRows integers = new IntegerRows(Rows.allocate(ROWS, inputs));
            for (int row = 0; row < ROWS; row++) {
                scalar.toIntegers(x.data(), x.at(row), integers, row);
            }
            float[] expected = new float[ROWS * Panel.LANES];
            float[] one = new float[PackedKernels.ROOM];
            for (int row = 0; row < ROWS; row++) {
                scalar.packed().multiply(integers.values().data(), x.at(row), matrix, 1, one);
                System.arraycopy(one, 0, expected, row * Panel.LANES, Panel.LANES);
            }
            for (int repeat = 0; repeat < repeats; repeat++) {
                check(kernels, integers, matrix, expected);
            }
        }
    }

    private static void check(IntegerKernels kernels, IntegerRows x, PackedMatrix matrix, float[] expected) {
        float[] y = new float[IntegerKernels.ROOM];
        for (int row = 0; row < ROWS; row++) {
            Arrays.fill(y, Float.NaN);
            kernels.multiply(x, row, matrix, 1, y);
            same(y, expected, row);
            Arrays.fill(y, Float.NaN);
            kernels.multiplyTwo(x, row, (row + 2) % ROWS, matrix, 1, y);
            same(y, expected, row, (row + 2) % ROWS);
            Arrays.fill(y, Float.NaN);
            int[] four = {row, (row + 3) % ROWS, (row + 1) % ROWS, row};
            kernels.multiplyFour(x, four, matrix, 1, y);
            same(y, expected, four);
        }
    }

    private static void same(float[] y, float[] expected, int... rows) {
        for (int i = 0; i < rows.length; i++) {
            for (int lane = 0; lane < Panel.LANES; lane++) {
                float value = y[i * Panel.LANES + lane];
                float wanted = expected[rows[i] * Panel.LANES + lane];
                boolean same = Float.floatToIntBits(value) == Float.floatToIntBits(wanted);
                assertThat(same)
                        .as("row %d, lane %d: %s instead of %s", rows[i], lane, value, wanted)
                        .isTrue();
            }
        }
    }

    /** Ordinary numbers; the largest integers everywhere; wide ranges; special values; tiny and huge ones. */
    private static Rows rows(int width) {
        Rows rows = Rows.allocate(ROWS, width);
        Random random = new Random(width);
        float[] mixed = Numbers.mixed(random, width);
        for (int i = 0; i < width; i++) {
            rows.data()[rows.at(0, i)] = (float) random.nextGaussian();
            rows.data()[rows.at(1, i)] = i % 3 == 0 ? -85f : 85f;
            rows.data()[rows.at(2, i)] = Math.scalb((float) random.nextGaussian(), random.nextInt(24) - 12);
            rows.data()[rows.at(3, i)] = mixed[i];
            rows.data()[rows.at(4, i)] = Math.scalb((float) random.nextGaussian(), i / 32 % 2 == 0 ? -110 : 60);
        }
        return rows;
    }

    /** Every code, the largest ones in one lane, scales of all exponents. */
    private static PackedMatrix matrix(int inputs) {
        Random random = new Random(inputs);
        PackedMatrix matrix = PackedMatrix.allocate(PackedMatrix.Format.FP4, PANELS, inputs);
        byte[] row = new byte[inputs / 2];
        for (int panel = 0; panel < PANELS; panel++) {
            for (int lane = 0; lane < Panel.LANES; lane++) {
                random.nextBytes(row);
                if (lane == 7) {
                    Arrays.fill(row, (byte) 0x77);
                }
                matrix.put(panel, lane, row, 0);
                for (int block = 0; block < matrix.blocks(); block++) {
                    float scale = Math.scalb(1f, lane == 9 ? random.nextInt(250) - 125 : -random.nextInt(12));
                    assertThat(matrix.putScale(panel, block, lane, scale)).isTrue();
                }
            }
        }
        return matrix;
    }
}
