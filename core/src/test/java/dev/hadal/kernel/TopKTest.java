package dev.hadal.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TopKTest {
    private final StateKernels kernels =
            KernelSelector.vector(KernelSelector.preferredBits()).state();

    @Test
    void selectsWhatSortingSelects() {
        Random random = new Random(11);
        TopK best = new TopK(40);
        for (int round = 0; round < 2000; round++) {
            float[] values = new float[random.nextInt(120)];
            boolean ties = random.nextBoolean();
            for (int i = 0; i < values.length; i++) {
                values[i] = ties ? random.nextInt(5) - 2 : Numbers.mixed(random, 1)[0];
            }
            int k = random.nextInt(41);
            best.start(k);
            offerInPieces(best, values, random);
            assertThat(finish(best)).isEqualTo(sorted(values, k));
        }
    }

    @Test
    void equalValuesAreDecidedForTheLowerIndex() {
        assertThat(finish(new TopK(3).start(3).offer(kernels, new float[] {1, 2, 2, 1, 2, 2}, 0, 6, 0)))
                .containsExactly(1, 2, 4);
        assertThat(finish(new TopK(2).start(2).offer(kernels, new float[] {-0f, 0f, -0f, 0f}, 0, 4, 0)))
                .containsExactly(0, 1);
    }

    @Test
    void nanIsTheSmallestValue() {
        float[] values = {Float.NaN, Float.NEGATIVE_INFINITY, Float.intBitsToFloat(0xffc00001), -1f};
        assertThat(finish(new TopK(3).start(2).offer(kernels, values, 0, 4, 0))).containsExactly(1, 3);
        assertThat(finish(new TopK(3).start(3).offer(kernels, values, 0, 4, 0))).containsExactly(0, 1, 3);
    }

    @Test
    void refusesMoreThanItHasRoomFor() {
        assertThatThrownBy(() -> new TopK(3).start(4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("k is 4, there is room for 3");
    }

    private void offerInPieces(TopK best, float[] values, Random random) {
        for (int from = 0; from < values.length; ) {
            int size = Math.min(values.length - from, 1 + random.nextInt(40));
            best.offer(kernels, values, from, size, from);
            from += size;
        }
    }

    private static int[] finish(TopK best) {
        int[] selected = new int[50];
        int count = best.finish(new ScalarStateKernels(), selected, 5);
        return IntStream.range(5, 5 + count).map(i -> selected[i]).toArray();
    }

    private static int[] sorted(float[] values, int k) {
        return IntStream.range(0, values.length)
                .boxed()
                .sorted(Comparator.<Integer>comparingDouble(i -> Float.isNaN(values[i]) ? 1 : 0)
                        .thenComparingDouble(i -> Float.isNaN(values[i]) || values[i] == 0 ? 0 : -values[i])
                        .thenComparingInt(i -> i))
                .limit(k)
                .mapToInt(i -> i)
                .sorted()
                .toArray();
    }
}
