package dev.hadal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SlabTest {
    private static final int INPUTS = 384;
    private static final int PANELS = 2;

    @Test
    void matricesShareOneArrayThatHasRoomForNothingElseAndKeepTheirWeights() {
        long ints = 0;
        for (PackedMatrix.Format format : PackedMatrix.Format.values()) {
            ints += 2 * PackedMatrix.ints(format, 2 * PANELS, INPUTS);
        }
        Slab slab = new Slab(ints);
        List<PackedMatrix> matrices = new ArrayList<>();
        for (PackedMatrix.Format format : PackedMatrix.Format.values()) {
            PackedMatrix both = slab.allocate(format, 2 * PANELS, INPUTS);
            matrices.addAll(List.of(both.half(0), both.half(1), slab.allocate(format, 2 * PANELS, INPUTS)));
        }
        matrices.forEach(matrix -> fill(matrix, matrices.indexOf(matrix)));
        int[] shared = matrices.getFirst().data;
        assertThat(shared).hasSize((int) ints);
        for (PackedMatrix matrix : matrices) {
            assertThat(matrix.data).isSameAs(shared);
            assertThat(matrix.exponents).isSameAs(shared);
            PackedMatrix alone = fill(PackedMatrix.allocate(matrix.format, PANELS, INPUTS), matrices.indexOf(matrix));
            for (int panel = 0; panel < PANELS; panel++) {
                for (int input = 0; input < INPUTS; input++) {
                    for (int lane = 0; lane < Panel.LANES; lane++) {
                        assertThat(matrix.weight(panel, input, lane)).isEqualTo(alone.weight(panel, input, lane));
                        int block = input / matrix.format.block;
                        assertThat(matrix.scale(panel, block, lane)).isEqualTo(alone.scale(panel, block, lane));
                    }
                }
            }
        }
    }

    private static PackedMatrix fill(PackedMatrix matrix, int seed) {
        Random random = new Random(seed);
        byte[] row = new byte[2 * INPUTS];
        for (int panel = 0; panel < PANELS; panel++) {
            for (int lane = 0; lane < Panel.LANES; lane++) {
                random.nextBytes(row);
                // No FP8 and no BF16 becomes a NaN.
                for (int i = 0; i < row.length; i++) {
                    row[i] &= (byte) 0xbf;
                }
                matrix.put(panel, lane, row, 0);
                for (int block = 0; block < matrix.blocks(); block++) {
                    matrix.putScale(panel, block, lane, Math.scalb(1f, panel + block + seed));
                }
            }
        }
        return matrix;
    }

    @Test
    void halvesCountTheirOwnMemoryOnly() {
        for (PackedMatrix.Format format : PackedMatrix.Format.values()) {
            PackedMatrix both = PackedMatrix.allocate(format, 2 * PANELS, INPUTS);
            long alone = PackedMatrix.allocate(format, PANELS, INPUTS).bytes();
            assertThat(both.half(0).bytes()).isEqualTo(alone);
            assertThat(both.bytes()).isEqualTo(2 * alone);
        }
    }

    @Test
    void aMatrixWithoutRoomGetsMemoryOfItsOwn() {
        PackedMatrix.Format format = PackedMatrix.Format.FP4;
        Slab slab = new Slab(PackedMatrix.ints(format, PANELS, INPUTS) + 1);
        PackedMatrix first = slab.allocate(format, PANELS, INPUTS);
        PackedMatrix second = slab.allocate(format, PANELS, INPUTS);
        assertThat(second.data).isNotSameAs(first.data).hasSize((int) PackedMatrix.ints(format, PANELS, INPUTS));
        assertThat(new Slab(1L << 40).allocate(format, PANELS, INPUTS).data).hasSameSizeAs(second.data);
    }

    @Test
    void slabsAreLargeAndHoldWhatAnArrayCan() {
        long large = Slab.LARGE_INTS;
        assertThat(cut(Collections.nCopies(11, large / 4))).containsExactly(4, 7);
        assertThat(cut(Collections.nCopies(12, large / 4))).containsExactly(4, 4, 4);
        assertThat(cut(Collections.nCopies(3, large / 4))).containsExactly(3);
        assertThat(cut(List.of(5 * large, 1L, large, 2L, 3L))).containsExactly(1, 4);
        assertThat(cut(List.of(1L, Slab.MOST_INTS, 1L))).containsExactly(1, 1, 1);
        assertThat(cut(List.of())).isEmpty();
    }

    private static List<Integer> cut(List<Long> ints) {
        return Slab.cut(ints, Long::longValue).stream().map(List::size).toList();
    }
}
