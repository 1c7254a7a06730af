package dev.hadal.kernel;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of raised rows on vectors of 512 bit: a weight takes two shifts and a mask, and no multiply-add. The
 * restrictions of {@link VectorPackedKernels} hold.
 */
final class VectorRaisedKernels implements RaisedKernels {
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_512;
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_512;
    private static final int ROW = PackedMatrix.ROW;
    /** Where the sums of the two blocks of a group are kept: behind the results of four rows. */
    static final int PARTS = 4 * Panel.LANES;

    private static final int[] MASK = UnpackKernels.filled(UnpackKernels.FP8_MASK, INTS.length());

    VectorRaisedKernels() {}

    @Override
    public void multiply(float[] x, int first, PackedMatrix matrix, int panelIndex, float[] y) {
        Arrays.fill(y, 0, Panel.LANES, 0f);
        int scales = matrix.scaleAt(panelIndex, 0);
        int at = matrix.at(panelIndex, 0);
        for (int input = 0; input < matrix.inputs; input += PackedMatrix.PAIR, scales += 2) {
            one(x, first + input, matrix, at + input / 2 * ROW, y);
            add(matrix.scales, scales, y, 0);
        }
    }

    @Override
    public void multiplyTwo(float[] x, int first, PackedMatrix matrix, int panelIndex, float[] y) {
        Arrays.fill(y, 0, 2 * Panel.LANES, 0f);
        int scales = matrix.scaleAt(panelIndex, 0);
        int at = matrix.at(panelIndex, 0);
        for (int input = 0; input < matrix.inputs; input += PackedMatrix.PAIR, scales += 2) {
            two(x, first + 2 * input, matrix, at + input / 2 * ROW, y);
            add(matrix.scales, scales, y, 0);
            add(matrix.scales, scales, y, 1);
        }
    }

    @Override
    public void multiplyFour(float[] x, int first, PackedMatrix matrix, int panelIndex, float[] y) {
        Arrays.fill(y, 0, 4 * Panel.LANES, 0f);
        int scales = matrix.scaleAt(panelIndex, 0);
        int at = matrix.at(panelIndex, 0);
        for (int input = 0; input < matrix.inputs; input += PackedMatrix.PAIR, scales += 2) {
            four(x, first + 4 * input, matrix, at + input / 2 * ROW, y);
            for (int row = 0; row < 4; row++) {
                add(matrix.scales, scales, y, row);
            }
        }
    }

    /** The sums of a group, whose first input is {@code x[first]}. */
    private static void one(float[] x, int first, PackedMatrix matrix, int group, float[] y) {
        int[] data = matrix.data;
        int step = matrix.format.step;
        IntVector mask = IntVector.fromArray(INTS, MASK, 0);
        FloatVector a0 = FloatVector.zero(FLOATS), a1 = a0, a2 = a0, a3 = a0;
        int end = first + 128;
        int at = group;
        for (int k = first; k < end; k += step, at += ROW) {
            IntVector codes = IntVector.fromArray(INTS, data, at);
            FloatVector w0 =
                    codes.lanewise(LSHL, 24).lanewise(ASHR, 4).and(mask).reinterpretAsFloats();
            FloatVector w1 =
                    codes.lanewise(LSHL, 16).lanewise(ASHR, 4).and(mask).reinterpretAsFloats();
            FloatVector v = FloatVector.broadcast(FLOATS, x[k]);
            a0 = v.fma(w0, a0);
            a1 = v.fma(w1, a1);
            w0 = codes.lanewise(LSHL, 8).lanewise(ASHR, 4).and(mask).reinterpretAsFloats();
            w1 = codes.lanewise(ASHR, 4).and(mask).reinterpretAsFloats();
            v = FloatVector.broadcast(FLOATS, x[k + 128]);
            a2 = v.fma(w0, a2);
            a3 = v.fma(w1, a3);
        }
        a0.intoArray(y, PARTS);
        a1.intoArray(y, PARTS + ROW);
        a2.intoArray(y, PARTS + 2 * ROW);
        a3.intoArray(y, PARTS + 3 * ROW);
    }

    /** The same for two rows. */
    private static void two(float[] x, int first, PackedMatrix matrix, int group, float[] y) {
        int[] data = matrix.data;
        int step = 2 * matrix.format.step;
        IntVector mask = IntVector.fromArray(INTS, MASK, 0);
        FloatVector a0 = FloatVector.zero(FLOATS), a1 = a0, a2 = a0, a3 = a0;
        FloatVector b0 = FloatVector.zero(FLOATS), b1 = b0, b2 = b0, b3 = b0;
        int end = first + 256;
        int at = group;
        for (int k = first; k < end; k += step, at += ROW) {
            IntVector codes = IntVector.fromArray(INTS, data, at);
            FloatVector w0 =
                    codes.lanewise(LSHL, 24).lanewise(ASHR, 4).and(mask).reinterpretAsFloats();
            FloatVector w1 =
                    codes.lanewise(LSHL, 16).lanewise(ASHR, 4).and(mask).reinterpretAsFloats();
            FloatVector v = FloatVector.broadcast(FLOATS, x[k]);
            a0 = v.fma(w0, a0);
            a1 = v.fma(w1, a1);
            v = FloatVector.broadcast(FLOATS, x[k + 1]);
            b0 = v.fma(w0, b0);
            b1 = v.fma(w1, b1);
            w0 = codes.lanewise(LSHL, 8).lanewise(ASHR, 4).and(mask).reinterpretAsFloats();
            w1 = codes.lanewise(ASHR, 4).and(mask).reinterpretAsFloats();
            v = FloatVector.broadcast(FLOATS, x[k + 256]);
            a2 = v.fma(w0, a2);
            a3 = v.fma(w1, a3);
            v = FloatVector.broadcast(FLOATS, x[k + 257]);
            b2 = v.fma(w0, b2);
            b3 = v.fma(w1, b3);
        }
        a0.intoArray(y, PARTS);
        a1.intoArray(y, PARTS + ROW);
        a2.intoArray(y, PARTS + 2 * ROW);
        a3.intoArray(y, PARTS + 3 * ROW);
        b0.intoArray(y, PARTS + 4 * ROW);
        b1.intoArray(y, PARTS + 5 * ROW);
        b2.intoArray(y, PARTS + 6 * ROW);
        b3.intoArray(y, PARTS + 7 * ROW);
    }

    /** The same for four rows. */
    private static void four(float[] x, int first, PackedMatrix matrix, int group, float[] y) {
        int[] data = matrix.data;
        int step = 4 * matrix.format.step;
        IntVector mask = IntVector.fromArray(INTS, MASK, 0);
        FloatVector a0 = FloatVector.zero(FLOATS), a1 = a0, a2 = a0, a3 = a0;
        FloatVector b0 = FloatVector.zero(FLOATS), b1 = b0, b2 = b0, b3 = b0;
        FloatVector c0 = FloatVector.zero(FLOATS), c1 = c0, c2 = c0, c3 = c0;
        FloatVector d0 = FloatVector.zero(FLOATS), d1 = d0, d2 = d0, d3 = d0;
        int end = first + 512;
        int at = group;
        for (int k = first; k < end; k += step, at += ROW) {
            IntVector codes = IntVector.fromArray(INTS, data, at);
            FloatVector w0 =
                    codes.lanewise(LSHL, 24).lanewise(ASHR, 4).and(mask).reinterpretAsFloats();
            FloatVector w1 =
                    codes.lanewise(LSHL, 16).lanewise(ASHR, 4).and(mask).reinterpretAsFloats();
            FloatVector v = FloatVector.broadcast(FLOATS, x[k]);
            a0 = v.fma(w0, a0);
            a1 = v.fma(w1, a1);
            v = FloatVector.broadcast(FLOATS, x[k + 1]);
            b0 = v.fma(w0, b0);
            b1 = v.fma(w1, b1);
            v = FloatVector.broadcast(FLOATS, x[k + 2]);
            c0 = v.fma(w0, c0);
            c1 = v.fma(w1, c1);
            v = FloatVector.broadcast(FLOATS, x[k + 3]);
            d0 = v.fma(w0, d0);
            d1 = v.fma(w1, d1);
            w0 = codes.lanewise(LSHL, 8).lanewise(ASHR, 4).and(mask).reinterpretAsFloats();
            w1 = codes.lanewise(ASHR, 4).and(mask).reinterpretAsFloats();
            v = FloatVector.broadcast(FLOATS, x[k + 512]);
            a2 = v.fma(w0, a2);
            a3 = v.fma(w1, a3);
            v = FloatVector.broadcast(FLOATS, x[k + 513]);
            b2 = v.fma(w0, b2);
            b3 = v.fma(w1, b3);
            v = FloatVector.broadcast(FLOATS, x[k + 514]);
            c2 = v.fma(w0, c2);
            c3 = v.fma(w1, c3);
            v = FloatVector.broadcast(FLOATS, x[k + 515]);
            d2 = v.fma(w0, d2);
            d3 = v.fma(w1, d3);
        }
        a0.intoArray(y, PARTS);
        a1.intoArray(y, PARTS + ROW);
        a2.intoArray(y, PARTS + 2 * ROW);
        a3.intoArray(y, PARTS + 3 * ROW);
        b0.intoArray(y, PARTS + 4 * ROW);
        b1.intoArray(y, PARTS + 5 * ROW);
        b2.intoArray(y, PARTS + 6 * ROW);
        b3.intoArray(y, PARTS + 7 * ROW);
        c0.intoArray(y, PARTS + 8 * ROW);
        c1.intoArray(y, PARTS + 9 * ROW);
        c2.intoArray(y, PARTS + 10 * ROW);
        c3.intoArray(y, PARTS + 11 * ROW);
        d0.intoArray(y, PARTS + 12 * ROW);
        d1.intoArray(y, PARTS + 13 * ROW);
        d2.intoArray(y, PARTS + 14 * ROW);
        d3.intoArray(y, PARTS + 15 * ROW);
    }

    /** Adds the sums of the two blocks of a group, scaled, to one row of {@code y}. */
    static void add(float[] scales, int at, float[] y, int row) {
        FloatVector scale = FloatVector.broadcast(FLOATS, scales[at]);
        FloatVector next = FloatVector.broadcast(FLOATS, scales[at + 1]);
        FloatVector rest = FloatVector.broadcast(FLOATS, RaisedRows.REST);
        int part = PARTS + row * 4 * ROW;
        int to = row * Panel.LANES;
        for (int lane = 0; lane < Panel.LANES; lane += ROW) {
            FloatVector sum = FloatVector.fromArray(FLOATS, y, to + lane);
            sum = scale.fma(FloatVector.fromArray(FLOATS, y, part + lane).mul(rest), sum);
            FloatVector other =
                    FloatVector.fromArray(FLOATS, y, part + 2 * ROW + lane).mul(rest);
            next.fma(other, sum).intoArray(y, to + lane);
        }
    }
}
