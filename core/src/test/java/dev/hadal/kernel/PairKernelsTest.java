package dev.hadal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Products with two panels at once have the bits of the plain products with each. */
class PairKernelsTest {
    private static final int PANELS = 5;
    private static final int[][] PAIRS = {{0, 3}, {3, 0}, {1, 2}, {4, 4}};

    private final PairKernels pairs =
            Objects.requireNonNull(KernelSelector.vector(512).pairs());
    private final ScalarKernels scalar = new ScalarKernels();
    private final Random random = new Random(82);

    /** The product with one panel, by the plain kernels. */
    private interface Plain {
        void multiply(int panel, float[] y);
    }

    /** The product with two panels. */
    private interface Pair {
        void multiply(int panel, int other, float[] y);
    }

    private void check(Plain plain, Pair pair) {
        float[] y = new float[IntegerKernels.ROOM];
        float[] expected = new float[IntegerKernels.ROOM];
        for (int[] panels : PAIRS) {
            Arrays.fill(y, Float.NaN);
            pair.multiply(panels[0], panels[1], y);
            for (int i = 0; i < 2; i++) {
                plain.multiply(panels[i], expected);
                for (int lane = 0; lane < Panel.LANES; lane++) {
                    assertThat(Float.floatToIntBits(y[i * Panel.LANES + lane]))
                            .as("panel %d, lane %d", panels[i], lane)
                            .isEqualTo(Float.floatToIntBits(expected[lane]));
                }
            }
        }
    }

    private PackedMatrix matrix(PackedMatrix.Format format, int inputs) {
        PackedMatrix matrix = PackedMatrix.allocate(format, PANELS, inputs);
        for (int panel = 0; panel < PANELS; panel++) {
            for (int lane = 0; lane < Panel.LANES; lane++) {
                byte[] codes = new byte[2 * inputs];
                random.nextBytes(codes);
                for (int i = 0; i < codes.length; i++) {
                    boolean infinite = format == PackedMatrix.Format.BF16 && (codes[i] & 0x7f) == 0x7f;
                    boolean nan = format == PackedMatrix.Format.FP8 && (codes[i] & 0x7f) == 0x7f;
                    codes[i] = infinite || nan ? 0x3c : codes[i];
                }
                assertThat(matrix.put(panel, lane, codes, 0)).isTrue();
            }
            for (int block = 0; block < matrix.blocks(); block++) {
                float scale = format == PackedMatrix.Format.BF16 ? 1f : Math.scalb(1f, random.nextInt(40) - 20);
                for (int lane = 0; lane < Panel.LANES; lane++) {
                    assertThat(matrix.putScale(panel, block, lane, scale)).isTrue();
                }
            }
        }
        return matrix;
    }

    private Rows rows(int inputs) {
        Rows x = Rows.allocate(3, inputs);
        for (int i = 0; i < x.data().length; i++) {
            x.data()[i] = Math.scalb((float) random.nextGaussian(), random.nextInt(16) - 8);
        }
        return x;
    }

    @Test
    void bf16() {
        for (int inputs : new int[] {128, 640, 2048}) {
            PackedMatrix matrix = matrix(PackedMatrix.Format.BF16, inputs);
            Rows x = rows(inputs);
            check(
                    (panel, y) -> scalar.packed().multiply(x.data(), x.at(2), matrix, panel, y),
                    (panel, other, y) -> pairs.multiply(x.data(), x.at(2), matrix, panel, other, y));
        }
    }

    @Test
    void fp8OfRaisedRows() {
        for (int inputs : new int[] {256, 512, 2048}) {
            PackedMatrix matrix = matrix(PackedMatrix.Format.FP8, inputs);
            Rows x = rows(inputs);
            RaisedRows raised = new RaisedRows();
            raised.reserve(inputs);
            try (WorkerPool pool = new WorkerPool(1)) {
                assertThat(raised.take(x, 1, 1, pool)).isTrue();
            }
            check(
                    (panel, y) -> scalar.packed().multiply(x.data(), x.at(1), matrix, panel, y),
                    (panel, other, y) -> pairs.multiplyRaised(raised.data(), raised.at(0, 0), matrix, panel, other, y));
        }
    }

    @Test
    void everyPanelIsInOnePiece() {
        for (int panels = 1; panels < 12; panels++) {
            Tiling tiling = Tiling.pairs(panels);
            int[] seen = new int[panels];
            for (int number = 0; number < tiling.pieces(); number++) {
                Piece piece = tiling.piece(number, new Piece());
                assertThat(piece.isPair()).isEqualTo(piece.panels() == 2);
                for (int i = 0; i < piece.panels(); i++) {
                    seen[piece.panel(i)]++;
                }
            }
            assertThat(seen).containsOnly(1);
        }
    }
}
