package dev.hadal.kernel;

import org.jspecify.annotations.Nullable;

/** The definition of every kernel, in plain Java. It is never optimised: it explains, and it is the oracle. */
public final class ScalarKernels implements Kernels {
    private final PackedKernels packed = new ScalarPackedKernels();
    private final IntegerKernels integers = new ScalarIntegerKernels();
    private final StateKernels state = new ScalarStateKernels();
    private final AttentionKernels attention = new ScalarAttentionKernels();
    private final Lanes lanes = new Lanes();

    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public PackedKernels packed() {
        return packed;
    }

    @Override
    public @Nullable RaisedKernels raised() {
        return null;
    }

    @Override
    public @Nullable PairKernels pairs() {
        return null;
    }

    @Override
    public IntegerKernels integers() {
        return integers;
    }

    @Override
    public StateKernels state() {
        return state;
    }

    @Override
    public AttentionKernels attention() {
        return attention;
    }

    @Override
    public void multiply(Rows x, Rows y, int firstRow, int rows, Panel panel) {
        float[] part = lanes.zero();
        for (int row = firstRow; row < firstRow + rows; row++) {
            int input = x.at(row, panel.inputColumn);
            int output = y.at(row, panel.outputColumn);
            for (int k = 0, b = 0; k < panel.depth; b++) {
                int end = (int) Math.min(panel.depth, (long) k + panel.block);
                java.util.Arrays.fill(part, 0f);
                for (; k < end; k++) {
                    accumulate(part, x.data()[input + k], panel.weights, panel.offset + k * panel.stride, panel.lanes);
                }
                for (int j = 0; j < panel.lanes; j++) {
                    y.data()[output + j] = Math.fma(panel.scales[b * Panel.LANES + j], part[j], y.data()[output + j]);
                }
            }
        }
    }

    private static void accumulate(float[] part, float x, float[] weights, int offset, int lanes) {
        for (int j = 0; j < lanes; j++) {
            part[j] = Math.fma(x, weights[offset + j], part[j]);
        }
    }

    @Override
    public void toIntegers(float[] x, int offset, IntegerRows to, int row) {
        int width = to.values().stride();
        for (int column = 0; column < width; column += IntegerRows.BLOCK) {
            to.round(x, offset + column, row, column, Math.min(IntegerRows.BLOCK, width - column));
        }
    }

    @Override
    public float sum(float[] x, int offset, int length) {
        float[] sums = lanes.zero();
        for (int i = 0; i < length; i++) {
            sums[i % SUM_LANES] += x[offset + i];
        }
        return fold(sums);
    }

    @Override
    public float sumOfSquares(float[] x, int offset, int length) {
        float[] sums = lanes.zero();
        for (int i = 0; i < length; i++) {
            sums[i % SUM_LANES] = Math.fma(x[offset + i], x[offset + i], sums[i % SUM_LANES]);
        }
        return fold(sums);
    }

    /** Folds the lanes of a sum: 16 to 8, 4, 2, 1, the upper half onto the lower. */
    static float fold(float[] lanes) {
        for (int half = SUM_LANES / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                lanes[i] += lanes[i + half];
            }
        }
        return lanes[0];
    }

    @Override
    public void exponentials(float[] x, int offset, int length, float shift) {
        for (int i = offset; i < offset + length; i++) {
            x[i] = Exponential.exp(x[i] - shift);
        }
    }

    @Override
    public void add(float[] y, int yOffset, float[] x, int xOffset, int length) {
        for (int i = 0; i < length; i++) {
            y[yOffset + i] += x[xOffset + i];
        }
    }

    @Override
    public void swiglu(float[] gate, int gateOffset, float[] up, int upOffset, int width, Clamp clamp) {
        float limit = clamp.limit();
        for (int i = 0; i < width; i++) {
            float g = Math.min(gate[gateOffset + i], limit);
            float u = Math.min(Math.max(up[upOffset + i], -limit), limit);
            gate[gateOffset + i] = g / (1f + Exponential.exp(-g)) * u * clamp.weight();
        }
    }

    @Override
    public void mixUp(Rows streams, Rows update, Rows mix, int row) {
        mixUp(streams, update, mix, row, 0);
    }

    /** The same for the values from {@code from} on. */
    static void mixUp(Rows streams, Rows update, Rows mix, int row, int from) {
        int dim = streams.stride() / 4;
        float[] x = streams.data();
        float[] m = mix.data();
        int x0 = streams.at(row);
        int m0 = mix.at(row);
        for (int i = from; i < dim; i++) {
            float y = update.data()[update.at(row, i)];
            float a = x[x0 + i];
            float b = x[x0 + dim + i];
            float c = x[x0 + 2 * dim + i];
            float d = x[x0 + 3 * dim + i];
            for (int k = 0; k < 4; k++) {
                float across = m[m0 + 8 + k] * a + m[m0 + 12 + k] * b + m[m0 + 16 + k] * c + m[m0 + 20 + k] * d;
                x[x0 + k * dim + i] = m[m0 + 4 + k] * y + across;
            }
        }
    }
}
