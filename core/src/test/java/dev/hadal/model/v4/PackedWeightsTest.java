package dev.hadal.model.v4;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.kernel.Compute;
import dev.hadal.kernel.KernelSelector;
import dev.hadal.kernel.Kernels;
import dev.hadal.model.NumericsMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Copying the weights into another order changes no bit of any logit. */
class PackedWeightsTest {

    private static int[] bits(float[] values) {
        return IntStream.range(0, values.length)
                .map(i -> Float.floatToRawIntBits(values[i]))
                .toArray();
    }

    @ParameterizedTest
    @CsvSource({"flash, 0, 1", "flash, 256, 1", "pro, 256, 3", "flash, 256, 140", "flash, 128, 2", "pro, 512, 1"})
    void packedWeightsGiveTheBitsOfMappedOnes(String name, int bits, int chunk) {
        Kernels kernels = bits == 0 ? KernelSelector.scalar() : KernelSelector.vector(bits);
        try (Golden golden = Golden.open(name);
                DeepSeekV4 mapped = golden.model(NumericsMode.QAT, KernelSelector.scalar(), 1);
                DeepSeekV4 packed = golden.model(NumericsMode.QAT, kernels, 2, true)) {
            int[] ids = Arrays.copyOf(golden.ids(), chunk == 140 ? 140 : 20);
            assertThat(bits(golden.logits(packed, ids, chunk))).isEqualTo(bits(golden.logits(mapped, ids, ids.length)));
        }
    }

    @Test
    void loadingTellsHowFarItIs() {
        try (Golden golden = Golden.open("flash")) {
            List<Double> shares = new ArrayList<>();
            DeepSeekV4.Options options = new DeepSeekV4.Options(NumericsMode.QAT, 4, true, () -> "golden", shares::add);
            Compute compute = new Compute(KernelSelector.scalar(), 2);
            try (DeepSeekV4 model = new DeepSeekV4(golden.config, golden.weights, compute, options)) {
                assertThat(shares)
                        .isSorted()
                        .hasSizeGreaterThan(50)
                        .startsWith(0.0)
                        .endsWith(1.0);
                assertThat(model.packedBytes()).isPositive();
            }
        }
    }

    @Test
    void mappedWeightsAreNoCopy() {
        try (Golden golden = Golden.open("flash");
                DeepSeekV4 mapped = golden.model(NumericsMode.QAT, KernelSelector.scalar(), 1)) {
            assertThat(mapped.packedBytes()).isZero();
        }
    }
}
