package dev.hadal.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CounterRandomTest {
    /** The known answers that the authors publish with Random123 (kat_vectors, philox4x32 10). */
    @Test
    void givesThePublishedKnownAnswers() {
        assertThat(CounterRandom.philox(new int[] {0, 0, 0, 0}, 0))
                .containsExactly(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
        assertThat(CounterRandom.philox(new int[] {-1, -1, -1, -1}, -1L))
                .containsExactly(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
        assertThat(CounterRandom.philox(
                        new int[] {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0x299f31d0_a4093822L))
                .containsExactly(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1);
    }

    @Test
    void takesTheUniformNumberFromTheTopBitsOfTheBlock() {
        // The first known answer again: its two first words, 53 bits of them, as a fraction.
        assertThat(new CounterRandom().uniform(0, 0, 0)).isEqualTo((0x6627e8d5_e169c58dL >>> 11) / (double) (1L << 53));
    }

    @Test
    void everyArgumentMatters() {
        Set<Double> numbers = new HashSet<>();
        long[] seeds = {0, 1, 1L << 32, -1, Long.MIN_VALUE};
        int[] choices = {0, 1, Integer.MAX_VALUE};
        long[] positions = {0, 1, 1_048_576, 1L << 32};
        for (long seed : seeds) {
            for (int choice : choices) {
                for (long position : positions) {
                    numbers.add(new CounterRandom().uniform(seed, choice, position));
                }
            }
        }
        assertThat(numbers).hasSize(seeds.length * choices.length * positions.length);
    }

    @Test
    void isUniformOnTheUnitInterval() {
        int[] buckets = new int[64];
        int draws = 64_000;
        for (int position = 0; position < draws; position++) {
            double number = new CounterRandom().uniform(7, 0, position);
            assertThat(number).isBetween(0.0, Math.nextDown(1.0));
            buckets[(int) (number * buckets.length)]++;
        }
        // 63 degrees of freedom: above 110 once in 5,000 generators.
        double expected = draws / (double) buckets.length;
        double chiSquare = 0;
        for (int count : buckets) {
            chiSquare += (count - expected) * (count - expected) / expected;
        }
        assertThat(chiSquare).isLessThan(110);
    }
}
