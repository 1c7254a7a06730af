package dev.hadal.kernel;

import org.jspecify.annotations.Nullable;

/** Passes every operation on, after a look, a wait or a failure of the test's choice. */
public record ObservedKernels(Kernels inner, Runnable before) implements Kernels {

    @Override
    public String name() {
        return "observed";
    }

    @Override
    public PackedKernels packed() {
        before.run();
        return inner.packed();
    }

    @Override
    public StateKernels state() {
        before.run();
        return inner.state();
    }

    @Override
    public AttentionKernels attention() {
        before.run();
        return inner.attention();
    }

    @Override
    public void multiply(Rows x, Rows y, int firstRow, int rows, Panel panel) {
        before.run();
        inner.multiply(x, y, firstRow, rows, panel);
    }

    @Override
    public @Nullable RaisedKernels raised() {
        return inner.raised();
    }

    @Override
    public @Nullable PairKernels pairs() {
        return inner.pairs();
    }

    @Override
    public @Nullable IntegerKernels integers() {
        return inner.integers();
    }

    @Override
    public void toIntegers(float[] x, int offset, IntegerRows to, int row) {
        before.run();
        inner.toIntegers(x, offset, to, row);
    }

    @Override
    public float sum(float[] x, int offset, int length) {
        before.run();
        return inner.sum(x, offset, length);
    }

    @Override
    public float sumOfSquares(float[] x, int offset, int length) {
        before.run();
        return inner.sumOfSquares(x, offset, length);
    }

    @Override
    public void exponentials(float[] x, int offset, int length, float shift) {
        before.run();
        inner.exponentials(x, offset, length, shift);
    }

    @Override
    public void add(float[] y, int yOffset, float[] x, int xOffset, int length) {
        before.run();
        inner.add(y, yOffset, x, xOffset, length);
    }

    @Override
    public void swiglu(float[] gate, int gateOffset, float[] up, int upOffset, int width, Clamp clamp) {
        before.run();
        inner.swiglu(gate, gateOffset, up, upOffset, width, clamp);
    }

    @Override
    public void mixUp(Rows streams, Rows update, Rows mix, int row) {
        before.run();
        inner.mixUp(streams, update, mix, row);
    }
}
