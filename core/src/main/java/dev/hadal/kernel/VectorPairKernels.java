package dev.hadal.kernel;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/** Products with two panels at once on vectors of 512 bit. The restrictions of {@link VectorPackedKernels} hold. */
final class VectorPairKernels implements PairKernels {
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_512;
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_512;
    private static final int ROW = PackedMatrix.ROW;

    private static final int[] MASK = UnpackKernels.filled(UnpackKernels.FP8_MASK, INTS.length());
    private static final int[] UPPER_HALF = UnpackKernels.filled(0xffff0000, INTS.length());

    VectorPairKernels() {}

    @Override
    public void multiply(float[] x, int offset, PackedMatrix matrix, int panelIndex, int otherPanel, float[] y) {
        Arrays.fill(y, 0, 2 * Panel.LANES, 0f);
        int at = matrix.at(panelIndex, 0);
        int apart = matrix.at(otherPanel, 0) - at;
        for (int first = 0; first < matrix.inputs; first += 128, at += 128 * ROW) {
            bf16(x, offset + first, matrix, at, apart, y);
        }
    }

    @Override
    public void multiplyRaised(float[] x, int first, PackedMatrix matrix, int panelIndex, int otherPanel, float[] y) {
        Arrays.fill(y, 0, 2 * Panel.LANES, 0f);
        int scales = matrix.scaleAt(panelIndex, 0);
        int otherScales = matrix.scaleAt(otherPanel, 0);
        int at = matrix.at(panelIndex, 0);
        int apart = matrix.at(otherPanel, 0) - at;
        for (int input = 0; input < matrix.inputs; input += PackedMatrix.PAIR) {
            fp8(x, first + input, matrix, at + input / 2 * ROW, apart, y);
            int block = input / 128;
            VectorRaisedKernels.add(matrix.scales, scales + block, y, 0);
            VectorRaisedKernels.add(matrix.scales, otherScales + block, y, 1);
        }
    }

    /** Adds a block of BF16 of each panel, {@code apart} ints from each other. */
    private static void bf16(float[] x, int first, PackedMatrix matrix, int block, int apart, float[] y) {
        int[] data = matrix.data;
        int step = matrix.format.step;
        IntVector upper = IntVector.fromArray(INTS, UPPER_HALF, 0);
        FloatVector a0 = FloatVector.zero(FLOATS), a1 = a0;
        FloatVector b0 = FloatVector.zero(FLOATS), b1 = b0;
        int end = first + 128;
        int at = block;
        for (int k = first; k < end; k += step, at += ROW) {
            FloatVector v = FloatVector.broadcast(FLOATS, x[k]);
            IntVector codes = IntVector.fromArray(INTS, data, at);
            a0 = v.fma(codes.lanewise(LSHL, 16).reinterpretAsFloats(), a0);
            a1 = v.fma(codes.and(upper).reinterpretAsFloats(), a1);
            codes = IntVector.fromArray(INTS, data, at + apart);
            b0 = v.fma(codes.lanewise(LSHL, 16).reinterpretAsFloats(), b0);
            b1 = v.fma(codes.and(upper).reinterpretAsFloats(), b1);
        }
        a0.add(FloatVector.fromArray(FLOATS, y, 0)).intoArray(y, 0);
        a1.add(FloatVector.fromArray(FLOATS, y, ROW)).intoArray(y, ROW);
        b0.add(FloatVector.fromArray(FLOATS, y, 2 * ROW)).intoArray(y, 2 * ROW);
        b1.add(FloatVector.fromArray(FLOATS, y, 3 * ROW)).intoArray(y, 3 * ROW);
    }

    /** The sums of a group of FP8 of each panel, kept as {@link VectorRaisedKernels} keeps those of two rows. */
    private static void fp8(float[] x, int first, PackedMatrix matrix, int group, int apart, float[] y) {
        int[] data = matrix.data;
        int step = matrix.format.step;
        IntVector mask = IntVector.fromArray(INTS, MASK, 0);
        FloatVector a0 = FloatVector.zero(FLOATS), a1 = a0, a2 = a0, a3 = a0;
        FloatVector b0 = FloatVector.zero(FLOATS), b1 = b0, b2 = b0, b3 = b0;
        int end = first + 128;
        int at = group;
        for (int k = first; k < end; k += step, at += ROW) {
            FloatVector v = FloatVector.broadcast(FLOATS, x[k]);
            FloatVector w = FloatVector.broadcast(FLOATS, x[k + 128]);
            IntVector codes = IntVector.fromArray(INTS, data, at);
            a0 = v.fma(codes.lanewise(LSHL, 24).lanewise(ASHR, 4).and(mask).reinterpretAsFloats(), a0);
            a1 = v.fma(codes.lanewise(LSHL, 16).lanewise(ASHR, 4).and(mask).reinterpretAsFloats(), a1);
            a2 = w.fma(codes.lanewise(LSHL, 8).lanewise(ASHR, 4).and(mask).reinterpretAsFloats(), a2);
            a3 = w.fma(codes.lanewise(ASHR, 4).and(mask).reinterpretAsFloats(), a3);
            codes = IntVector.fromArray(INTS, data, at + apart);
            b0 = v.fma(codes.lanewise(LSHL, 24).lanewise(ASHR, 4).and(mask).reinterpretAsFloats(), b0);
            b1 = v.fma(codes.lanewise(LSHL, 16).lanewise(ASHR, 4).and(mask).reinterpretAsFloats(), b1);
            b2 = w.fma(codes.lanewise(LSHL, 8).lanewise(ASHR, 4).and(mask).reinterpretAsFloats(), b2);
            b3 = w.fma(codes.lanewise(ASHR, 4).and(mask).reinterpretAsFloats(), b3);
        }
        int to = VectorRaisedKernels.PARTS;
        a0.intoArray(y, to);
        a1.intoArray(y, to + ROW);
        a2.intoArray(y, to + 2 * ROW);
        a3.intoArray(y, to + 3 * ROW);
        b0.intoArray(y, to + 4 * ROW);
        b1.intoArray(y, to + 5 * ROW);
        b2.intoArray(y, to + 6 * ROW);
        b3.intoArray(y, to + 7 * ROW);
    }
}
