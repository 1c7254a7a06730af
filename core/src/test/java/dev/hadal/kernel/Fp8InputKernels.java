package dev.hadal.kernel;

import dev.hadal.tensor.Formats;
import org.jspecify.annotations.Nullable;

/** Rounds inputs to FP8 in groups of 128 instead of integers, as the official kernels do; all else is passed on. */
public record Fp8InputKernels(Kernels inner) implements Kernels {

    @Override
    public String name() {
        return "inputs in FP8";
    }

    @Override
    public PackedKernels packed() {
        return inner.packed();
    }

    @Override
    public StateKernels state() {
        return inner.state();
    }

    @Override
    public AttentionKernels attention() {
        return inner.attention();
    }

    @Override
    public void multiply(Rows x, Rows y, int firstRow, int rows, Panel panel) {
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
        return null;
    }

    @Override
    public void toIntegers(float[] x, int offset, IntegerRows to, int row) {
        Rows values = to.values();
        System.arraycopy(x, offset, values.data(), values.at(row), values.stride());
        Formats.fakeFp8(values.data(), values.at(row), values.stride(), 128);
    }

    @Override
    public float sum(float[] x, int offset, int length) {
        return inner.sum(x, offset, length);
    }

    @Override
    public float sumOfSquares(float[] x, int offset, int length) {
        return inner.sumOfSquares(x, offset, length);
    }

    @Override
    public void exponentials(float[] x, int offset, int length, float shift) {
        inner.exponentials(x, offset, length, shift);
    }

    @Override
    public void add(float[] y, int yOffset, float[] x, int xOffset, int length) {
        inner.add(y, yOffset, x, xOffset, length);
    }

    @Override
    public void swiglu(float[] gate, int gateOffset, float[] up, int upOffset, int width, Clamp clamp) {
        inner.swiglu(gate, gateOffset, up, upOffset, width, clamp);
    }

    @Override
    public void mixUp(Rows streams, Rows update, Rows mix, int row) {
        inner.mixUp(streams, update, mix, row);
    }
}
