package dev.hadal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Products of raised rows have the bits of the plain products of the rows themselves, or the rows are not taken. */
class RaisedRowsTest {
    private static final float LEAST = 0x1p-60f;
    private static final float BEYOND = 0x1p27f;

    private final RaisedKernels kernels =
            Objects.requireNonNull(KernelSelector.vector(512).raised());
    private final PackedKernels plain = new ScalarKernels().packed();
    private final SplittableRandom random = new SplittableRandom(81);

    /** All codes, subnormal ones among them, with scales from tiny to huge. */
    private PackedMatrix matrix(int panels, int inputs) {
        PackedMatrix matrix = PackedMatrix.allocate(PackedMatrix.Format.FP8, panels, inputs);
        for (int panel = 0; panel < panels; panel++) {
            for (int block = 0; block < inputs / 128; block++) {
                float scale = Math.scalb(1 + random.nextFloat(), random.nextInt(-120, 100));
                for (int lane = 0; lane < Panel.LANES; lane++) {
                    matrix.putScale(panel, block, lane, scale);
                }
            }
            for (int lane = 0; lane < Panel.LANES; lane++) {
                byte[] codes = new byte[inputs];
                random.nextBytes(codes);
                for (int i = 0; i < inputs; i++) {
                    codes[i] = (codes[i] & 0x7f) == 0x7f ? 0 : codes[i];
                }
                assertThat(matrix.put(panel, lane, codes, 0)).isTrue();
            }
        }
        return matrix;
    }

    /** Values whose exponents lie between two bounds, with zeros of both signs. */
    private Rows rows(int count, int inputs, int lowest, int highest) {
        Rows rows = Rows.allocate(count, inputs);
        for (int i = 0; i < rows.data().length; i++) {
            float value = Math.scalb(1 + random.nextFloat(), random.nextInt(lowest, highest + 1));
            int kind = random.nextInt(16);
            rows.data()[i] = kind == 0 ? 0f : kind == 1 ? -0f : kind % 2 == 0 ? value : -value;
        }
        return rows;
    }

    @ParameterizedTest
    @CsvSource({"-3, 3", "-60, -60", "26, 26", "-60, 26", "-60, -40", "0, 26"})
    void productsHaveTheSameBits(int lowest, int highest) {
        for (int inputs : new int[] {256, 512, 2048}) {
            PackedMatrix matrix = matrix(2, inputs);
            for (int count : new int[] {1, 2, 3, 4, 7, 8, 13, 16}) {
                Rows x = rows(count + 1, inputs, lowest, highest);
                RaisedRows raised = new RaisedRows();
                raised.reserve(inputs);
                try (WorkerPool pool = new WorkerPool(2)) {
                    assertThat(raised.take(x, 1, count, pool)).isTrue();
                }
                check(raised, x, count, matrix);
            }
        }
    }

    private void check(RaisedRows raised, Rows x, int count, PackedMatrix matrix) {
        float[] expected = new float[IntegerKernels.ROOM];
        float[] actual = new float[IntegerKernels.ROOM];
        for (int panel = 0; panel < 2; panel++) {
            for (int row = 0; row < count; ) {
                int together = raised.together(row);
                switch (together) {
                    case 4 -> kernels.multiplyFour(raised.data(), raised.at(row, 0), matrix, panel, actual);
                    case 2 -> kernels.multiplyTwo(raised.data(), raised.at(row, 0), matrix, panel, actual);
                    default -> kernels.multiply(raised.data(), raised.at(row, 0), matrix, panel, actual);
                }
                for (int i = 0; i < together; i++) {
                    plain.multiply(x.data(), x.at(1 + row + i), matrix, panel, expected);
                    for (int lane = 0; lane < Panel.LANES; lane++) {
                        assertThat(Float.floatToRawIntBits(actual[i * Panel.LANES + lane]))
                                .isEqualTo(Float.floatToRawIntBits(expected[lane]));
                    }
                }
                row += together;
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            floats = {
                BEYOND,
                -BEYOND,
                Float.MAX_VALUE,
                Float.POSITIVE_INFINITY,
                Float.NaN,
                LEAST / 2,
                -LEAST / 2,
                Float.MIN_NORMAL,
                Float.MIN_VALUE
            })
    void aValueOutOfRangeIsRefusedWhereverItStands(float value) {
        for (int count : new int[] {1, 4, 9}) {
            Rows x = rows(count, 3000, -60, 26);
            RaisedRows raised = new RaisedRows();
            raised.reserve(3000);
            try (WorkerPool pool = new WorkerPool(2)) {
                for (int at : new int[] {0, 1023, 1024, 2999}) {
                    float kept = x.data()[x.at(count - 1, at)];
                    x.data()[x.at(count - 1, at)] = value;
                    assertThat(raised.take(x, 0, count, pool)).isFalse();
                    x.data()[x.at(count - 1, at)] = kept;
                    assertThat(raised.take(x, 0, count, pool)).isTrue();
                }
            }
        }
    }

    @Test
    void bothSidesOfTheRangeAreTaken() {
        Rows x = new Rows(new float[] {LEAST, -LEAST, Math.nextDown(BEYOND), -Math.nextDown(BEYOND), 0f, -0f}, 6);
        RaisedRows raised = new RaisedRows();
        raised.reserve(6);
        try (WorkerPool pool = new WorkerPool(1)) {
            assertThat(raised.take(x, 0, 1, pool)).isTrue();
        }
    }

    @Test
    void thereIsRoomForSixteenRows() {
        RaisedRows raised = new RaisedRows();
        raised.reserve(128);
        assertThat(raised.fit(Rows.allocate(16, 128), 16)).isTrue();
        assertThat(raised.fit(Rows.allocate(17, 128), 17)).isFalse();
        assertThat(raised.fit(Rows.allocate(16, 129), 16)).isFalse();
    }
}
