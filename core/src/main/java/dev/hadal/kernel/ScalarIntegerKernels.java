package dev.hadal.kernel;

import java.util.Arrays;

/** The definition of products of integers, in plain Java. */
final class ScalarIntegerKernels implements IntegerKernels {
    @Override
    public void multiply(IntegerRows x, int row, PackedMatrix matrix, int panelIndex, float[] y) {
        Arrays.fill(y, 0, Panel.LANES, 0f);
        for (int block = 0; block < matrix.blocks(); block++) {
            float factor = x.factors[x.factorAt(row) + block] / IntegerRows.FACTOR / 2;
            for (int lane = 0; lane < Panel.LANES; lane++) {
                int sum = 0;
                for (int k = block * IntegerRows.BLOCK; k < (block + 1) * IntegerRows.BLOCK; k++) {
                    sum += x.integer(row, k) * (int) (2 * matrix.weight(panelIndex, k, lane));
                }
                y[lane] = Math.fma(matrix.scale(panelIndex, block, lane), sum * factor, y[lane]);
            }
        }
    }

    @Override
    public void multiplyTwo(IntegerRows x, int first, int second, PackedMatrix matrix, int panelIndex, float[] y) {
        multiply(x, second, matrix, panelIndex, y);
        System.arraycopy(y, 0, y, Panel.LANES, Panel.LANES);
        multiply(x, first, matrix, panelIndex, y);
    }

    @Override
    public void multiplyFour(IntegerRows x, int[] rows, PackedMatrix matrix, int panelIndex, float[] y) {
        for (int row = 3; row >= 0; row--) {
            multiply(x, rows[row], matrix, panelIndex, y);
            System.arraycopy(y, 0, y, row * Panel.LANES, Panel.LANES);
        }
    }
}
