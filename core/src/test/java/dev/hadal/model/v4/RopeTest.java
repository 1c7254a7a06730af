package dev.hadal.model.v4;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.kernel.KernelSelector;
import dev.hadal.kernel.StateKernels;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the recorded frequencies (architecture.md, appendix A) and the rotation of a plane. */
class RopeTest {
    private static final StateKernels KERNELS = KernelSelector.scalar().state();
    private static final String PLAIN = """
            3f800000 3f3ff911 3f0ff59a 3ed7e89b 3ea1e89b 3e72d423 3e361887 3e088d77
            3dcccccd 3d99940d 3d6655c2 3d2cba15 3d0186e3 3cc2434f 3c91ad39 3c5a7bf2
            3c23d70a 3bf5b9b0 3bb8449c 3b8a2e77 3b4f3e38 3b1b690d 3ae91528 3aaec98e
            3a83126f 3a44948c 3a136a16 39dd1725 39a5cb60 3978a815 393a7753 390bd472
            """;
    private static final String SCALED = """
            3f800000 3f300a3a 3ef21c1f 3ea67d01 3e64f92e 3e1d7475 3dd88cb4 3d94e963
            3d4ccccd 3d0cd4fb 3cc1b019 3c8530ce 3c372dbf 3bfbed88 3bad3d5e 3b6e4237
            3b147ae1 3ab714e0 3a5ebdb6 3a0530ce 399bb3af 39305978 38be904d 383e9b5f
            37a3d70c 36b443d0 3677eba6 362a7be8 35ea77ff 35a13bdc 355dbf30 35187c4d
            """;

    @ParameterizedTest
    @ValueSource(strings = {"flash", "pro"})
    void frequenciesAreTheRecordedOnes(String name) {
        V4Config config = OfficialConfigs.parse(OfficialConfigs.json(name));
        assertThat(hex(Rope.plain(config))).isEqualTo(words(PLAIN));
        assertThat(hex(Rope.scaled(config))).isEqualTo(words(SCALED));
    }

    private static String[] hex(Rope rope) {
        float[] frequencies = rope.frequencies();
        String[] words = new String[frequencies.length];
        for (int j = 0; j < words.length; j++) {
            words[j] = String.format("%08x", Float.floatToRawIntBits(frequencies[j]));
        }
        return words;
    }

    private static String[] words(String table) {
        return table.strip().split("\\s+", -1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 127, 65_536, 1_000_003, 1_048_575})
    void theAngleIsTheProductInSinglePrecision(int position) {
        Rope rope = Rope.scaled(OfficialConfigs.flash());
        Rope.Angles angles = Rope.Angles.allocate(2, rope.pairs());
        rope.angles(position, angles, 1);
        float[] frequencies = rope.frequencies();
        for (int j = 0; j < rope.pairs(); j++) {
            float angle = new BigDecimal(position)
                    .multiply(new BigDecimal(frequencies[j]))
                    .floatValue();
            int at = 2 * (rope.pairs() + j);
            assertThat(angles.cosines()[at]).isEqualTo((float) Math.cos(angle), Offset.offset(1e-7f));
            assertThat(angles.sines()[at + 1]).isEqualTo((float) Math.sin(angle), Offset.offset(1e-7f));
            assertThat(angles.cosines()[at + 1]).isEqualTo(angles.cosines()[at]);
            assertThat(angles.sines()[at]).isEqualTo(-angles.sines()[at + 1]);
        }
        assertThat(Arrays.copyOf(angles.cosines(), 2 * rope.pairs())).containsOnly(0f);
    }

    @Test
    void rotatesNeighboursAsOnePlane() {
        Rope rope = Rope.plain(OfficialConfigs.flash());
        Rope.Angles angles = angles(rope, 1000);
        float[] values = Tensors.gaussian(new Random(1), 70, 1f);
        float[] rotated = values.clone();
        angles.rotate(KERNELS, rotated, 3, 0);
        for (int j = 0; j < 32; j++) {
            double angle = 1000f * rope.frequencies()[j];
            double a = values[3 + 2 * j];
            double b = values[4 + 2 * j];
            assertThat((double) rotated[3 + 2 * j])
                    .isCloseTo(a * Math.cos(angle) - b * Math.sin(angle), Offset.offset(1e-6));
            assertThat((double) rotated[4 + 2 * j])
                    .isCloseTo(a * Math.sin(angle) + b * Math.cos(angle), Offset.offset(1e-6));
        }
        assertThat(Arrays.copyOf(rotated, 3)).isEqualTo(Arrays.copyOf(values, 3));
        assertThat(Arrays.copyOfRange(rotated, 67, 70)).isEqualTo(Arrays.copyOfRange(values, 67, 70));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4096, 1_048_575})
    void rotatingBackUndoesIt(int position) {
        Rope.Angles angles = angles(Rope.scaled(OfficialConfigs.pro()), position);
        float[] values = Tensors.gaussian(new Random(position), 64, 1f);
        float[] there = values.clone();
        angles.rotate(KERNELS, there, 0, 0);
        angles.rotateBack(KERNELS, there, 0, 0);
        assertThat(there).containsExactly(values, Offset.offset(2e-6f));
    }

    private static Rope.Angles angles(Rope rope, int position) {
        Rope.Angles angles = Rope.Angles.allocate(1, rope.pairs());
        rope.angles(position, angles, 0);
        return angles;
    }
}
