package dev.hadal.cli.synth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hadal.tensor.DType;
import dev.hadal.tensor.Formats;
import dev.hadal.tensor.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodesTest {
    private static final int COUNT = 1 << 18;
    private static final TensorBits BITS = TensorBits.of(3, "test");

    @ParameterizedTest
    @ValueSource(ints = {64, 512, 2048, 7168})
    void weightsOfEveryFormatDivideByTheRootOfTheirFanIn(int fanIn) {
        TensorSpec bf16 = TensorSpec.of("layers.0.ffn.gate.weight", DType.BF16, 8, fanIn);
        TensorSpec fp8 = TensorSpec.of("layers.0.attn.wq_a.weight", DType.F8_E4M3, 8, fanIn);
        TensorSpec fp4 = TensorSpec.of("layers.0.ffn.experts.0.w1.weight", DType.I8, 8, fanIn / 2);
        byte[] scales8 = drawScales(DType.F8_E8M0, fp8);
        byte[] scales4 = drawScales(DType.F8_E8M0, fp4);
        byte[] codes16 = draw(Codes.of(bf16, BITS), 2);
        byte[] codes8 = draw(Codes.of(fp8, BITS), 1);
        byte[] codes4 = draw(Codes.of(fp4, BITS), 1);
        double expected = 1 / Math.sqrt(fanIn);
        assertThat(deviation(i -> bf16(codes16, i))).isCloseTo(expected, within(0.02 * expected));
        // The same index for code and scale would pair them: both are drawn from the same bits here.
        assertThat(deviation(i -> Formats.e4m3(codes8[i]) * Formats.e8m0(scales8[COUNT - 1 - i])))
                .isCloseTo(expected, within(0.03 * expected));
        assertThat(deviation(i -> Formats.e2m1(codes4[i] >> 4 & 15) * Formats.e8m0(scales4[COUNT - 1 - i])))
                .isCloseTo(expected, within(0.1 * expected));
    }

    @Test
    void scalesAreTheSamePowersOfTwoInBothFormats() {
        TensorSpec weight = TensorSpec.of("layers.0.attn.wq_a.weight", DType.F8_E4M3, 128, 2048);
        byte[] e8m0 = drawScales(DType.F8_E8M0, weight);
        byte[] f32 = drawScales(DType.F32, weight);
        var layout = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 1000; i++) {
            assertThat(MemorySegment.ofArray(f32).get(layout, 4L * i)).isEqualTo(Formats.e8m0(e8m0[i]));
        }
        assertThat(IntStream.range(0, 1000).map(i -> e8m0[i]).distinct().count())
                .isEqualTo(3);
    }

    @Test
    void elementsDoNotDependOnThePieces() {
        Codes codes = Codes.of(TensorSpec.of("embed.weight", DType.BF16, 16, 64), BITS);
        byte[] whole = new byte[2048];
        codes.draw(0, whole, 1024);
        byte[] piece = new byte[2048];
        codes.draw(1000, piece, 24);
        assertThat(Arrays.copyOf(piece, 48)).isEqualTo(Arrays.copyOfRange(whole, 2000, 2048));
    }

    @Test
    void normsAreAroundOne() {
        byte[] codes = draw(Codes.of(TensorSpec.of("layers.1.attn.q_norm.weight", DType.BF16, 512), BITS), 2);
        assertThat(IntStream.range(0, COUNT).mapToDouble(i -> bf16(codes, i)).average())
                .hasValueCloseTo(1.0, within(0.001));
        assertThat(IntStream.range(0, COUNT).mapToDouble(i -> bf16(codes, i)))
                .allMatch(value -> value > 0.75 && value < 1.25);
    }

    private static byte[] drawScales(DType dtype, TensorSpec weight) {
        TensorSpec scale = TensorSpec.of(weight.name().replace("weight", "scale"), dtype, 1, 1);
        return draw(Codes.ofScale(scale, weight, BITS), dtype.bytes());
    }

    private static byte[] draw(Codes codes, int bytes) {
        byte[] buffer = new byte[COUNT * bytes];
        codes.draw(0, buffer, COUNT);
        return buffer;
    }

    private static double bf16(byte[] codes, int i) {
        return Formats.bf16((short) ((codes[2 * i] & 0xff) | codes[2 * i + 1] << 8));
    }

    private static double deviation(IntToDoubleFunction value) {
        return Math.sqrt(IntStream.range(0, COUNT)
                .mapToDouble(value)
                .map(v -> v * v)
                .average()
                .orElseThrow());
    }
}
