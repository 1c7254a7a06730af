package dev.hadal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Products with packed codes: every width, one, two and four rows and unpacked panels have the same bits. */
class PackedKernelsTest {
    /** Less than a block, whole blocks, a block and a part, groups of blocks and what doesn't fill one. */
    private static final int[] INPUTS = {2, 30, 32, 96, 128, 130, 160, 256, 288, 384, 512, 640};

    private static final int PANELS = 3;

    private static final KernelsOfWidth[] WIDTHS = {
        new KernelsOfWidth(128), new KernelsOfWidth(256), new KernelsOfWidth(512)
    };

    private record KernelsOfWidth(int bits, PackedKernels kernels) {
        KernelsOfWidth(int bits) {
            this(bits, KernelSelector.vector(bits).packed());
        }
    }

    static Stream<Arguments> formatsAndWidths() {
        return Arrays.stream(PackedMatrix.Format.values())
                .flatMap(format -> Arrays.stream(WIDTHS).map(width -> Arguments.of(format, width.bits)));
    }

    private static PackedKernels kernels(int bits) {
        return Arrays.stream(WIDTHS)
                .filter(width -> width.bits == bits)
                .findFirst()
                .orElseThrow()
                .kernels();
    }

    @ParameterizedTest(name = "{0}, {1} bit")
    @MethodSource("formatsAndWidths")
    void oneRowHasTheBitsOfTheDefinition(PackedMatrix.Format format, int bits) {
        // Again and again, so that what the compiler makes of it is compared too, not only what the interpreter does.
        int repeats = bits <= KernelSelector.preferredBits() ? 20 : 1;
        for (int inputs : INPUTS) {
            PackedMatrix matrix = matrix(format, inputs);
            for (Row row : rows(inputs)) {
                float[] expected = new float[PackedKernels.ROOM];
                new ScalarPackedKernels().multiply(row.values, 3, matrix, 1, expected);
                for (int repeat = 0; repeat < repeats; repeat++) {
                    float[] actual = filled();
                    kernels(bits).multiply(row.values, 3, matrix, 1, actual);
                    assertSameBits(actual, expected, Panel.LANES, row.name + ", " + inputs + " inputs");
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}, {1} bit")
    @MethodSource("formatsAndWidths")
    void fourRowsHaveTheBitsOfTheDefinition(PackedMatrix.Format format, int bits) {
        int repeats = bits <= KernelSelector.preferredBits() ? 20 : 1;
        for (int inputs : INPUTS) {
            PackedMatrix matrix = matrix(format, inputs);
            List<Row> rows = rows(inputs);
            int length = inputs + 3;
            float[] values = new float[rows.size() * length];
            for (int i = 0; i < rows.size(); i++) {
                System.arraycopy(rows.get(i).values, 0, values, i * length, length);
            }
            for (int i = 0; i < rows.size(); i++) {
                int[] four = {i, (i + 3) % rows.size(), (i + 1) % rows.size(), (i + 2) % rows.size()};
                int[] offsets = Arrays.stream(four).map(row -> row * length + 1).toArray();
                float[] expected = new float[PackedKernels.ROOM];
                new ScalarPackedKernels().multiplyFour(values, offsets, matrix, 1, expected);
                for (int repeat = 0; repeat < repeats; repeat++) {
                    float[] actual = filled();
                    kernels(bits).multiplyFour(values, offsets, matrix, 1, actual);
                    assertSameBits(
                            actual, expected, 4 * Panel.LANES, Arrays.toString(four) + ", " + inputs + " inputs");
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}, {1} bit")
    @MethodSource("formatsAndWidths")
    void twoRowsHaveTheBitsOfOneAndOne(PackedMatrix.Format format, int bits) {
        int repeats = bits <= KernelSelector.preferredBits() ? 20 : 1;
        for (int inputs : INPUTS) {
            PackedMatrix matrix = matrix(format, inputs);
            List<Row> rows = rows(inputs);
            for (int i = 0; i < rows.size(); i++) {
                int second = rows.get(i).values.length;
                float[] values = Arrays.copyOf(rows.get(i).values, 2 * second);
                System.arraycopy(rows.get((i + 1) % rows.size()).values, 0, values, second, second);
                float[] expected = new float[PackedKernels.ROOM];
                new ScalarPackedKernels().multiplyTwo(values, 3, second + 1, matrix, 2, expected);
                for (int repeat = 0; repeat < repeats; repeat++) {
                    float[] actual = filled();
                    kernels(bits).multiplyTwo(values, 3, second + 1, matrix, 2, actual);
                    assertSameBits(actual, expected, 2 * Panel.LANES, rows.get(i).name + ", " + inputs + " inputs");
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}, {1} bit")
    @MethodSource("formatsAndWidths")
    void unpackingGivesEachWeightAndScale(PackedMatrix.Format format, int bits) {
        for (int inputs : INPUTS) {
            PackedMatrix matrix = matrix(format, inputs);
            for (int input = 0; input < inputs; input += 128) {
                Panel expected = new Panel(128, 4).own(Math.min(128, inputs - input));
                Panel actual = new Panel(128, 4).own(expected.depth);
                new ScalarPackedKernels().unpack(matrix, 1, input, expected.depth, expected);
                for (int repeat = 0; repeat < 10; repeat++) {
                    kernels(bits).unpack(matrix, 1, input, expected.depth, actual);
                    assertThat(Numbers.bits(actual.weights)).isEqualTo(Numbers.bits(expected.weights));
                    assertThat(Numbers.bits(actual.scales)).isEqualTo(Numbers.bits(expected.scales));
                }
            }
        }
    }

    @Test
    void theProductOfTheUnpackedPanelHasTheSameBits() {
        Kernels kernels = KernelSelector.scalar();
        for (PackedMatrix.Format format : PackedMatrix.Format.values()) {
            int inputs = 288;
            PackedMatrix matrix = matrix(format, inputs);
            for (Row row : rows(inputs)) {
                Rows x = new Rows(row.values, row.values.length);
                Rows y = Rows.allocate(1, Panel.LANES);
                for (int input = 0; input < inputs; input += 128) {
                    Panel panel =
                            new Panel(128, 4).own(Math.min(128, inputs - input)).between(3 + input, 0, Panel.LANES);
                    kernels.packed().unpack(matrix, 1, input, panel.depth, panel);
                    kernels.multiply(x, y, 0, 1, panel);
                }
                float[] packed = new float[PackedKernels.ROOM];
                kernels.packed().multiply(row.values, 3, matrix, 1, packed);
                assertSameBits(packed, y.data(), Panel.LANES, row.name);
            }
        }
    }

    private record Row(String name, float[] values) {}

    /** Rows of ordinary numbers, of every special one, and of magnitudes at both ends of the range. */
    private static List<Row> rows(int inputs) {
        List<Row> rows = new ArrayList<>();
        rows.add(new Row("ordinary", Numbers.ordinary(new Random(inputs), inputs + 3)));
        rows.add(new Row("mixed", Numbers.mixed(new Random(inputs), inputs + 3)));
        for (int power : new int[] {-120, -60, 60, 110}) {
            float[] values = Numbers.ordinary(new Random(power), inputs + 3);
            for (int i = 0; i < values.length; i++) {
                values[i] = Math.scalb(Math.clamp(values[i], -2f, 2f), power);
            }
            rows.add(new Row("2^" + power, values));
        }
        return rows;
    }

    /** A matrix of some panels with every code of its format but NaN. */
    private static PackedMatrix matrix(PackedMatrix.Format format, int inputs) {
        Random random = new Random(inputs);
        PackedMatrix matrix = PackedMatrix.allocate(format, PANELS, inputs);
        byte[] row = new byte[inputs * 2 + 5];
        for (int panel = 0; panel < PANELS; panel++) {
            for (int lane = 0; lane < Panel.LANES; lane++) {
                random.nextBytes(row);
                for (int i = 0; i < row.length; i++) {
                    boolean nan = format == PackedMatrix.Format.FP8 && (row[i] & 0x7f) == 0x7f;
                    // As the upper byte of a BF16 this keeps the exponent in a range where sums stay finite.
                    boolean upper = format == PackedMatrix.Format.BF16 && i % 2 == 0;
                    row[i] = nan ? 0 : upper ? (byte) ((row[i] & 0x83) | 0x3c) : row[i];
                }
                assertThat(matrix.put(panel, lane, row, 5)).isTrue();
                for (int block = 0; block < matrix.blocks(); block++) {
                    float scale = Math.scalb(1f, format == PackedMatrix.Format.FP8 ? -block : -block - lane);
                    assertThat(matrix.putScale(panel, block, lane, format == PackedMatrix.Format.BF16 ? 1f : scale))
                            .isTrue();
                }
            }
        }
        return matrix;
    }

    /** Room for results that must not depend on what stood there. */
    private static float[] filled() {
        float[] values = new float[PackedKernels.ROOM];
        Arrays.fill(values, Float.NaN);
        return values;
    }

    private static void assertSameBits(float[] actual, float[] expected, int length, String what) {
        int[] expectedBits = Arrays.copyOf(Numbers.bits(expected), length);
        assertThat(Arrays.copyOf(Numbers.bits(actual), length)).as(what).isEqualTo(expectedBits);
    }
}
