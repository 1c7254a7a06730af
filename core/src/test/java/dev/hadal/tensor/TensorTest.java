package dev.hadal.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

class TensorTest {
    @Test
    void knowsItsSize() {
        Tensor tensor = new Tensor("w", DType.BF16, new long[] {2, 3}, MemorySegment.ofArray(new byte[12]));
        assertThat(tensor.elements()).isEqualTo(6);
        assertThat(tensor.byteSize()).isEqualTo(12);
        assertThat(tensor.dim(1)).isEqualTo(3);
        assertThat(tensor.shape()).containsExactly(2L, 3L);
        assertThat(TensorSpec.of("s", DType.I64).byteSize()).isEqualTo(8);
    }

    @Test
    void refusesBytesThatDoNotMatchItsShape() {
        assertThatThrownBy(() -> new Tensor("w", DType.F32, new long[] {2, 3}, MemorySegment.ofArray(new byte[23])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tensor w: shape [2, 3] of F32 takes 24 bytes, not 23");
    }

    @Test
    void refusesAShapeWhoseBytesOverflow() {
        assertThatThrownBy(() -> TensorSpec.of("w", DType.F32, Long.MAX_VALUE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tensor w: shape [9223372036854775807] of F32 has a negative dimension or overflows");
    }

    @Test
    void refusesADimensionThatIsNoInt() {
        assertThatThrownBy(() -> TensorSpec.of("w", DType.I8, 1L << 31).dim(0)).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void multipliesShapesExactly() {
        assertThat(TensorSpec.byteSize(DType.I8, List.of(Long.MAX_VALUE))).isEqualTo(Long.MAX_VALUE);
        assertThat(TensorSpec.byteSize(DType.BF16, List.of(1L << 61))).isEqualTo(1L << 62);
        assertThat(TensorSpec.byteSize(DType.BF16, List.of(1L << 62))).isEqualTo(-1);
        assertThat(TensorSpec.byteSize(DType.I8, List.of(1L << 32, 1L << 32))).isEqualTo(-1);
        assertThat(TensorSpec.byteSize(DType.I8, List.of(1L << 32, 1L << 32, 0L)))
                .isZero();
        assertThat(TensorSpec.byteSize(DType.I8, List.of(0L, -1L))).isEqualTo(-1);
        assertThat(TensorSpec.byteSize(DType.F32, List.of())).isEqualTo(4);
    }
}
