package dev.hadal.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.tensor.Formats;
import java.util.function.Function;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A variant that computes something else would have an easy time. */
class Fp8VariantsTest {
    private static final int INPUTS = 4096;
    private static final int LANES = 32;
    private static final int PANELS = 2;

    private final Fp8Variants variants = drawn();

    private static Fp8Variants drawn() {
        Fp8Variants variants = new Fp8Variants(PANELS);
        variants.draw();
        return variants;
    }

    @ParameterizedTest
    @ValueSource(strings = {"taken", "unrolled", "multiplied"})
    void variantsByLanesGiveTheSameBits(String name) {
        Function<Fp8Variants, float[]> variant = switch (name) {
            case "taken" -> Fp8Variants::taken;
            case "unrolled" -> Fp8Variants::unrolled;
            default -> Fp8Variants::multiplied;
        };
        assertThat(variants.bytes()).isEqualTo(PANELS * LANES * INPUTS);
        float[] y = variant.apply(variants);
        for (int output = 0; output < y.length; output++) {
            assertThat(y[output]).as("output %d", output).isEqualTo(byLanes(output));
        }
    }

    @Test
    void theVariantAcrossLanesGivesTheSameSums() {
        float[] y = variants.summedAcrossLanes();
        for (int output = 0; output < y.length; output++) {
            assertThat((double) y[output]).as("output %d", output).isCloseTo(acrossLanes(output), Offset.offset(0.1));
        }
    }

    /** Input {@code k} of lane {@code l}: byte {@code 2 (k mod 2) + l / 16} of an int of its row of codes. */
    private float byLanes(int output) {
        float sum = 0f;
        for (int block = 0; block < INPUTS; block += 128) {
            float part = 0f;
            for (int k = block; k < block + 128; k++) {
                int lane = output % LANES;
                int code = variants.codes()[(output / LANES * INPUTS + k) / 2 * 16 + lane % 16]
                        >>> (16 * (k % 2) + 8 * (lane / 16));
                part = Math.fma(variants.row()[k], Formats.e4m3((byte) code), part);
            }
            sum += part;
        }
        return sum;
    }

    /** The bytes of an int are inputs a vector apart, and so the order depends on its width. */
    private double acrossLanes(int output) {
        int width = Fp8Variants.lanes();
        double sum = 0;
        for (int i = 0; i < INPUTS / 4; i++) {
            for (int b = 0; b < 4; b++) {
                int code = variants.codes()[output * INPUTS / 4 + i] >>> (8 * b);
                int k = i / width * 4 * width + b * width + i % width;
                sum += (double) variants.row()[k] * Formats.e4m3((byte) code);
            }
        }
        return sum;
    }
}
