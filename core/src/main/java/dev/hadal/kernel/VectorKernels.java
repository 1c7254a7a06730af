package dev.hadal.kernel;

import java.lang.invoke.MethodHandles;
import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector twin of {@link ScalarKernels}, for one width. The compiler needs that width as a constant, so
 * {@link KernelSelector} defines this class once for each width as a hidden class, whose class data is the width in
 * bits; nobody else may name it. It must have no nested classes or lambdas, since those would belong to the original.
 */
final class VectorKernels implements Kernels {
    private static final VectorSpecies<Float> FLOATS = species();
    private static final int WIDTH = FLOATS.length();

    /** Packed codes come in groups of eight lanes, so wider vectors than that are of no use to them. */
    private static final VectorSpecies<Float> PACKED = WIDTH < 8 ? FLOATS : FloatVector.SPECIES_256;

    private static final int PACKED_WIDTH = PACKED.length();
    private static final VectorSpecies<Integer> INTS = PACKED.withLanes(int.class);
    private static final VectorSpecies<Byte> BYTES = PACKED.withLanes(byte.class);
    /** One byte for each lane. */
    private static final VectorSpecies<Byte> EXPONENTS = ByteVector.SPECIES_64;

    /** No power of two makes up for the codes without losing bits. */
    private static final int UNSCALABLE = -1;
    /** Bits of 2^60 and, less one, of 2^-60: between them every product and sum stays exact when scaled. */
    private static final int LARGE = (127 + 60) << 23;

    private static final int SMALL = ((127 - 60) << 23) - 1;

    private static VectorSpecies<Float> species() {
        try {
            int bits = MethodHandles.classData(MethodHandles.lookup(), "_", Integer.class);
            return VectorSpecies.of(float.class, VectorShape.forBitSize(bits));
        } catch (IllegalAccessException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final PanelKernels panels;

    VectorKernels(PanelKernels panels) {
        this.panels = panels;
    }

    @Override
    public String name() {
        return "vector, " + FLOATS.vectorBitSize() + " bit";
    }

    @Override
    public void multiply(Rows x, Rows y, int firstRow, int rows, Panel panel) {
        panels.multiply(x, y, firstRow, rows, panel);
    }

    @Override
    public void unpack(PackedMatrix matrix, int panelIndex, int input, int depth, Panel into) {
        panels.unpack(matrix, panelIndex, input, depth, into);
    }

    private static ShortVector shorts(byte[] data, int at) {
        return ByteVector.fromArray(BYTES, data, at).reinterpretAsShorts();
    }

    /** The upper halves of floats, 2^120 too small, of the FP8 codes in the high bytes. */
    private static IntVector fp8High(ShortVector codes) {
        return codes.lanewise(VectorOperators.ASHR, 4).and((short) 0x87f0).reinterpretAsInts();
    }

    /** The same for the low bytes. */
    private static IntVector fp8Low(ShortVector codes) {
        return codes.lanewise(VectorOperators.LSHL, 8)
                .lanewise(VectorOperators.ASHR, 4)
                .and((short) 0x87f0)
                .reinterpretAsInts();
    }

    /** The upper halves of floats, 2^126 too small, of the FP4 codes in the highest nibbles. */
    private static IntVector fp4(ShortVector codes) {
        return codes.lanewise(VectorOperators.ASHR, 6).and((short) 0x81c0).reinterpretAsInts();
    }

    /** Floats from the lower halves of ints. */
    private static FloatVector even(IntVector halves) {
        return halves.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
    }

    /** Floats from the upper halves of ints. */
    private static FloatVector odd(IntVector halves) {
        return halves.and(0xffff0000).reinterpretAsFloats();
    }

    @Override
    public boolean multiplyPacked(
            float[] x, int offset, PackedMatrix matrix, int panelIndex, float[] scratch, float[] y) {
        int shift = scaled(x, offset, matrix, scratch);
        if (shift == UNSCALABLE) {
            return false;
        }
        float rest = Math.scalb(1f, matrix.format.bias - shift);
        Arrays.fill(y, 0, Panel.LANES, 0f);
        for (int lane = 0; lane < 8; lane += PACKED_WIDTH) {
            switch (matrix.format) {
                case FP8 -> rowFp8(scratch, matrix, panelIndex, lane, rest, y);
                case FP4 -> rowFp4(scratch, matrix, panelIndex, lane, rest, y);
                case BF16 -> rowBf16(scratch, matrix, panelIndex, lane, y);
            }
        }
        return true;
    }

    /**
     * Copies a row, multiplied by the power of two that makes up for codes that are read too small: products are then
     * the true ones, bit for bit. If the row's magnitudes leave no room for that power, a smaller one is taken and the
     * rest put into the scales, as long as nothing can become subnormal that would not be so otherwise.
     */
    private static int scaled(float[] x, int offset, PackedMatrix matrix, float[] scratch) {
        int length = matrix.inputs;
        int bias = matrix.format.bias;
        if (bias == 0) {
            System.arraycopy(x, offset, scratch, 0, length);
            return 0;
        }
        IntVector high = IntVector.zero(INTS);
        IntVector low = IntVector.broadcast(INTS, Integer.MAX_VALUE);
        int whole = length - length % PACKED_WIDTH;
        for (int i = 0; i < whole; i += PACKED_WIDTH) {
            IntVector magnitude = FloatVector.fromArray(PACKED, x, offset + i)
                    .reinterpretAsInts()
                    .and(Integer.MAX_VALUE);
            high = high.max(magnitude);
            low = low.min(magnitude.sub(1).and(Integer.MAX_VALUE));
        }
        int largest = high.reduceLanes(VectorOperators.MAX);
        int smallest = low.reduceLanes(VectorOperators.MIN);
        for (int i = whole; i < length; i++) {
            int magnitude = Float.floatToRawIntBits(x[offset + i]) & Integer.MAX_VALUE;
            largest = Math.max(largest, magnitude);
            smallest = Math.min(smallest, (magnitude - 1) & Integer.MAX_VALUE);
        }
        if (largest >= LARGE || (largest > 0 && smallest < SMALL)) {
            return UNSCALABLE;
        }
        int shift = Math.min(bias, 126 - Math.max(0, (largest >> 23) - 127));
        float power = Math.scalb(1f, shift);
        for (int i = 0; i < whole; i += PACKED_WIDTH) {
            FloatVector.fromArray(PACKED, x, offset + i).mul(power).intoArray(scratch, i);
        }
        for (int i = whole; i < length; i++) {
            scratch[i] = x[offset + i] * power;
        }
        return shift;
    }

    private static void rowFp8(float[] x, PackedMatrix matrix, int panelIndex, int lane, float rest, float[] y) {
        byte[] data = matrix.data;
        for (int k = 0, b = panelIndex * matrix.blocks(); k < matrix.inputs; b++) {
            int end = Math.min(matrix.inputs, k + 128);
            FloatVector p0 = FloatVector.zero(PACKED);
            FloatVector p1 = p0;
            FloatVector p2 = p0;
            FloatVector p3 = p0;
            int at = matrix.at(panelIndex, k) + 4 * lane;
            for (; k < end; k++, at += 32) {
                FloatVector v = FloatVector.broadcast(PACKED, x[k]);
                ShortVector codes = shorts(data, at);
                IntVector high = fp8High(codes);
                IntVector low = fp8Low(codes);
                p0 = v.fma(even(high), p0);
                p1 = v.fma(odd(high), p1);
                p2 = v.fma(even(low), p2);
                p3 = v.fma(odd(low), p3);
            }
            FloatVector scale = FloatVector.broadcast(PACKED, matrix.scales[b] * rest);
            scale.fma(p0, FloatVector.fromArray(PACKED, y, lane)).intoArray(y, lane);
            scale.fma(p1, FloatVector.fromArray(PACKED, y, lane + 8)).intoArray(y, lane + 8);
            scale.fma(p2, FloatVector.fromArray(PACKED, y, lane + 16)).intoArray(y, lane + 16);
            scale.fma(p3, FloatVector.fromArray(PACKED, y, lane + 24)).intoArray(y, lane + 24);
        }
    }

    private static void rowFp4(float[] x, PackedMatrix matrix, int panelIndex, int lane, float rest, float[] y) {
        byte[] data = matrix.data;
        for (int k = 0, b = panelIndex * matrix.blocks(); k < matrix.inputs; b++) {
            int end = Math.min(matrix.inputs, k + 32);
            FloatVector p0 = FloatVector.zero(PACKED);
            FloatVector p1 = p0;
            FloatVector p2 = p0;
            FloatVector p3 = p0;
            int at = matrix.at(panelIndex, k) + 4 * lane;
            for (; k < end; k += 2, at += 32) {
                ShortVector codes = shorts(data, at);
                FloatVector v = FloatVector.broadcast(PACKED, x[k]);
                IntVector high = fp4(codes);
                IntVector low = fp4(codes.lanewise(VectorOperators.LSHL, 4));
                p0 = v.fma(even(high), p0);
                p1 = v.fma(odd(high), p1);
                p2 = v.fma(even(low), p2);
                p3 = v.fma(odd(low), p3);
                v = FloatVector.broadcast(PACKED, x[k + 1]);
                high = fp4(codes.lanewise(VectorOperators.LSHL, 8));
                low = fp4(codes.lanewise(VectorOperators.LSHL, 12));
                p0 = v.fma(even(high), p0);
                p1 = v.fma(odd(high), p1);
                p2 = v.fma(even(low), p2);
                p3 = v.fma(odd(low), p3);
            }
            int scales = b * Panel.LANES + lane;
            addFp4(matrix, scales, rest, p0, y, lane);
            addFp4(matrix, scales + 8, rest, p1, y, lane + 8);
            addFp4(matrix, scales + 16, rest, p2, y, lane + 16);
            addFp4(matrix, scales + 24, rest, p3, y, lane + 24);
        }
    }

    /** Adds the part of one block, scaled by the power of two of each lane. */
    private static void addFp4(PackedMatrix matrix, int scales, float rest, FloatVector part, float[] y, int at) {
        IntVector exponents = (IntVector) ByteVector.fromArray(EXPONENTS, matrix.exponents, scales)
                .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
        FloatVector scale = exponents.lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
        scale.mul(rest).fma(part, FloatVector.fromArray(PACKED, y, at)).intoArray(y, at);
    }

    private static void rowBf16(float[] x, PackedMatrix matrix, int panelIndex, int lane, float[] y) {
        byte[] data = matrix.data;
        for (int k = 0; k < matrix.inputs; ) {
            int end = Math.min(matrix.inputs, k + 128);
            FloatVector p0 = FloatVector.zero(PACKED);
            FloatVector p1 = p0;
            FloatVector p2 = p0;
            FloatVector p3 = p0;
            int at = matrix.at(panelIndex, k) + 4 * lane;
            for (; k < end; k++, at += 64) {
                FloatVector v = FloatVector.broadcast(PACKED, x[k]);
                IntVector first = shorts(data, at).reinterpretAsInts();
                IntVector second = shorts(data, at + 32).reinterpretAsInts();
                p0 = v.fma(even(first), p0);
                p1 = v.fma(odd(first), p1);
                p2 = v.fma(even(second), p2);
                p3 = v.fma(odd(second), p3);
            }
            p0.add(FloatVector.fromArray(PACKED, y, lane)).intoArray(y, lane);
            p1.add(FloatVector.fromArray(PACKED, y, lane + 8)).intoArray(y, lane + 8);
            p2.add(FloatVector.fromArray(PACKED, y, lane + 16)).intoArray(y, lane + 16);
            p3.add(FloatVector.fromArray(PACKED, y, lane + 24)).intoArray(y, lane + 24);
        }
    }

    @Override
    public float sum(float[] x, int offset, int length) {
        float[] lanes = new float[SUM_LANES];
        int whole = length - length % SUM_LANES;
        for (int lane = 0; lane < SUM_LANES; lane += WIDTH) {
            FloatVector sum = FloatVector.zero(FLOATS);
            for (int i = lane; i < whole; i += SUM_LANES) {
                sum = sum.add(FloatVector.fromArray(FLOATS, x, offset + i));
            }
            sum.intoArray(lanes, lane);
        }
        for (int i = whole; i < length; i++) {
            lanes[i - whole] += x[offset + i];
        }
        return ScalarKernels.fold(lanes);
    }

    @Override
    public float sumOfSquares(float[] x, int offset, int length) {
        float[] lanes = new float[SUM_LANES];
        int whole = length - length % SUM_LANES;
        for (int lane = 0; lane < SUM_LANES; lane += WIDTH) {
            FloatVector sum = FloatVector.zero(FLOATS);
            for (int i = lane; i < whole; i += SUM_LANES) {
                FloatVector v = FloatVector.fromArray(FLOATS, x, offset + i);
                sum = v.fma(v, sum);
            }
            sum.intoArray(lanes, lane);
        }
        for (int i = whole; i < length; i++) {
            lanes[i - whole] = Math.fma(x[offset + i], x[offset + i], lanes[i - whole]);
        }
        return ScalarKernels.fold(lanes);
    }

    @Override
    public float weightedRelu(float[] x, int offset, float[] weights, int weightsOffset, int length) {
        float[] lanes = new float[SUM_LANES];
        int whole = length - length % SUM_LANES;
        for (int lane = 0; lane < SUM_LANES; lane += WIDTH) {
            FloatVector sum = FloatVector.zero(FLOATS);
            for (int i = lane; i < whole; i += SUM_LANES) {
                FloatVector positive =
                        FloatVector.fromArray(FLOATS, x, offset + i).max(0f);
                sum = FloatVector.fromArray(FLOATS, weights, weightsOffset + i).fma(positive, sum);
            }
            sum.intoArray(lanes, lane);
        }
        for (int i = whole; i < length; i++) {
            lanes[i - whole] = Math.fma(weights[weightsOffset + i], Math.max(x[offset + i], 0f), lanes[i - whole]);
        }
        return ScalarKernels.fold(lanes);
    }

    @Override
    public void exponentials(float[] x, int offset, int length, float shift) {
        int i = 0;
        for (; i + WIDTH <= length; i += WIDTH) {
            exp(FloatVector.fromArray(FLOATS, x, offset + i).sub(shift)).intoArray(x, offset + i);
        }
        for (; i < length; i++) {
            x[offset + i] = Exponential.exp(x[offset + i] - shift);
        }
    }

    /** {@link Exponential#exp}, lane by lane. */
    private static FloatVector exp(FloatVector x) {
        FloatVector rounded = x.fma(
                FloatVector.broadcast(FLOATS, Exponential.LOG2_E), FloatVector.broadcast(FLOATS, Exponential.ROUNDER));
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
        FloatVector result = p.reinterpretAsInts().add(exponent).reinterpretAsFloats();
        result = result.blend(0f, x.compare(VectorOperators.LT, Exponential.LOWEST));
        result = result.blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.GT, Exponential.HIGHEST));
        return result.blend(x, x.test(VectorOperators.IS_NAN));
    }

    @Override
    public void swiglu(Rows gate, Rows up, int row, int width, Clamp clamp) {
        float limit = clamp.limit();
        float[] gates = gate.data();
        int g0 = gate.at(row);
        int u0 = up.at(row);
        int i = 0;
        for (; i + WIDTH <= width; i += WIDTH) {
            FloatVector g = FloatVector.fromArray(FLOATS, gates, g0 + i).min(limit);
            FloatVector u =
                    FloatVector.fromArray(FLOATS, up.data(), u0 + i).max(-limit).min(limit);
            FloatVector sigmoidal = g.div(exp(g.neg()).add(1f));
            sigmoidal.mul(u).mul(clamp.weight()).intoArray(gates, g0 + i);
        }
        for (; i < width; i++) {
            float g = Math.min(gates[g0 + i], limit);
            float u = Math.min(Math.max(up.data()[u0 + i], -limit), limit);
            gates[g0 + i] = g / (1f + Exponential.exp(-g)) * u * clamp.weight();
        }
    }
}
