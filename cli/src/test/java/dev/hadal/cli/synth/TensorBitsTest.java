package dev.hadal.cli.synth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TensorBitsTest {
    /** The JDK's generator is SplitMix64 too, in sequence. */
    @Test
    void givesAnyWordOfSplitMix() {
        long key = 0x0123456789ABCDEFL;
        SplittableRandom sequence = new SplittableRandom(key);
        for (int i = 0; i < 100; i++) {
            assertThat(new TensorBits(key).word(i)).isEqualTo(sequence.nextLong());
        }
        assertThat(new TensorBits(0).word(0)).isEqualTo(0xE220A8397B1DCDAFL);
    }

    @Test
    void differsBySeedAndName() {
        assertThat(TensorBits.of(1, "embed.weight"))
                .isEqualTo(TensorBits.of(1, "embed.weight"))
                .isNotEqualTo(TensorBits.of(2, "embed.weight"))
                .isNotEqualTo(TensorBits.of(1, "head.weight"));
    }

    @Test
    void drawsEveryNumberBelowABoundEquallyOften() {
        TensorBits bits = TensorBits.of(0, "x");
        int[] counts = new int[7];
        IntStream.range(0, 70_000).forEach(i -> counts[bits.below(7, i)]++);
        // The standard deviation is 93.
        assertThat(IntStream.of(counts)).allMatch(count -> Math.abs(count - 10_000) < 500);
    }
}
