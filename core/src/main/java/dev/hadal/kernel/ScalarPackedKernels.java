package dev.hadal.kernel;

/** The definition of the operations on packed matrices, in plain Java. */
final class ScalarPackedKernels implements PackedKernels {
    @Override
    public void multiply(float[] x, int offset, PackedMatrix matrix, int panelIndex, float[] y) {
        for (int lane = 0; lane < Panel.LANES; lane++) {
            y[lane] = addBlocks(x, offset, matrix, panelIndex * Panel.LANES + lane, 0, 0f);
        }
    }

    @Override
    public void multiplyTwo(float[] x, int offset, int second, PackedMatrix matrix, int panelIndex, float[] y) {
        multiply(x, second, matrix, panelIndex, y);
        System.arraycopy(y, 0, y, Panel.LANES, Panel.LANES);
        multiply(x, offset, matrix, panelIndex, y);
    }

    @Override
    public void multiplyFour(float[] x, int[] rows, PackedMatrix matrix, int panelIndex, float[] y) {
        for (int row = 3; row >= 0; row--) {
            multiply(x, rows[row], matrix, panelIndex, y);
            System.arraycopy(y, 0, y, row * Panel.LANES, Panel.LANES);
        }
    }

    /** Adds the blocks from {@code firstBlock} on, one after the other, to the sum of one output. */
    static float addBlocks(float[] x, int offset, PackedMatrix matrix, int output, int firstBlock, float before) {
        int panel = output / Panel.LANES;
        int lane = output % Panel.LANES;
        float sum = before;
        for (int b = firstBlock; b < matrix.blocks(); b++) {
            float part = 0f;
            int end = Math.min(matrix.inputs, (b + 1) * matrix.format.block);
            for (int k = b * matrix.format.block; k < end; k++) {
                part = Math.fma(x[offset + k], matrix.weight(panel, k, lane), part);
            }
            sum = Math.fma(matrix.scale(panel, b, lane), part, sum);
        }
        return sum;
    }

    @Override
    public void blockSum(float[] x, int offset, float[] panel, int input, float[] sums, int at) {
        int inputs = Math.min(128, panel.length / Panel.LANES - input);
        for (int lane = 0; lane < Panel.LANES; lane++) {
            float part = 0f;
            for (int k = 0; k < inputs; k++) {
                part = Math.fma(x[offset + k], panel[(input + k) * Panel.LANES + lane], part);
            }
            sums[at + lane] = part;
        }
    }

    @Override
    public void unpack(PackedMatrix matrix, int panelIndex, int input, int depth, Panel into) {
        unpackFrom(matrix, panelIndex, input, 0, depth, into);
        matrix.scales(panelIndex, input, depth, into);
    }

    /** Decodes the inputs {@code from .. depth} of a panel that begins at {@code input}. */
    static void unpackFrom(PackedMatrix matrix, int panelIndex, int input, int from, int depth, Panel into) {
        for (int k = from; k < depth; k++) {
            for (int lane = 0; lane < Panel.LANES; lane++) {
                into.weights[k * Panel.LANES + lane] = matrix.weight(panelIndex, input + k, lane);
            }
        }
    }
}
