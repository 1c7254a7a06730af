package dev.hadal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.tensor.Formats;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operation on states, whatever the vector width, has the bits of the plain definition. */
class StateKernelsTest {
    private static final int SEEDS = 40;

    /** Runs one operation on numbers from a seed and hands over everything that it wrote. */
    private interface Case {
        float[] results(Kernels kernels, Random random, boolean special);
    }

    private static final Map<String, Case> CASES = Map.ofEntries(
            Map.entry("storeEntry", StateKernelsTest::storeEntry),
            Map.entry("loadEntry", StateKernelsTest::loadEntry),
            Map.entry("loadKeys", StateKernelsTest::loadKeys),
            Map.entry("roundKey", (kernels, random, special) -> {
                float[] values = Numbers.of(random, 3 + 128, special);
                kernels.state().roundKey(values, 3, 128);
                return values;
            }),
            Map.entry("hadamard", (kernels, random, special) -> {
                int length = 1 << random.nextInt(9);
                float[] values = Numbers.of(random, 5 + length, special);
                kernels.state().hadamard(values, 2, length);
                return values;
            }),
            Map.entry("rotate", (kernels, random, special) -> {
                float[] values = Numbers.of(random, 80, special);
                float[][] angles = angles(random);
                kernels.state().rotate(values, 3, angles[0], angles[1], 4, 2 * random.nextInt(36));
                return values;
            }),
            Map.entry("rotateBack", (kernels, random, special) -> {
                float[] values = Numbers.of(random, 80, special);
                float[][] angles = angles(random);
                kernels.state().rotateBack(values, 3, angles[0], angles[1], 4, 2 * random.nextInt(36));
                return values;
            }),
            Map.entry("belowMax", (kernels, random, special) -> {
                int rows = 1 + random.nextInt(9);
                int width = 1 + random.nextInt(70);
                float[] scores = Numbers.of(random, rows * width, special);
                kernels.state().belowMax(scores, rows, width);
                return scores;
            }),
            Map.entry("weightedMean", (kernels, random, special) -> {
                int rows = 1 + random.nextInt(9);
                int width = 1 + random.nextInt(70);
                float[] to = new float[width + 1];
                float[] values = Numbers.of(random, rows * width, special);
                float[] weights = Numbers.of(random, rows * width, special);
                kernels.state().weightedMean(values, weights, rows, width, to);
                return to;
            }),
            Map.entry("collect", StateKernelsTest::collect),
            Map.entry("countAbove", (kernels, random, special) -> {
                Candidates candidates = new Candidates(100);
                for (int i = random.nextInt(100); i > 0; i--) {
                    candidates.add(random.nextInt(9), i);
                }
                return new float[] {kernels.state().countAbove(candidates, random.nextInt(9))};
            }),
            Map.entry("scores", (kernels, random, special) -> {
                HeadGroup group = group(random, special);
                Rows keys = keys(random, group.dim, special);
                kernels.attention().scores(keys, 1, 1 + random.nextInt(20), group);
                return group.scores;
            }),
            Map.entry("shift", (kernels, random, special) -> {
                HeadGroup group = group(random, special);
                kernels.attention().shift(1 + random.nextInt(20), group);
                return joined(group.scores, group.max, group.factor);
            }),
            Map.entry("total", (kernels, random, special) -> {
                HeadGroup group = group(random, special);
                kernels.attention().total(1 + random.nextInt(20), group);
                return group.sum;
            }),
            Map.entry("addValues", (kernels, random, special) -> {
                HeadGroup group = group(random, special);
                Rows keys = keys(random, group.dim, special);
                kernels.attention().addValues(keys, 1, 1 + random.nextInt(20), group);
                return group.values.data();
            }),
            Map.entry("scoreKeys", (kernels, random, special) -> {
                int heads = 1 + random.nextInt(20);
                int width = 32 * (1 + random.nextInt(4));
                IndexQuery query = new IndexQuery(heads, width);
                query.set(Numbers.of(random, heads * width + 3, special), 3, Numbers.of(random, heads, special), 0);
                float[] scores = new float[Panel.LANES + 2];
                kernels.attention().scoreKeys(Numbers.of(random, width * Panel.LANES, special), query, scores, 1);
                return scores;
            }));

    static Stream<Arguments> operationsAndWidths() {
        return Stream.of(StateKernels.class, AttentionKernels.class)
                .flatMap(type -> Arrays.stream(type.getMethods()))
                .map(Method::getName)
                .flatMap(name -> Stream.of(128, 256, 512).map(bits -> Arguments.of(name, bits)));
    }

    @ParameterizedTest(name = "{0}, {1} bit")
    @MethodSource("operationsAndWidths")
    void vectorsOfAnyWidthGiveTheBitsOfPlainCode(String operation, int bits) {
        Case operationCase = Objects.requireNonNull(CASES.get(operation), "no case for " + operation);
        Kernels plain = KernelSelector.scalar();
        Kernels kernels = KernelSelector.vector(bits);
        // Again and again, so that what the compiler makes of it is compared too, not only what the interpreter does.
        int repeats = bits <= KernelSelector.preferredBits() ? 20 : 1;
        List<int[]> expected = new ArrayList<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            expected.add(Numbers.bits(operationCase.results(plain, new Random(seed), seed % 4 == 3)));
        }
        for (int repeat = 0; repeat < repeats; repeat++) {
            for (int seed = 0; seed < SEEDS; seed++) {
                float[] actual = operationCase.results(kernels, new Random(seed), seed % 4 == 3);
                assertThat(Numbers.bits(actual)).as("seed %s", seed).isEqualTo(expected.get(seed));
            }
        }
    }

    /** What is read is what the fake quantisations give, so that storing costs nothing but the rounding. */
    @Test
    void entriesAndKeysReadAsTheirRoundingSays() {
        for (int seed = 0; seed < 4 * SEEDS; seed++) {
            Random random = new Random(seed);
            float[] entry = Numbers.of(random, 512, seed % 4 == 3);
            for (int i = 0; i < entry.length; i++) {
                entry[i] *= Math.scalb(1f, random.nextInt(3) == 0 ? seed - 80 : 0);
            }
            float[] rounded = entry.clone();
            Formats.fakeFp8(rounded, 0, 448, EntryLayout.GROUP);
            for (int i = 448; i < 512; i++) {
                rounded[i] = Formats.roundBf16(rounded[i]);
            }
            EntryLayout layout = new EntryLayout(512, 448);
            byte[] stored = new byte[layout.bytes()];
            StateKernels kernels = new ScalarStateKernels();
            kernels.storeEntry(entry, 0, layout, stored, 0);
            float[] read = new float[512];
            kernels.loadEntry(stored, 0, layout, read, 0);
            assertThat(Numbers.bits(read)).as("seed %s", seed).isEqualTo(Numbers.bits(rounded));

            float[] key = Arrays.copyOf(entry, 128);
            KeyLayout keys = new KeyLayout(128);
            byte[] page = new byte[keys.bytes()];
            keys.store(key, 0, page, 7);
            kernels.roundKey(key, 0, 128);
            float[] panel = new float[128 * Panel.LANES];
            kernels.loadKeys(page, keys, panel);
            for (int k = 0; k < 128; k++) {
                assertThat(Float.floatToIntBits(panel[k * Panel.LANES + 7])).isEqualTo(Float.floatToIntBits(key[k]));
            }
        }
    }

    @Test
    void anEntryTakes584BytesAndAKey68() {
        assertThat(new EntryLayout(512, 448).bytes()).isEqualTo(584);
        assertThat(new KeyLayout(128).bytes()).isEqualTo(68 * Panel.LANES);
    }

    private static float[] floats(byte[] bytes) {
        float[] floats = new float[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            floats[i] = bytes[i];
        }
        return floats;
    }

    private static float[] joined(float[]... parts) {
        float[] all = new float[0];
        for (float[] part : parts) {
            int from = all.length;
            all = Arrays.copyOf(all, from + part.length);
            System.arraycopy(part, 0, all, from, part.length);
        }
        return all;
    }

    private static EntryLayout layout(Random random) {
        int plain = EntryLayout.GROUP * random.nextInt(4);
        return new EntryLayout(plain + 2 * random.nextInt(40), plain);
    }

    private static float[] storeEntry(Kernels kernels, Random random, boolean special) {
        EntryLayout layout = layout(random);
        byte[] to = new byte[layout.bytes() + 9];
        float[] values = Numbers.of(random, layout.width() + 3, special);
        for (int i = 0; i < values.length; i++) {
            // Ties and the limits of the format.
            values[i] = random.nextInt(3) == 0 ? Math.scalb(random.nextInt(961) - 480, -random.nextInt(12)) : values[i];
        }
        kernels.state().storeEntry(values, 3, layout, to, 5);
        return floats(to);
    }

    private static float[] loadEntry(Kernels kernels, Random random, boolean special) {
        EntryLayout layout = layout(random);
        byte[] from = new byte[layout.bytes() + 9];
        new ScalarStateKernels().storeEntry(Numbers.of(random, layout.width(), special), 0, layout, from, 5);
        float[] values = new float[layout.width() + 5];
        kernels.state().loadEntry(from, 5, layout, values, 3);
        return values;
    }

    private static float[] loadKeys(Kernels kernels, Random random, boolean special) {
        KeyLayout layout = new KeyLayout(32 * (1 + random.nextInt(8)));
        byte[] page = new byte[layout.bytes()];
        for (int lane = 0; lane < Panel.LANES - 3; lane++) {
            layout.store(Numbers.of(random, layout.width(), special), 0, page, lane);
        }
        float[] panel = new float[layout.width() * Panel.LANES];
        kernels.state().loadKeys(page, layout, panel);
        return panel;
    }

    private static float[][] angles(Random random) {
        float[] cosines = new float[80];
        float[] sines = new float[80];
        for (int i = 0; i < 80; i += 2) {
            cosines[i] = (float) Math.cos(random.nextFloat() * 7);
            cosines[i + 1] = cosines[i];
            sines[i + 1] = (float) Math.sin(random.nextFloat() * 7);
            sines[i] = -sines[i + 1];
        }
        return new float[][] {cosines, sines};
    }

    private static float[] collect(Kernels kernels, Random random, boolean special) {
        Candidates candidates = new Candidates(200);
        candidates.threshold = random.nextBoolean() ? Integer.MIN_VALUE : Candidates.key(random.nextFloat() - 0.5f);
        kernels.state().collect(Numbers.of(random, 105, special), 3, random.nextInt(100), 1000, candidates);
        float[] results = new float[2 * candidates.size + 1];
        for (int i = 0; i < candidates.size; i++) {
            results[2 * i] = Float.intBitsToFloat(candidates.keys[i]);
            results[2 * i + 1] = candidates.indices[i];
        }
        results[2 * candidates.size] = candidates.size;
        return results;
    }

    /** A group in the middle of its work, with arbitrary contents. */
    private static HeadGroup group(Random random, boolean special) {
        int dim = 1 + random.nextInt(100);
        HeadGroup group = new HeadGroup(dim);
        int heads = 1 + random.nextInt(HeadGroup.LANES);
        float[] sink = Numbers.of(random, heads + 1, special);
        group.start(new Rows(Numbers.of(random, (heads + 1) * dim, special), 0), 0, 1, heads, sink, 0.3f);
        fill(group.scores, random, special);
        fill(group.sum, random, special);
        fill(group.max, random, special);
        fill(group.factor, random, special);
        fill(group.values.data(), random, special);
        return group;
    }

    private static void fill(float[] values, Random random, boolean special) {
        System.arraycopy(Numbers.of(random, values.length, special), 0, values, 0, values.length);
    }

    private static Rows keys(Random random, int dim, boolean special) {
        int stride = dim + random.nextInt(3);
        return new Rows(Numbers.of(random, 22 * stride, special), stride);
    }
}
