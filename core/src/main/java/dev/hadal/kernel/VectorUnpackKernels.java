package dev.hadal.kernel;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Decodes packed panels, for one vector width; a hidden class as {@link VectorKernels} is, with the restrictions of
 * {@link VectorPackedKernels}.
 */
final class VectorUnpackKernels implements UnpackKernels {
    private static final VectorSpecies<Float> FLOATS = species();
    private static final int WIDTH = FLOATS.length();
    private static final VectorSpecies<Integer> INTS = FLOATS.withLanes(int.class);

    private static final int ROW = PackedMatrix.ROW;

    private static final int[] FP8_MASK = UnpackKernels.filled(UnpackKernels.FP8_MASK, WIDTH);
    private static final float[] FP8_POWER = UnpackKernels.filled(UnpackKernels.FP8_POWER, WIDTH);
    private static final int[] FP4_MASK = UnpackKernels.filled(UnpackKernels.FP4_MASK, WIDTH);
    private static final float[] FP4_POWER = UnpackKernels.filled(UnpackKernels.FP4_POWER, WIDTH);
    private static final float[] MINUS_ZERO = UnpackKernels.filled(-0f, WIDTH);
    private static final float[] FP4_VALUES = UnpackKernels.fp4Values();
    private static final int[] UPPER_HALF = UnpackKernels.filled(0xffff0000, WIDTH);

    private static VectorSpecies<Float> species() {
        try {
            int bits = MethodHandles.classData(MethodHandles.lookup(), "_", Integer.class);
            return VectorSpecies.of(float.class, VectorShape.forBitSize(bits));
        } catch (IllegalAccessException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    VectorUnpackKernels() {}

    @Override
    public void unpack(PackedMatrix matrix, int panelIndex, int input, int depth, Panel into) {
        for (int lane = 0; lane < ROW; lane += WIDTH) {
            switch (matrix.format) {
                case FP8 -> {
                    int from = matrix.at(panelIndex, input) + lane;
                    if (input < matrix.paired()) {
                        unpackFp8(matrix, from, input / 128 % 2, into.weights, lane);
                    } else {
                        unpackRestFp8(matrix, from, depth, into.weights, lane);
                    }
                }
                case BF16 -> unpackBf16(matrix, matrix.at(panelIndex, input) + lane, depth, into.weights, lane);
                case FP4 -> {
                    if (depth < PackedMatrix.GROUP || input % PackedMatrix.GROUP != 0) {
                        ScalarPackedKernels.unpackFrom(matrix, panelIndex, input, 0, depth, into);
                    } else if (WIDTH == ROW) {
                        unpackFp4Wide(matrix, matrix.at(panelIndex, input), into.weights);
                    } else {
                        unpackFp4Narrow(matrix, matrix.at(panelIndex, input) + lane, into.weights, lane);
                    }
                }
            }
        }
        matrix.scales(panelIndex, input, depth, into);
    }

    /** One of the two blocks of a group. */
    private static void unpackFp8(PackedMatrix matrix, int from, int block, float[] weights, int lane) {
        int[] data = matrix.data;
        int step = matrix.format.step;
        int lower = 24 - 16 * block;
        int upper = 16 - 16 * block;
        IntVector mask = IntVector.fromArray(INTS, FP8_MASK, 0);
        FloatVector power = FloatVector.fromArray(FLOATS, FP8_POWER, 0);
        FloatVector zero = FloatVector.fromArray(FLOATS, MINUS_ZERO, 0);
        for (int k = 0, at = from, to = lane; k < 128; k += step, at += ROW, to += 2 * ROW) {
            IntVector codes = IntVector.fromArray(INTS, data, at);
            IntVector w = codes.lanewise(VectorOperators.LSHL, lower).lanewise(VectorOperators.ASHR, 4);
            w.and(mask).reinterpretAsFloats().fma(power, zero).intoArray(weights, to);
            w = codes.lanewise(VectorOperators.LSHL, upper).lanewise(VectorOperators.ASHR, 4);
            w.and(mask).reinterpretAsFloats().fma(power, zero).intoArray(weights, to + ROW);
        }
    }

    private static void unpackRestFp8(PackedMatrix matrix, int from, int depth, float[] weights, int lane) {
        int[] data = matrix.data;
        int step = 2 * matrix.format.step;
        IntVector mask = IntVector.fromArray(INTS, FP8_MASK, 0);
        FloatVector power = FloatVector.fromArray(FLOATS, FP8_POWER, 0);
        FloatVector zero = FloatVector.fromArray(FLOATS, MINUS_ZERO, 0);
        for (int k = 0, at = from, to = lane; k < depth; k += step, at += ROW, to += 4 * ROW) {
            IntVector codes = IntVector.fromArray(INTS, data, at);
            IntVector w = codes.lanewise(VectorOperators.LSHL, 24).lanewise(VectorOperators.ASHR, 4);
            w.and(mask).reinterpretAsFloats().fma(power, zero).intoArray(weights, to);
            w = codes.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 4);
            w.and(mask).reinterpretAsFloats().fma(power, zero).intoArray(weights, to + ROW);
            w = codes.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 4);
            w.and(mask).reinterpretAsFloats().fma(power, zero).intoArray(weights, to + 2 * ROW);
            w = codes.lanewise(VectorOperators.ASHR, 4);
            w.and(mask).reinterpretAsFloats().fma(power, zero).intoArray(weights, to + 3 * ROW);
        }
    }

    private static void unpackBf16(PackedMatrix matrix, int from, int depth, float[] weights, int lane) {
        int[] data = matrix.data;
        int step = matrix.format.step;
        IntVector upper = IntVector.fromArray(INTS, UPPER_HALF, 0);
        for (int k = 0, at = from, to = lane; k < depth; k += step, at += ROW, to += 2 * ROW) {
            IntVector codes = IntVector.fromArray(INTS, data, at);
            codes.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().intoArray(weights, to);
            codes.and(upper).reinterpretAsFloats().intoArray(weights, to + ROW);
        }
    }

    private static void unpackFp4Wide(PackedMatrix matrix, int from, float[] weights) {
        int[] data = matrix.data;
        int step = matrix.format.step;
        IntVector values = FloatVector.fromArray(FLOATS, FP4_VALUES, 0).reinterpretAsInts();
        for (int k = 0, at = from; k < 32; k += step, at += ROW) {
            IntVector codes = IntVector.fromArray(INTS, data, at);
            for (int block = 0; block < 4; block++) {
                int to = (32 * block + k) * Panel.LANES;
                IntVector w = codes.lanewise(VectorOperators.LSHR, 8 * block);
                w.selectFrom(values).reinterpretAsFloats().intoArray(weights, to);
                w = w.lanewise(VectorOperators.LSHR, 4);
                w.selectFrom(values).reinterpretAsFloats().intoArray(weights, to + ROW);
            }
        }
    }

    private static void unpackFp4Narrow(PackedMatrix matrix, int from, float[] weights, int lane) {
        int[] data = matrix.data;
        int step = matrix.format.step;
        IntVector mask = IntVector.fromArray(INTS, FP4_MASK, 0);
        FloatVector power = FloatVector.fromArray(FLOATS, FP4_POWER, 0);
        FloatVector zero = FloatVector.fromArray(FLOATS, MINUS_ZERO, 0);
        for (int k = 0, at = from; k < 32; k += step, at += ROW) {
            IntVector codes = IntVector.fromArray(INTS, data, at);
            for (int block = 0; block < 4; block++) {
                int to = (32 * block + k) * Panel.LANES + lane;
                IntVector w =
                        codes.lanewise(VectorOperators.LSHL, 28 - 8 * block).lanewise(VectorOperators.ASHR, 6);
                w.and(mask).reinterpretAsFloats().fma(power, zero).intoArray(weights, to);
                w = codes.lanewise(VectorOperators.LSHL, 24 - 8 * block).lanewise(VectorOperators.ASHR, 6);
                w.and(mask).reinterpretAsFloats().fma(power, zero).intoArray(weights, to + ROW);
            }
        }
    }
}
