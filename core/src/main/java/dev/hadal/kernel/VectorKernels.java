package dev.hadal.kernel;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * The vector twin of {@link ScalarKernels}, for one width. The compiler needs that width as a constant, so
 * {@link KernelSelector} defines this class once for each width as a hidden class, whose class data is the width in
 * bits; nobody else may name it. It must have no nested classes or lambdas, since those would belong to the original.
 */
final class VectorKernels implements Kernels {
    private static final VectorSpecies<Float> FLOATS = species();
    private static final int WIDTH = FLOATS.length();
    private static final VectorSpecies<Integer> INTS = FLOATS.withLanes(int.class);

    private static VectorSpecies<Float> species() {
        try {
            int bits = MethodHandles.classData(MethodHandles.lookup(), "_", Integer.class);
            return VectorSpecies.of(float.class, VectorShape.forBitSize(bits));
        } catch (IllegalAccessException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final PanelKernels panels;
    private final PackedKernels packed;
    private final StateKernels state;
    private final AttentionKernels attention;
    private final @Nullable IntegerKernels integers;
    private final @Nullable RaisedKernels raised;
    private final @Nullable PairKernels pairs;
    private final Lanes lanes = new Lanes();

    VectorKernels(PanelKernels panels, PackedKernels packed, StateKernels state, AttentionKernels attention) {
        this.panels = panels;
        this.packed = packed;
        this.state = state;
        this.attention = attention;
        this.integers = WIDTH == 16 ? new VectorIntegerKernels() : null;
        this.raised = WIDTH == 16 ? new VectorRaisedKernels() : null;
        this.pairs = WIDTH == 16 ? new VectorPairKernels() : null;
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
    public String name() {
        return "vector, " + FLOATS.vectorBitSize() + " bit";
    }

    @Override
    public PackedKernels packed() {
        return packed;
    }

    @Override
    public void multiply(Rows x, Rows y, int firstRow, int rows, Panel panel) {
        panels.multiply(x, y, firstRow, rows, panel);
    }

    @Override
    public @Nullable RaisedKernels raised() {
        return raised;
    }

    @Override
    public @Nullable PairKernels pairs() {
        return pairs;
    }

    @Override
    public @Nullable IntegerKernels integers() {
        return integers;
    }

    @Override
    public void toIntegers(float[] x, int offset, IntegerRows to, int row) {
        int width = to.values().stride();
        if (!to.paired()) {
            for (int column = 0; column < width; column += IntegerRows.BLOCK) {
                to.round(x, offset + column, row, column, Math.min(IntegerRows.BLOCK, width - column));
            }
            return;
        }
        for (int column = 0; column < width; column += PackedMatrix.GROUP) {
            int factor = to.factorAt(row) + column / IntegerRows.BLOCK;
            for (int block = 0; block < 4; block++) {
                int largest = largest(x, offset + column + block * IntegerRows.BLOCK);
                to.factors[factor + block] = IntegerRows.step(largest) * IntegerRows.FACTOR;
            }
            for (int half = 0; half < 2; half++) {
                round(x, offset + column, to, row, column + half * IntegerRows.BLOCK);
            }
        }
    }

    /** Bits of the largest magnitude of a block. */
    private static int largest(float[] x, int from) {
        IntVector largest = IntVector.zero(INTS);
        for (int i = 0; i < IntegerRows.BLOCK; i += WIDTH) {
            IntVector bits = FloatVector.fromArray(FLOATS, x, from + i).reinterpretAsInts();
            largest = largest.max(bits.and(Integer.MAX_VALUE));
        }
        return largest.reduceLanes(VectorOperators.MAX);
    }

    /** Rounds the block that begins at a column, and the one two behind it, whose integers stand above its own. */
    private static void round(float[] x, int offset, IntegerRows to, int row, int column) {
        int block = to.factorAt(row) + column / IntegerRows.BLOCK;
        float lowerStep = to.factors[block] / IntegerRows.FACTOR;
        float upperStep = to.factors[block + 2] / IntegerRows.FACTOR;
        float lowerInverse = 1 / lowerStep;
        float upperInverse = 1 / upperStep;
        int from = offset + column % PackedMatrix.GROUP;
        int value = to.values().at(row, column);
        int pair = to.pairAt(row) + column / PackedMatrix.GROUP * 64 + column % 64;
        for (int i = 0; i < IntegerRows.BLOCK; i += WIDTH) {
            FloatVector lower =
                    FloatVector.fromArray(FLOATS, x, from + i).mul(lowerInverse).add(Exponential.ROUNDER);
            FloatVector upper = FloatVector.fromArray(FLOATS, x, from + i + 64)
                    .mul(upperInverse)
                    .add(Exponential.ROUNDER);
            lower.sub(Exponential.ROUNDER).mul(lowerStep).intoArray(to.values().data(), value + i);
            upper.sub(Exponential.ROUNDER).mul(upperStep).intoArray(to.values().data(), value + i + 64);
            IntVector low = lower.reinterpretAsInts().and(0xffff);
            IntVector high = upper.reinterpretAsInts().lanewise(VectorOperators.LSHL, 16);
            low.or(high).intoArray(to.pairs, pair + i);
        }
    }

    @Override
    public float sum(float[] x, int offset, int length) {
        float[] sums = lanes.zero();
        int whole = length - length % SUM_LANES;
        for (int lane = 0; lane < SUM_LANES; lane += WIDTH) {
            FloatVector sum = FloatVector.zero(FLOATS);
            for (int i = lane; i < whole; i += SUM_LANES) {
                sum = sum.add(FloatVector.fromArray(FLOATS, x, offset + i));
            }
            sum.intoArray(sums, lane);
        }
        for (int i = whole; i < length; i++) {
            sums[i - whole] += x[offset + i];
        }
        return ScalarKernels.fold(sums);
    }

    @Override
    public float sumOfSquares(float[] x, int offset, int length) {
        float[] sums = lanes.zero();
        int whole = length - length % SUM_LANES;
        for (int lane = 0; lane < SUM_LANES; lane += WIDTH) {
            FloatVector sum = FloatVector.zero(FLOATS);
            for (int i = lane; i < whole; i += SUM_LANES) {
                FloatVector v = FloatVector.fromArray(FLOATS, x, offset + i);
                sum = v.fma(v, sum);
            }
            sum.intoArray(sums, lane);
        }
        for (int i = whole; i < length; i++) {
            sums[i - whole] = Math.fma(x[offset + i], x[offset + i], sums[i - whole]);
        }
        return ScalarKernels.fold(sums);
    }

    /**
     * {@link Exponential#exp}, lane by lane. It stands here and in {@link #swiglu}: as a method of its own it is not always
     * inlined, and would then get and give its vectors as objects.
     */
    @Override
    public void exponentials(float[] values, int offset, int length, float shift) {
        int i = 0;
        for (; i + WIDTH <= length; i += WIDTH) {
            FloatVector x = FloatVector.fromArray(FLOATS, values, offset + i).sub(shift);
            FloatVector rounded = x.fma(
                    FloatVector.broadcast(FLOATS, Exponential.LOG2_E),
                    FloatVector.broadcast(FLOATS, Exponential.ROUNDER));
            FloatVector n = rounded.sub(Exponential.ROUNDER);
            FloatVector r = n.fma(FloatVector.broadcast(FLOATS, -Exponential.LN2_HIGH), x);
            r = n.fma(FloatVector.broadcast(FLOATS, -Exponential.LN2_LOW), r);
            FloatVector p =
                    r.fma(FloatVector.broadcast(FLOATS, Exponential.C5), FloatVector.broadcast(FLOATS, Exponential.C4));
            p = p.fma(r, FloatVector.broadcast(FLOATS, Exponential.C3));
            p = p.fma(r, FloatVector.broadcast(FLOATS, Exponential.C2));
            p = p.fma(r, FloatVector.broadcast(FLOATS, Exponential.C1));
            p = p.fma(r, FloatVector.broadcast(FLOATS, Exponential.C0));
            p = p.fma(r.mul(r), r).add(1f);
            IntVector exponent =
                    rounded.reinterpretAsInts().sub(Exponential.ROUNDER_BITS).lanewise(VectorOperators.LSHL, 23);
            FloatVector e = p.reinterpretAsInts().add(exponent).reinterpretAsFloats();
            e = e.blend(0f, x.compare(VectorOperators.LT, Exponential.LOWEST));
            e = e.blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.GT, Exponential.HIGHEST));
            e.blend(x, x.test(VectorOperators.IS_NAN)).intoArray(values, offset + i);
        }
        for (; i < length; i++) {
            values[offset + i] = Exponential.exp(values[offset + i] - shift);
        }
    }

    @Override
    public void add(float[] y, int yOffset, float[] x, int xOffset, int length) {
        int i = 0;
        for (; i + WIDTH <= length; i += WIDTH) {
            FloatVector.fromArray(FLOATS, y, yOffset + i)
                    .add(FloatVector.fromArray(FLOATS, x, xOffset + i))
                    .intoArray(y, yOffset + i);
        }
        for (; i < length; i++) {
            y[yOffset + i] += x[xOffset + i];
        }
    }

    @Override
    public void swiglu(float[] gate, int gateOffset, float[] up, int upOffset, int width, Clamp clamp) {
        float limit = clamp.limit();
        int i = 0;
        for (; i + WIDTH <= width; i += WIDTH) {
            FloatVector g = FloatVector.fromArray(FLOATS, gate, gateOffset + i).min(limit);
            FloatVector u =
                    FloatVector.fromArray(FLOATS, up, upOffset + i).max(-limit).min(limit);
            FloatVector x = g.neg();
            FloatVector rounded = x.fma(
                    FloatVector.broadcast(FLOATS, Exponential.LOG2_E),
                    FloatVector.broadcast(FLOATS, Exponential.ROUNDER));
            FloatVector n = rounded.sub(Exponential.ROUNDER);
            FloatVector r = n.fma(FloatVector.broadcast(FLOATS, -Exponential.LN2_HIGH), x);
            r = n.fma(FloatVector.broadcast(FLOATS, -Exponential.LN2_LOW), r);
            FloatVector p =
                    r.fma(FloatVector.broadcast(FLOATS, Exponential.C5), FloatVector.broadcast(FLOATS, Exponential.C4));
            p = p.fma(r, FloatVector.broadcast(FLOATS, Exponential.C3));
            p = p.fma(r, FloatVector.broadcast(FLOATS, Exponential.C2));
            p = p.fma(r, FloatVector.broadcast(FLOATS, Exponential.C1));
            p = p.fma(r, FloatVector.broadcast(FLOATS, Exponential.C0));
            p = p.fma(r.mul(r), r).add(1f);
            IntVector exponent =
                    rounded.reinterpretAsInts().sub(Exponential.ROUNDER_BITS).lanewise(VectorOperators.LSHL, 23);
            FloatVector e = p.reinterpretAsInts().add(exponent).reinterpretAsFloats();
            e = e.blend(0f, x.compare(VectorOperators.LT, Exponential.LOWEST));
            e = e.blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.GT, Exponential.HIGHEST));
            e = e.blend(x, x.test(VectorOperators.IS_NAN));
            g.div(e.add(1f)).mul(u).mul(clamp.weight()).intoArray(gate, gateOffset + i);
        }
        for (; i < width; i++) {
            float g = Math.min(gate[gateOffset + i], limit);
            float u = Math.min(Math.max(up[upOffset + i], -limit), limit);
            gate[gateOffset + i] = g / (1f + Exponential.exp(-g)) * u * clamp.weight();
        }
    }

    @Override
    public void mixUp(Rows streams, Rows update, Rows mix, int row) {
        int dim = streams.stride() / 4;
        float[] x = streams.data();
        float[] m = mix.data();
        int x0 = streams.at(row);
        int u0 = update.at(row);
        int i = 0;
        for (; i + WIDTH <= dim; i += WIDTH) {
            FloatVector y = FloatVector.fromArray(FLOATS, update.data(), u0 + i);
            FloatVector a = FloatVector.fromArray(FLOATS, x, x0 + i);
            FloatVector b = FloatVector.fromArray(FLOATS, x, x0 + dim + i);
            FloatVector c = FloatVector.fromArray(FLOATS, x, x0 + 2 * dim + i);
            FloatVector d = FloatVector.fromArray(FLOATS, x, x0 + 3 * dim + i);
            int m0 = mix.at(row) + 4;
            for (int k = 0, to = x0 + i; k < 4; k++, m0++, to += dim) {
                FloatVector across = a.mul(m[m0 + 4]).add(b.mul(m[m0 + 8]));
                across = across.add(c.mul(m[m0 + 12])).add(d.mul(m[m0 + 16]));
                y.mul(m[m0]).add(across).intoArray(x, to);
            }
        }
        ScalarKernels.mixUp(streams, update, mix, row, i);
    }
}
