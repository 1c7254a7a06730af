package dev.hadal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operation, whatever the vector width, has the bits of the plain definition. */
class KernelsTest {
    private static final int LONGEST = 70;

    /** Runs one operation over many inputs and hands over everything that it wrote, including what it must not touch. */
    private interface Case {
        List<float[]> results(Kernels kernels);
    }

    private static final Map<String, Case> CASES = Map.of(
            "multiply",
            KernelsTest::multiply,
            "sum",
            kernels -> overVectors((x, y, offset, length) -> new float[] {kernels.sum(x, offset, length)}),
            "sumOfSquares",
            kernels -> overVectors((x, y, offset, length) -> new float[] {kernels.sumOfSquares(x, offset, length)}),
            "exponentials",
            kernels -> overVectors((x, y, offset, length) -> {
                kernels.exponentials(x, offset, length, y[0]);
                return x;
            }),
            "mixUp",
            KernelsTest::mixUp,
            "swiglu",
            kernels -> overVectors((x, y, offset, length) -> {
                kernels.swiglu(x, offset, y, (offset + 2) % 5, length, new Kernels.Clamp(2.5f, 0.3f));
                return x;
            }),
            "add",
            kernels -> overVectors((x, y, offset, length) -> {
                kernels.add(x, offset, y, (offset + 2) % 5, length);
                return x;
            }),
            "toIntegers",
            kernels -> overVectors((x, y, offset, length) -> {
                IntegerRows rounded = new IntegerRows(Rows.allocate(1, length));
                if (length > 0) {
                    kernels.toIntegers(x, offset, rounded, 0);
                }
                return rounded.values().data();
            }));

    static Stream<Arguments> operationsAndWidths() {
        return Arrays.stream(Kernels.class.getMethods())
                .map(Method::getName)
                .filter(name -> !List.of("name", "packed", "state", "attention", "integers", "raised", "pairs")
                        .contains(name))
                .flatMap(name -> Stream.of(128, 256, 512).map(bits -> Arguments.of(name, bits)));
    }

    @ParameterizedTest(name = "{0}, {1} bit")
    @MethodSource("operationsAndWidths")
    void vectorsOfAnyWidthGiveTheBitsOfPlainCode(String operation, int bits) {
        Case operationCase = Objects.requireNonNull(CASES.get(operation), "no case for " + operation);
        List<int[]> expected = bits(operationCase.results(KernelSelector.scalar()));
        Kernels kernels = KernelSelector.vector(bits);
        // Again and again, so that what the compiler makes of it is compared too, not only what the interpreter does.
        int repeats = bits <= KernelSelector.preferredBits() ? 20 : 1;
        for (int repeat = 0; repeat < repeats; repeat++) {
            List<int[]> actual = bits(operationCase.results(kernels));
            assertThat(actual).hasSameSizeAs(expected);
            for (int i = 0; i < expected.size(); i++) {
                assertThat(actual.get(i)).as("input %s", i).isEqualTo(expected.get(i));
            }
        }
    }

    private static List<int[]> bits(List<float[]> results) {
        return results.stream().map(Numbers::bits).toList();
    }

    @ParameterizedTest
    @MethodSource("widths")
    void kernelsNameThemselves(int bits) {
        assertThat(KernelSelector.vector(bits).name()).isEqualTo("vector, " + bits + " bit");
    }

    static Stream<Integer> widths() {
        return Stream.of(128, 256, 512);
    }

    /** An operation on vectors; {@code x} and {@code y} have room for any offset below 5. */
    private interface OnVectors {
        float[] apply(float[] x, float[] y, int offset, int length);
    }

    private static List<float[]> overVectors(OnVectors operation) {
        List<float[]> results = new ArrayList<>();
        for (int length = 0; length <= LONGEST; length++) {
            for (int offset = 0; offset < 5; offset++) {
                Random random = new Random(1000L * length + offset);
                float[] x = Numbers.of(random, LONGEST + 5, offset == 2);
                float[] y = Numbers.of(random, LONGEST + 5, offset == 2);
                results.add(operation.apply(x, y, offset, length));
            }
        }
        return results;
    }

    /** Two rows of streams of every length, of which the second is mixed. */
    private static List<float[]> mixUp(Kernels kernels) {
        List<float[]> results = new ArrayList<>();
        for (int dim = 1; dim <= LONGEST; dim++) {
            Random random = new Random(dim);
            boolean special = dim % 3 == 0;
            Rows streams = new Rows(Numbers.of(random, 8 * dim, special), 4 * dim);
            Rows update = new Rows(Numbers.of(random, 2 * dim, special), dim);
            kernels.mixUp(streams, update, new Rows(Numbers.ordinary(random, 64), 32), 1);
            results.add(streams.data());
        }
        return results;
    }

    private static List<float[]> multiply(Kernels kernels) {
        List<float[]> results = new ArrayList<>();
        for (int lanes = 1; lanes <= Panel.LANES; lanes++) {
            for (int rows = 0; rows <= 14; rows++) {
                results.add(multiply(kernels, new Random(100L * lanes + rows), rows, lanes));
            }
        }
        return results;
    }

    /** One product with depth, block, strides, columns and first row drawn at random. */
    private static float[] multiply(Kernels kernels, Random random, int rows, int lanes) {
        int depth = random.nextInt(LONGEST + 1);
        int block = List.of(7, 32, 128, Integer.MAX_VALUE).get(random.nextInt(4));
        int firstRow = random.nextInt(3);
        int inputColumn = random.nextInt(4);
        int outputColumn = random.nextInt(4);
        boolean special = random.nextInt(4) == 0;
        int xStride = inputColumn + depth + random.nextInt(3);
        int yStride = outputColumn + lanes + random.nextInt(3);
        Rows x = new Rows(Numbers.of(random, (firstRow + rows) * xStride, special), xStride);
        Rows y = new Rows(Numbers.of(random, (firstRow + rows + 1) * yStride, special), yStride);
        int stride = lanes + random.nextInt(Panel.LANES);
        int offset = random.nextInt(4);
        Panel panel = new Panel(0, LONGEST / 7 + 1)
                .over(Numbers.of(random, offset + depth * stride + lanes, special), offset, stride, depth)
                .between(inputColumn, outputColumn, lanes);
        System.arraycopy(Numbers.of(random, panel.scales.length, special), 0, panel.scales, 0, panel.scales.length);
        panel.block = block;
        kernels.multiply(x, y, firstRow, rows, panel);
        return y.data();
    }
}
