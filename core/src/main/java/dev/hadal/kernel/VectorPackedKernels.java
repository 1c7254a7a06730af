package dev.hadal.kernel;

import java.lang.invoke.MethodHandles;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products with packed codes, for one vector width; a hidden class as {@link VectorKernels} is, with the same
 * restrictions.
 *
 * <p>Four things make the difference between half of the memory's speed and all of it (bench/RESULTS.md):
 *
 * <ul>
 *   <li>Loops over codes step by a number that the compiler does not know, so that it leaves them as they are. Unrolled,
 *       each copy of the load would have its own stride, and the processor would not read ahead as far.
 *   <li>FP8 and, on narrow vectors, FP4 are decoded by a shift and a mask to floats that are a power of two too small,
 *       and a multiply-add corrects that. Some are subnormal then, which costs a multiplication its speed, but not a
 *       multiply-add. Adding -0 changes nothing, not even the sign of a zero.
 *   <li>Constants come from arrays. Of a constant that it knows the compiler makes a new copy at each use, by a load; the
 *       loads, not the arithmetic, were the limit of FP8.
 *   <li>A method has few enough vector operations that the compiler inlines them all.
 * </ul>
 */
final class VectorPackedKernels implements PackedKernels {
    private static final VectorSpecies<Float> FLOATS = species();
    private static final int WIDTH = FLOATS.length();
    private static final VectorSpecies<Integer> INTS = FLOATS.withLanes(int.class);

    private static final int ROW = PackedMatrix.ROW;
    /** Where the sums of single blocks of FP4 are kept: behind the results of two rows. */
    private static final int PARTS = 2 * Panel.LANES;
    /** Where the results of two rows wait for those of two others. */
    private static final int KEPT = 10 * Panel.LANES;
    /** Where the sums of single blocks of FP8 are kept. */
    private static final int FP8_PARTS = 4 * Panel.LANES;
    /** Sums of the four blocks of a group for one row. */
    private static final int ROW_PARTS = 4 * Panel.LANES;

    private static final int[] FP8_MASK = UnpackKernels.filled(UnpackKernels.FP8_MASK, WIDTH);
    private static final float[] FP8_POWER = UnpackKernels.filled(UnpackKernels.FP8_POWER, WIDTH);
    private static final int[] FP4_MASK = UnpackKernels.filled(UnpackKernels.FP4_MASK, WIDTH);
    private static final float[] FP4_POWER = UnpackKernels.filled(UnpackKernels.FP4_POWER, WIDTH);
    private static final float[] MINUS_ZERO = UnpackKernels.filled(-0f, WIDTH);
    private static final float[] FP4_VALUES = UnpackKernels.fp4Values();
    private static final int[] UPPER_HALF = UnpackKernels.filled(0xffff0000, WIDTH);
    private static final int EXPONENT_MASK = 0x7f800000;

    private static VectorSpecies<Float> species() {
        try {
            int bits = MethodHandles.classData(MethodHandles.lookup(), "_", Integer.class);
            return VectorSpecies.of(float.class, VectorShape.forBitSize(bits));
        } catch (IllegalAccessException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final UnpackKernels unpacking;

    VectorPackedKernels(UnpackKernels unpacking) {
        this.unpacking = unpacking;
    }

    @Override
    public void multiply(float[] x, int offset, PackedMatrix matrix, int panelIndex, float[] y) {
        Arrays.fill(y, 0, Panel.LANES, 0f);
        switch (matrix.format) {
            case FP8 -> {
                int scales = matrix.scaleAt(panelIndex, 0);
                int at = matrix.at(panelIndex, 0);
                for (int first = 0; first < matrix.paired(); first += PackedMatrix.PAIR, scales += 2) {
                    fp8(x, offset + first, matrix, at + first / 2 * ROW, scales, y);
                }
                restFp8(x, offset, matrix, panelIndex, y, 0);
            }
            case BF16 -> bf16(x, offset, matrix, panelIndex, y);
            case FP4 -> {
                int at = matrix.at(panelIndex, 0);
                int exponents = matrix.exponentsAt(panelIndex, 0);
                int groups = matrix.inputs / PackedMatrix.GROUP;
                for (int g = 0; g < groups; g++, at += PackedMatrix.GROUP_INTS) {
                    if (WIDTH == ROW) {
                        fp4Wide(x, offset + g * PackedMatrix.GROUP, matrix, at, y);
                    } else {
                        fp4Narrow(x, offset + g * PackedMatrix.GROUP, matrix, at, y);
                    }
                    addScaled(matrix.exponents, exponents + g * Panel.LANES, y, 0);
                }
                addRest(x, offset, matrix, panelIndex, y, 0);
            }
        }
    }

    @Override
    public void multiplyTwo(float[] x, int offset, int second, PackedMatrix matrix, int panelIndex, float[] y) {
        Arrays.fill(y, 0, 2 * Panel.LANES, 0f);
        switch (matrix.format) {
            case FP8 -> {
                int scales = matrix.scaleAt(panelIndex, 0);
                int at = matrix.at(panelIndex, 0);
                for (int first = 0; first < matrix.paired(); first += PackedMatrix.PAIR, scales += 2) {
                    twoFp8(x, offset + first, second - offset, matrix, at + first / 2 * ROW, y);
                    addParts(matrix.scales, scales, y);
                }
                restFp8(x, offset, matrix, panelIndex, y, 0);
                restFp8(x, second, matrix, panelIndex, y, Panel.LANES);
            }
            case BF16 -> twoBf16(x, offset, second, matrix, panelIndex, y);
            case FP4 -> {
                int at = matrix.at(panelIndex, 0);
                int exponents = matrix.exponentsAt(panelIndex, 0);
                int groups = matrix.inputs / PackedMatrix.GROUP;
                for (int g = 0; g < groups; g++, at += PackedMatrix.GROUP_INTS) {
                    int first = offset + g * PackedMatrix.GROUP;
                    if (WIDTH == ROW) {
                        twoFp4Wide(x, first, second - offset, matrix, at, y);
                    } else {
                        twoFp4Narrow(x, first, second - offset, matrix, at, y);
                    }
                    addScaled(matrix.exponents, exponents + g * Panel.LANES, y, 0);
                    addScaled(matrix.exponents, exponents + g * Panel.LANES, y, 1);
                }
                addRest(x, offset, matrix, panelIndex, y, 0);
                addRest(x, second, matrix, panelIndex, y, Panel.LANES);
            }
        }
    }

    @Override
    public void multiplyFour(float[] x, int[] rows, PackedMatrix matrix, int panelIndex, float[] y) {
        if (WIDTH != ROW || matrix.format != PackedMatrix.Format.BF16) {
            multiplyTwo(x, rows[2], rows[3], matrix, panelIndex, y);
            System.arraycopy(y, 0, y, KEPT, 2 * Panel.LANES);
            multiplyTwo(x, rows[0], rows[1], matrix, panelIndex, y);
            System.arraycopy(y, KEPT, y, 2 * Panel.LANES, 2 * Panel.LANES);
            return;
        }
        Arrays.fill(y, 0, 4 * Panel.LANES, 0f);
        for (int input = 0; input < matrix.inputs; input += 128) {
            fourBf16(x, rows, input, matrix, panelIndex, y);
        }
    }

    /** Adds a group of FP8, whose first input is {@code x[first]}. */
    private static void fp8(float[] x, int first, PackedMatrix matrix, int group, int scales, float[] y) {
        int[] data = matrix.data;
        int step = matrix.format.step;
        IntVector mask = IntVector.fromArray(INTS, FP8_MASK, 0);
        FloatVector power = FloatVector.fromArray(FLOATS, FP8_POWER, 0);
        FloatVector zero = FloatVector.fromArray(FLOATS, MINUS_ZERO, 0);
        int end = first + 128;
        for (int lane = 0; lane < ROW; lane += WIDTH) {
            FloatVector a0 = FloatVector.zero(FLOATS);
            FloatVector a1 = a0;
            FloatVector b0 = a0;
            FloatVector b1 = a0;
            int at = group + lane;
            for (int k = first; k < end; k += step, at += ROW) {
                IntVector codes = IntVector.fromArray(INTS, data, at);
                FloatVector v = FloatVector.broadcast(FLOATS, x[k]);
                IntVector w = codes.lanewise(VectorOperators.LSHL, 24).lanewise(VectorOperators.ASHR, 4);
                a0 = v.fma(w.and(mask).reinterpretAsFloats().fma(power, zero), a0);
                w = codes.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 4);
                a1 = v.fma(w.and(mask).reinterpretAsFloats().fma(power, zero), a1);
                v = FloatVector.broadcast(FLOATS, x[k + 128]);
                w = codes.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 4);
                b0 = v.fma(w.and(mask).reinterpretAsFloats().fma(power, zero), b0);
                w = codes.lanewise(VectorOperators.ASHR, 4);
                b1 = v.fma(w.and(mask).reinterpretAsFloats().fma(power, zero), b1);
            }
            FloatVector scale = FloatVector.broadcast(FLOATS, matrix.scales[scales]);
            FloatVector next = FloatVector.broadcast(FLOATS, matrix.scales[scales + 1]);
            add(scale, a0, next, b0, y, lane);
            add(scale, a1, next, b1, y, lane + ROW);
        }
    }

    /** The same for two rows, {@code other} values apart. */
    private static void twoFp8(float[] x, int first, int other, PackedMatrix matrix, int group, float[] y) {
        int[] data = matrix.data;
        int step = matrix.format.step;
        IntVector mask = IntVector.fromArray(INTS, FP8_MASK, 0);
        FloatVector power = FloatVector.fromArray(FLOATS, FP8_POWER, 0);
        FloatVector zero = FloatVector.fromArray(FLOATS, MINUS_ZERO, 0);
        int end = first + 128;
        for (int lane = 0; lane < ROW; lane += WIDTH) {
            FloatVector a0 = FloatVector.zero(FLOATS);
            FloatVector a1 = a0;
            FloatVector b0 = a0;
            FloatVector b1 = a0;
            FloatVector c0 = a0;
            FloatVector c1 = a0;
            FloatVector d0 = a0;
            FloatVector d1 = a0;
            int at = group + lane;
            for (int k = first; k < end; k += step, at += ROW) {
                IntVector codes = IntVector.fromArray(INTS, data, at);
                IntVector i0 = codes.lanewise(VectorOperators.LSHL, 24).lanewise(VectorOperators.ASHR, 4);
                IntVector i1 = codes.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 4);
                FloatVector w0 = i0.and(mask).reinterpretAsFloats().fma(power, zero);
                FloatVector w1 = i1.and(mask).reinterpretAsFloats().fma(power, zero);
                FloatVector v = FloatVector.broadcast(FLOATS, x[k]);
                a0 = v.fma(w0, a0);
                a1 = v.fma(w1, a1);
                v = FloatVector.broadcast(FLOATS, x[k + other]);
                c0 = v.fma(w0, c0);
                c1 = v.fma(w1, c1);
                i0 = codes.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 4);
                i1 = codes.lanewise(VectorOperators.ASHR, 4);
                w0 = i0.and(mask).reinterpretAsFloats().fma(power, zero);
                w1 = i1.and(mask).reinterpretAsFloats().fma(power, zero);
                v = FloatVector.broadcast(FLOATS, x[k + 128]);
                b0 = v.fma(w0, b0);
                b1 = v.fma(w1, b1);
                v = FloatVector.broadcast(FLOATS, x[k + other + 128]);
                d0 = v.fma(w0, d0);
                d1 = v.fma(w1, d1);
            }
            a0.intoArray(y, FP8_PARTS + lane);
            a1.intoArray(y, FP8_PARTS + ROW + lane);
            b0.intoArray(y, FP8_PARTS + 2 * ROW + lane);
            b1.intoArray(y, FP8_PARTS + 3 * ROW + lane);
            c0.intoArray(y, FP8_PARTS + 4 * ROW + lane);
            c1.intoArray(y, FP8_PARTS + 5 * ROW + lane);
            d0.intoArray(y, FP8_PARTS + 6 * ROW + lane);
            d1.intoArray(y, FP8_PARTS + 7 * ROW + lane);
        }
    }

    /** Adds the sums of the two blocks of a group of FP8, scaled, to two rows of {@code y}. */
    private static void addParts(float[] scales, int at, float[] y) {
        FloatVector scale = FloatVector.broadcast(FLOATS, scales[at]);
        FloatVector next = FloatVector.broadcast(FLOATS, scales[at + 1]);
        for (int row = 0; row < 2; row++) {
            int parts = FP8_PARTS + row * 2 * Panel.LANES;
            for (int lane = 0; lane < Panel.LANES; lane += WIDTH) {
                FloatVector part = FloatVector.fromArray(FLOATS, y, parts + lane);
                FloatVector nextPart = FloatVector.fromArray(FLOATS, y, parts + Panel.LANES + lane);
                add(scale, part, next, nextPart, y, row * Panel.LANES + lane);
            }
        }
    }

    private static void add(
            FloatVector scale, FloatVector part, FloatVector nextScale, FloatVector nextPart, float[] y, int at) {
        FloatVector sum = scale.fma(part, FloatVector.fromArray(FLOATS, y, at));
        nextScale.fma(nextPart, sum).intoArray(y, at);
    }

    /** Adds the inputs of FP8 that do not fill a group to a row; few published matrices have any. */
    private static void restFp8(float[] x, int offset, PackedMatrix matrix, int panelIndex, float[] y, int to) {
        int[] data = matrix.data;
        int step = 2 * matrix.format.step;
        IntVector mask = IntVector.fromArray(INTS, FP8_MASK, 0);
        FloatVector power = FloatVector.fromArray(FLOATS, FP8_POWER, 0);
        FloatVector zero = FloatVector.fromArray(FLOATS, MINUS_ZERO, 0);
        for (int first = matrix.paired(); first < matrix.inputs; first += 128) {
            int end = offset + Math.min(matrix.inputs, first + 128);
            for (int lane = 0; lane < ROW; lane += WIDTH) {
                FloatVector p0 = FloatVector.zero(FLOATS);
                FloatVector p1 = p0;
                int at = matrix.at(panelIndex, first) + lane;
                for (int k = offset + first; k < end; k += step, at += ROW) {
                    IntVector codes = IntVector.fromArray(INTS, data, at);
                    FloatVector v = FloatVector.broadcast(FLOATS, x[k]);
                    IntVector w = codes.lanewise(VectorOperators.LSHL, 24).lanewise(VectorOperators.ASHR, 4);
                    p0 = v.fma(w.and(mask).reinterpretAsFloats().fma(power, zero), p0);
                    w = codes.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 4);
                    p1 = v.fma(w.and(mask).reinterpretAsFloats().fma(power, zero), p1);
                    v = FloatVector.broadcast(FLOATS, x[k + 1]);
                    w = codes.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 4);
                    p0 = v.fma(w.and(mask).reinterpretAsFloats().fma(power, zero), p0);
                    w = codes.lanewise(VectorOperators.ASHR, 4);
                    p1 = v.fma(w.and(mask).reinterpretAsFloats().fma(power, zero), p1);
                }
                int block = matrix.scaleAt(panelIndex, first / 128);
                FloatVector scale = FloatVector.broadcast(FLOATS, matrix.scales[block]);
                scale.fma(p0, FloatVector.fromArray(FLOATS, y, to + lane)).intoArray(y, to + lane);
                int upper = to + lane + ROW;
                scale.fma(p1, FloatVector.fromArray(FLOATS, y, upper)).intoArray(y, upper);
            }
        }
    }

    private static void bf16(float[] x, int offset, PackedMatrix matrix, int panelIndex, float[] y) {
        int[] data = matrix.data;
        int step = matrix.format.step;
        IntVector upper = IntVector.fromArray(INTS, UPPER_HALF, 0);
        for (int first = 0; first < matrix.inputs; first += 128) {
            int end = offset + Math.min(matrix.inputs, first + 128);
            for (int lane = 0; lane < ROW; lane += WIDTH) {
                FloatVector p0 = FloatVector.zero(FLOATS);
                FloatVector p1 = p0;
                int at = matrix.at(panelIndex, first) + lane;
                for (int k = offset + first; k < end; k += step, at += ROW) {
                    IntVector codes = IntVector.fromArray(INTS, data, at);
                    FloatVector v = FloatVector.broadcast(FLOATS, x[k]);
                    p0 = v.fma(codes.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats(), p0);
                    p1 = v.fma(codes.and(upper).reinterpretAsFloats(), p1);
                }
                p0.add(FloatVector.fromArray(FLOATS, y, lane)).intoArray(y, lane);
                p1.add(FloatVector.fromArray(FLOATS, y, lane + ROW)).intoArray(y, lane + ROW);
            }
        }
    }

    private static void twoBf16(float[] x, int offset, int second, PackedMatrix matrix, int panelIndex, float[] y) {
        int[] data = matrix.data;
        int step = matrix.format.step;
        IntVector upper = IntVector.fromArray(INTS, UPPER_HALF, 0);
        int next = second - offset;
        for (int first = 0; first < matrix.inputs; first += 128) {
            int end = offset + Math.min(matrix.inputs, first + 128);
            for (int lane = 0; lane < ROW; lane += WIDTH) {
                FloatVector p0 = FloatVector.zero(FLOATS);
                FloatVector p1 = p0;
                FloatVector q0 = p0;
                FloatVector q1 = p0;
                int at = matrix.at(panelIndex, first) + lane;
                for (int k = offset + first; k < end; k += step, at += ROW) {
                    IntVector codes = IntVector.fromArray(INTS, data, at);
                    FloatVector w0 = codes.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
                    FloatVector w1 = codes.and(upper).reinterpretAsFloats();
                    FloatVector v = FloatVector.broadcast(FLOATS, x[k]);
                    p0 = v.fma(w0, p0);
                    p1 = v.fma(w1, p1);
                    v = FloatVector.broadcast(FLOATS, x[k + next]);
                    q0 = v.fma(w0, q0);
                    q1 = v.fma(w1, q1);
                }
                p0.add(FloatVector.fromArray(FLOATS, y, lane)).intoArray(y, lane);
                p1.add(FloatVector.fromArray(FLOATS, y, lane + ROW)).intoArray(y, lane + ROW);
                q0.add(FloatVector.fromArray(FLOATS, y, lane + 2 * ROW)).intoArray(y, lane + 2 * ROW);
                q1.add(FloatVector.fromArray(FLOATS, y, lane + 3 * ROW)).intoArray(y, lane + 3 * ROW);
            }
        }
    }

    /** As {@link #twoBf16}, a block of four rows. */
    private static void fourBf16(float[] x, int[] rows, int input, PackedMatrix matrix, int panelIndex, float[] y) {
        int[] data = matrix.data;
        int step = matrix.format.step;
        IntVector upper = IntVector.fromArray(INTS, UPPER_HALF, 0);
        int first = rows[0] + input;
        int second = rows[1] - rows[0];
        int third = rows[2] - rows[0];
        int fourth = rows[3] - rows[0];
        FloatVector a0 = FloatVector.zero(FLOATS), a1 = a0;
        FloatVector b0 = FloatVector.zero(FLOATS), b1 = b0;
        FloatVector c0 = FloatVector.zero(FLOATS), c1 = c0;
        FloatVector d0 = FloatVector.zero(FLOATS), d1 = d0;
        int end = first + Math.min(128, matrix.inputs - input);
        int at = matrix.at(panelIndex, input);
        for (int k = first; k < end; k += step, at += ROW) {
            IntVector codes = IntVector.fromArray(INTS, data, at);
            FloatVector w0 = codes.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
            FloatVector w1 = codes.and(upper).reinterpretAsFloats();
            FloatVector v = FloatVector.broadcast(FLOATS, x[k]);
            a0 = v.fma(w0, a0);
            a1 = v.fma(w1, a1);
            v = FloatVector.broadcast(FLOATS, x[k + second]);
            b0 = v.fma(w0, b0);
            b1 = v.fma(w1, b1);
            v = FloatVector.broadcast(FLOATS, x[k + third]);
            c0 = v.fma(w0, c0);
            c1 = v.fma(w1, c1);
            v = FloatVector.broadcast(FLOATS, x[k + fourth]);
            d0 = v.fma(w0, d0);
            d1 = v.fma(w1, d1);
        }
        a0.add(FloatVector.fromArray(FLOATS, y, 0 * ROW)).intoArray(y, 0 * ROW);
        a1.add(FloatVector.fromArray(FLOATS, y, 1 * ROW)).intoArray(y, 1 * ROW);
        b0.add(FloatVector.fromArray(FLOATS, y, 2 * ROW)).intoArray(y, 2 * ROW);
        b1.add(FloatVector.fromArray(FLOATS, y, 3 * ROW)).intoArray(y, 3 * ROW);
        c0.add(FloatVector.fromArray(FLOATS, y, 4 * ROW)).intoArray(y, 4 * ROW);
        c1.add(FloatVector.fromArray(FLOATS, y, 5 * ROW)).intoArray(y, 5 * ROW);
        d0.add(FloatVector.fromArray(FLOATS, y, 6 * ROW)).intoArray(y, 6 * ROW);
        d1.add(FloatVector.fromArray(FLOATS, y, 7 * ROW)).intoArray(y, 7 * ROW);
    }

    /** The sums of the four blocks of a group, where a vector holds all values of FP4. */
    private static void fp4Wide(float[] x, int first, PackedMatrix matrix, int group, float[] y) {
        int[] data = matrix.data;
        int step = matrix.format.step;
        IntVector values = FloatVector.fromArray(FLOATS, FP4_VALUES, 0).reinterpretAsInts();
        FloatVector a0 = FloatVector.zero(FLOATS);
        FloatVector a1 = a0;
        FloatVector b0 = a0;
        FloatVector b1 = a0;
        FloatVector c0 = a0;
        FloatVector c1 = a0;
        FloatVector d0 = a0;
        FloatVector d1 = a0;
        int end = first + 32;
        int at = group;
        for (int k = first; k < end; k += step, at += ROW) {
            IntVector codes = IntVector.fromArray(INTS, data, at);
            FloatVector v = FloatVector.broadcast(FLOATS, x[k]);
            a0 = v.fma(codes.selectFrom(values).reinterpretAsFloats(), a0);
            IntVector w = codes.lanewise(VectorOperators.LSHR, 4);
            a1 = v.fma(w.selectFrom(values).reinterpretAsFloats(), a1);
            v = FloatVector.broadcast(FLOATS, x[k + 32]);
            w = codes.lanewise(VectorOperators.LSHR, 8);
            b0 = v.fma(w.selectFrom(values).reinterpretAsFloats(), b0);
            w = codes.lanewise(VectorOperators.LSHR, 12);
            b1 = v.fma(w.selectFrom(values).reinterpretAsFloats(), b1);
            v = FloatVector.broadcast(FLOATS, x[k + 64]);
            w = codes.lanewise(VectorOperators.LSHR, 16);
            c0 = v.fma(w.selectFrom(values).reinterpretAsFloats(), c0);
            w = codes.lanewise(VectorOperators.LSHR, 20);
            c1 = v.fma(w.selectFrom(values).reinterpretAsFloats(), c1);
            v = FloatVector.broadcast(FLOATS, x[k + 96]);
            w = codes.lanewise(VectorOperators.LSHR, 24);
            d0 = v.fma(w.selectFrom(values).reinterpretAsFloats(), d0);
            w = codes.lanewise(VectorOperators.LSHR, 28);
            d1 = v.fma(w.selectFrom(values).reinterpretAsFloats(), d1);
        }
        a0.intoArray(y, PARTS);
        a1.intoArray(y, PARTS + ROW);
        b0.intoArray(y, PARTS + 2 * ROW);
        b1.intoArray(y, PARTS + 3 * ROW);
        c0.intoArray(y, PARTS + 4 * ROW);
        c1.intoArray(y, PARTS + 5 * ROW);
        d0.intoArray(y, PARTS + 6 * ROW);
        d1.intoArray(y, PARTS + 7 * ROW);
    }

    /** The same for two rows, {@code next} values apart: two blocks at a time. */
    private static void twoFp4Wide(float[] x, int first, int next, PackedMatrix matrix, int group, float[] y) {
        int[] data = matrix.data;
        int step = matrix.format.step;
        IntVector values = FloatVector.fromArray(FLOATS, FP4_VALUES, 0).reinterpretAsInts();
        for (int half = 0; half < 2; half++) {
            FloatVector a0 = FloatVector.zero(FLOATS);
            FloatVector a1 = a0;
            FloatVector b0 = a0;
            FloatVector b1 = a0;
            FloatVector c0 = a0;
            FloatVector c1 = a0;
            FloatVector d0 = a0;
            FloatVector d1 = a0;
            int shift = 16 * half;
            int end = first + 64 * half + 32;
            int at = group;
            for (int k = first + 64 * half; k < end; k += step, at += ROW) {
                IntVector codes = IntVector.fromArray(INTS, data, at).lanewise(VectorOperators.LSHR, shift);
                FloatVector w0 = codes.selectFrom(values).reinterpretAsFloats();
                FloatVector w1 = codes.lanewise(VectorOperators.LSHR, 4)
                        .selectFrom(values)
                        .reinterpretAsFloats();
                FloatVector v = FloatVector.broadcast(FLOATS, x[k]);
                a0 = v.fma(w0, a0);
                a1 = v.fma(w1, a1);
                v = FloatVector.broadcast(FLOATS, x[k + next]);
                c0 = v.fma(w0, c0);
                c1 = v.fma(w1, c1);
                w0 = codes.lanewise(VectorOperators.LSHR, 8).selectFrom(values).reinterpretAsFloats();
                w1 = codes.lanewise(VectorOperators.LSHR, 12).selectFrom(values).reinterpretAsFloats();
                v = FloatVector.broadcast(FLOATS, x[k + 32]);
                b0 = v.fma(w0, b0);
                b1 = v.fma(w1, b1);
                v = FloatVector.broadcast(FLOATS, x[k + 32 + next]);
                d0 = v.fma(w0, d0);
                d1 = v.fma(w1, d1);
            }
            int to = PARTS + half * 4 * ROW;
            a0.intoArray(y, to);
            a1.intoArray(y, to + ROW);
            b0.intoArray(y, to + 2 * ROW);
            b1.intoArray(y, to + 3 * ROW);
            c0.intoArray(y, to + ROW_PARTS);
            c1.intoArray(y, to + ROW_PARTS + ROW);
            d0.intoArray(y, to + ROW_PARTS + 2 * ROW);
            d1.intoArray(y, to + ROW_PARTS + 3 * ROW);
        }
    }

    /** As {@link #fp4Wide}, for vectors that do not hold all values: two blocks at a time. */
    private static void fp4Narrow(float[] x, int first, PackedMatrix matrix, int group, float[] y) {
        int[] data = matrix.data;
        int step = matrix.format.step;
        IntVector mask = IntVector.fromArray(INTS, FP4_MASK, 0);
        FloatVector power = FloatVector.fromArray(FLOATS, FP4_POWER, 0);
        FloatVector zero = FloatVector.fromArray(FLOATS, MINUS_ZERO, 0);
        for (int half = 0; half < 2; half++) {
            int shift = 16 - 16 * half;
            int end = first + 64 * half + 32;
            for (int lane = 0; lane < ROW; lane += WIDTH) {
                FloatVector a0 = FloatVector.zero(FLOATS);
                FloatVector a1 = a0;
                FloatVector b0 = a0;
                FloatVector b1 = a0;
                int at = group + lane;
                for (int k = first + 64 * half; k < end; k += step, at += ROW) {
                    IntVector codes = IntVector.fromArray(INTS, data, at).lanewise(VectorOperators.LSHL, shift);
                    FloatVector v = FloatVector.broadcast(FLOATS, x[k]);
                    IntVector w = codes.lanewise(VectorOperators.LSHL, 12).lanewise(VectorOperators.ASHR, 6);
                    a0 = v.fma(w.and(mask).reinterpretAsFloats().fma(power, zero), a0);
                    w = codes.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 6);
                    a1 = v.fma(w.and(mask).reinterpretAsFloats().fma(power, zero), a1);
                    v = FloatVector.broadcast(FLOATS, x[k + 32]);
                    w = codes.lanewise(VectorOperators.LSHL, 4).lanewise(VectorOperators.ASHR, 6);
                    b0 = v.fma(w.and(mask).reinterpretAsFloats().fma(power, zero), b0);
                    w = codes.lanewise(VectorOperators.ASHR, 6);
                    b1 = v.fma(w.and(mask).reinterpretAsFloats().fma(power, zero), b1);
                }
                int to = PARTS + half * 4 * ROW + lane;
                a0.intoArray(y, to);
                a1.intoArray(y, to + ROW);
                b0.intoArray(y, to + 2 * ROW);
                b1.intoArray(y, to + 3 * ROW);
            }
        }
    }

    /** As {@link #twoFp4Wide}, for vectors that do not hold all values: one block at a time. */
    private static void twoFp4Narrow(float[] x, int first, int next, PackedMatrix matrix, int group, float[] y) {
        int[] data = matrix.data;
        int step = matrix.format.step;
        IntVector mask = IntVector.fromArray(INTS, FP4_MASK, 0);
        FloatVector power = FloatVector.fromArray(FLOATS, FP4_POWER, 0);
        FloatVector zero = FloatVector.fromArray(FLOATS, MINUS_ZERO, 0);
        for (int block = 0; block < 4; block++) {
            int shift = 24 - 8 * block;
            int end = first + 32 * block + 32;
            for (int lane = 0; lane < ROW; lane += WIDTH) {
                FloatVector a0 = FloatVector.zero(FLOATS);
                FloatVector a1 = a0;
                FloatVector c0 = a0;
                FloatVector c1 = a0;
                int at = group + lane;
                for (int k = first + 32 * block; k < end; k += step, at += ROW) {
                    IntVector codes = IntVector.fromArray(INTS, data, at).lanewise(VectorOperators.LSHL, shift);
                    IntVector w = codes.lanewise(VectorOperators.LSHL, 4).lanewise(VectorOperators.ASHR, 6);
                    FloatVector w0 = w.and(mask).reinterpretAsFloats().fma(power, zero);
                    w = codes.lanewise(VectorOperators.ASHR, 6);
                    FloatVector w1 = w.and(mask).reinterpretAsFloats().fma(power, zero);
                    FloatVector v = FloatVector.broadcast(FLOATS, x[k]);
                    a0 = v.fma(w0, a0);
                    a1 = v.fma(w1, a1);
                    v = FloatVector.broadcast(FLOATS, x[k + next]);
                    c0 = v.fma(w0, c0);
                    c1 = v.fma(w1, c1);
                }
                int to = PARTS + block * 2 * ROW + lane;
                a0.intoArray(y, to);
                a1.intoArray(y, to + ROW);
                c0.intoArray(y, to + ROW_PARTS);
                c1.intoArray(y, to + ROW_PARTS + ROW);
            }
        }
    }

    /** Adds the sums of the four blocks of a group of FP4, scaled, to one of the rows of {@code y}. */
    private static void addScaled(int[] exponents, int at, float[] y, int row) {
        int parts = PARTS + row * ROW_PARTS;
        for (int lane = 0; lane < Panel.LANES; lane += WIDTH) {
            IntVector bytes = IntVector.fromArray(INTS, exponents, at + lane);
            FloatVector sum = FloatVector.fromArray(FLOATS, y, row * Panel.LANES + lane);
            for (int block = 0; block < 4; block++) {
                FloatVector scale = bytes.lanewise(VectorOperators.LSHL, 24 - 8 * block)
                        .lanewise(VectorOperators.LSHR, 1)
                        .and(EXPONENT_MASK)
                        .reinterpretAsFloats();
                sum = scale.fma(FloatVector.fromArray(FLOATS, y, parts + block * Panel.LANES + lane), sum);
            }
            sum.intoArray(y, row * Panel.LANES + lane);
        }
    }

    /** Adds the blocks of FP4 that do not fill a group; no published model has any. */
    private static void addRest(float[] x, int offset, PackedMatrix matrix, int panelIndex, float[] y, int to) {
        if (matrix.inputs % PackedMatrix.GROUP == 0) {
            return;
        }
        int block = matrix.inputs / PackedMatrix.GROUP * 4;
        for (int lane = 0; lane < Panel.LANES; lane++) {
            y[to + lane] = ScalarPackedKernels.addBlocks(
                    x, offset, matrix, panelIndex * Panel.LANES + lane, block, y[to + lane]);
        }
    }

    @Override
    public void blockSum(float[] x, int offset, float[] panel, int input, float[] sums, int at) {
        int step = PackedMatrix.Format.BF16.step;
        int end = offset + Math.min(128, panel.length / Panel.LANES - input);
        for (int lane = 0; lane < Panel.LANES; lane += 2 * WIDTH) {
            FloatVector p0 = FloatVector.zero(FLOATS);
            FloatVector p1 = p0;
            int from = input * Panel.LANES + lane;
            for (int k = offset; k < end; k += step, from += Panel.LANES) {
                FloatVector v = FloatVector.broadcast(FLOATS, x[k]);
                p0 = v.fma(FloatVector.fromArray(FLOATS, panel, from), p0);
                p1 = v.fma(FloatVector.fromArray(FLOATS, panel, from + WIDTH), p1);
            }
            p0.intoArray(sums, at + lane);
            p1.intoArray(sums, at + lane + WIDTH);
        }
    }

    @Override
    public void unpack(PackedMatrix matrix, int panelIndex, int input, int depth, Panel into) {
        unpacking.unpack(matrix, panelIndex, input, depth, into);
    }
}
