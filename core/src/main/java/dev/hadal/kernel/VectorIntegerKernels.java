package dev.hadal.kernel;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of integers on vectors of 512 bit, with sums of 16 bits: twice as many in a register as floats, a code takes
 * one look-up for two of its uses, and nothing is unpacked however many rows there are. The restrictions of {@link
 * VectorPackedKernels} hold.
 *
 * <p>A row of codes, taken as shorts, has in lane {@code 2 l} codes of the first and second block of a group for the
 * outputs {@code l} and {@code 16 + l}, and in lane {@code 2 l + 1} those of the third and fourth; the pairs of {@link
 * IntegerRows} match that. So a vector of sums holds two blocks of 16 outputs.
 */
final class VectorIntegerKernels implements IntegerKernels {
    private static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_512;
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_512;
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_512;

    /** Where the sums of single blocks are kept, as bits: behind the results of four rows. */
    private static final int PARTS = 4 * Panel.LANES;
    /** Sums of a group for one row. */
    private static final int ROW_PARTS = 2 * Panel.LANES;
    /** Where the scales of the four blocks of a group are kept. */
    private static final int SCALES = PARTS + 4 * ROW_PARTS;

    /** Twice the values of FP4, and once more: the bits above a code do not matter. */
    private static final short[] VALUES = {
        0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12, 0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12
    };

    private static final int[] UPPER_HALF = UnpackKernels.filled(0xffff0000, INTS.length());
    private static final int[] EXPONENT = UnpackKernels.filled(0x7f800000, INTS.length());

    VectorIntegerKernels() {}

    @Override
    public void multiply(IntegerRows x, int row, PackedMatrix matrix, int panelIndex, float[] y) {
        Arrays.fill(y, 0, Panel.LANES, 0f);
        int at = matrix.at(panelIndex, 0);
        int exponents = matrix.exponentsAt(panelIndex, 0);
        int pair = x.pairAt(row);
        int factor = x.factorAt(row);
        for (int k = 0; k < matrix.inputs; k += PackedMatrix.GROUP, at += PackedMatrix.GROUP_INTS) {
            oneRow(x.pairs, pair + k / 2, matrix, at, y);
            scales(matrix.exponents, exponents, y);
            addOne(x.factors, factor + k / IntegerRows.BLOCK, y, 0);
            exponents += Panel.LANES;
        }
    }

    @Override
    public void multiplyTwo(IntegerRows x, int first, int second, PackedMatrix matrix, int panelIndex, float[] y) {
        Arrays.fill(y, 0, 2 * Panel.LANES, 0f);
        int at = matrix.at(panelIndex, 0);
        int exponents = matrix.exponentsAt(panelIndex, 0);
        int pair = x.pairAt(first);
        int other = x.pairAt(second) - pair;
        for (int k = 0; k < matrix.inputs; k += PackedMatrix.GROUP, at += PackedMatrix.GROUP_INTS) {
            int block = k / IntegerRows.BLOCK;
            twoRows(x.pairs, pair + k / 2, other, matrix, at, y);
            scales(matrix.exponents, exponents, y);
            addTwo(x.factors, x.factorAt(first) + block, x.factorAt(second) + block, y, 0);
            exponents += Panel.LANES;
        }
    }

    @Override
    public void multiplyFour(IntegerRows x, int[] rows, PackedMatrix matrix, int panelIndex, float[] y) {
        Arrays.fill(y, 0, 4 * Panel.LANES, 0f);
        int at = matrix.at(panelIndex, 0);
        int exponents = matrix.exponentsAt(panelIndex, 0);
        for (int k = 0; k < matrix.inputs; k += PackedMatrix.GROUP, at += PackedMatrix.GROUP_INTS) {
            int block = k / IntegerRows.BLOCK;
            fourRows(x, rows, k / 2, matrix, at, y);
            scales(matrix.exponents, exponents, y);
            addTwo(x.factors, x.factorAt(rows[0]) + block, x.factorAt(rows[1]) + block, y, 0);
            addTwo(x.factors, x.factorAt(rows[2]) + block, x.factorAt(rows[3]) + block, y, 2);
            exponents += Panel.LANES;
        }
    }

    /** The sums of the four blocks of a group, whose first pair is {@code pairs[first]}. */
    private static void oneRow(int[] pairs, int first, PackedMatrix matrix, int group, float[] y) {
        int[] data = matrix.data;
        int step = matrix.format.step;
        ShortVector values = ShortVector.fromArray(SHORTS, VALUES, 0);
        ShortVector a0 = ShortVector.zero(SHORTS), b0 = a0, c0 = a0, d0 = a0;
        int end = first + 32;
        int at = group;
        for (int k = first; k < end; k += step, at += PackedMatrix.ROW) {
            ShortVector codes = IntVector.fromArray(INTS, data, at).reinterpretAsShorts();
            ShortVector v = IntVector.broadcast(INTS, pairs[k]).reinterpretAsShorts();
            a0 = a0.add(codes.selectFrom(values).mul(v));
            b0 = b0.add(codes.lanewise(LSHR, 4).selectFrom(values).mul(v));
            v = IntVector.broadcast(INTS, pairs[k + 32]).reinterpretAsShorts();
            c0 = c0.add(codes.lanewise(LSHR, 8).selectFrom(values).mul(v));
            d0 = d0.add(codes.lanewise(LSHR, 12).selectFrom(values).mul(v));
        }
        a0.reinterpretAsFloats().intoArray(y, PARTS);
        b0.reinterpretAsFloats().intoArray(y, PARTS + 16);
        c0.reinterpretAsFloats().intoArray(y, PARTS + 32);
        d0.reinterpretAsFloats().intoArray(y, PARTS + 48);
    }

    /** The same for two rows, {@code second} pairs apart. */
    private static void twoRows(int[] pairs, int first, int second, PackedMatrix matrix, int group, float[] y) {
        int[] data = matrix.data;
        int step = matrix.format.step;
        ShortVector values = ShortVector.fromArray(SHORTS, VALUES, 0);
        ShortVector a0 = ShortVector.zero(SHORTS), b0 = a0, c0 = a0, d0 = a0;
        ShortVector a1 = ShortVector.zero(SHORTS), b1 = a1, c1 = a1, d1 = a1;
        int end = first + 32;
        int at = group;
        for (int k = first; k < end; k += step, at += PackedMatrix.ROW) {
            ShortVector codes = IntVector.fromArray(INTS, data, at).reinterpretAsShorts();
            ShortVector w0 = codes.selectFrom(values);
            ShortVector w1 = codes.lanewise(LSHR, 4).selectFrom(values);
            ShortVector w2 = codes.lanewise(LSHR, 8).selectFrom(values);
            ShortVector w3 = codes.lanewise(LSHR, 12).selectFrom(values);
            ShortVector v = IntVector.broadcast(INTS, pairs[k]).reinterpretAsShorts();
            a0 = a0.add(w0.mul(v));
            b0 = b0.add(w1.mul(v));
            v = IntVector.broadcast(INTS, pairs[k + 32]).reinterpretAsShorts();
            c0 = c0.add(w2.mul(v));
            d0 = d0.add(w3.mul(v));
            v = IntVector.broadcast(INTS, pairs[k + second]).reinterpretAsShorts();
            a1 = a1.add(w0.mul(v));
            b1 = b1.add(w1.mul(v));
            v = IntVector.broadcast(INTS, pairs[k + second + 32]).reinterpretAsShorts();
            c1 = c1.add(w2.mul(v));
            d1 = d1.add(w3.mul(v));
        }
        a0.reinterpretAsFloats().intoArray(y, PARTS);
        b0.reinterpretAsFloats().intoArray(y, PARTS + 16);
        c0.reinterpretAsFloats().intoArray(y, PARTS + 32);
        d0.reinterpretAsFloats().intoArray(y, PARTS + 48);
        a1.reinterpretAsFloats().intoArray(y, PARTS + 64);
        b1.reinterpretAsFloats().intoArray(y, PARTS + 80);
        c1.reinterpretAsFloats().intoArray(y, PARTS + 96);
        d1.reinterpretAsFloats().intoArray(y, PARTS + 112);
    }

    /** The same for four rows. */
    private static void fourRows(IntegerRows x, int[] rows, int pair, PackedMatrix matrix, int group, float[] y) {
        int[] pairs = x.pairs;
        int first = x.pairAt(rows[0]) + pair;
        int second = x.pairAt(rows[1]) - x.pairAt(rows[0]);
        int third = x.pairAt(rows[2]) - x.pairAt(rows[0]);
        int fourth = x.pairAt(rows[3]) - x.pairAt(rows[0]);
        int[] data = matrix.data;
        int step = matrix.format.step;
        ShortVector values = ShortVector.fromArray(SHORTS, VALUES, 0);
        ShortVector a0 = ShortVector.zero(SHORTS), b0 = a0, c0 = a0, d0 = a0;
        ShortVector a1 = ShortVector.zero(SHORTS), b1 = a1, c1 = a1, d1 = a1;
        ShortVector a2 = ShortVector.zero(SHORTS), b2 = a2, c2 = a2, d2 = a2;
        ShortVector a3 = ShortVector.zero(SHORTS), b3 = a3, c3 = a3, d3 = a3;
        int end = first + 32;
        int at = group;
        for (int k = first; k < end; k += step, at += PackedMatrix.ROW) {
            ShortVector codes = IntVector.fromArray(INTS, data, at).reinterpretAsShorts();
            ShortVector w0 = codes.selectFrom(values);
            ShortVector w1 = codes.lanewise(LSHR, 4).selectFrom(values);
            ShortVector w2 = codes.lanewise(LSHR, 8).selectFrom(values);
            ShortVector w3 = codes.lanewise(LSHR, 12).selectFrom(values);
            ShortVector v = IntVector.broadcast(INTS, pairs[k]).reinterpretAsShorts();
            a0 = a0.add(w0.mul(v));
            b0 = b0.add(w1.mul(v));
            v = IntVector.broadcast(INTS, pairs[k + 32]).reinterpretAsShorts();
            c0 = c0.add(w2.mul(v));
            d0 = d0.add(w3.mul(v));
            v = IntVector.broadcast(INTS, pairs[k + second]).reinterpretAsShorts();
            a1 = a1.add(w0.mul(v));
            b1 = b1.add(w1.mul(v));
            v = IntVector.broadcast(INTS, pairs[k + second + 32]).reinterpretAsShorts();
            c1 = c1.add(w2.mul(v));
            d1 = d1.add(w3.mul(v));
            v = IntVector.broadcast(INTS, pairs[k + third]).reinterpretAsShorts();
            a2 = a2.add(w0.mul(v));
            b2 = b2.add(w1.mul(v));
            v = IntVector.broadcast(INTS, pairs[k + third + 32]).reinterpretAsShorts();
            c2 = c2.add(w2.mul(v));
            d2 = d2.add(w3.mul(v));
            v = IntVector.broadcast(INTS, pairs[k + fourth]).reinterpretAsShorts();
            a3 = a3.add(w0.mul(v));
            b3 = b3.add(w1.mul(v));
            v = IntVector.broadcast(INTS, pairs[k + fourth + 32]).reinterpretAsShorts();
            c3 = c3.add(w2.mul(v));
            d3 = d3.add(w3.mul(v));
        }
        a0.reinterpretAsFloats().intoArray(y, PARTS);
        b0.reinterpretAsFloats().intoArray(y, PARTS + 16);
        c0.reinterpretAsFloats().intoArray(y, PARTS + 32);
        d0.reinterpretAsFloats().intoArray(y, PARTS + 48);
        a1.reinterpretAsFloats().intoArray(y, PARTS + 64);
        b1.reinterpretAsFloats().intoArray(y, PARTS + 80);
        c1.reinterpretAsFloats().intoArray(y, PARTS + 96);
        d1.reinterpretAsFloats().intoArray(y, PARTS + 112);
        a2.reinterpretAsFloats().intoArray(y, PARTS + 128);
        b2.reinterpretAsFloats().intoArray(y, PARTS + 144);
        c2.reinterpretAsFloats().intoArray(y, PARTS + 160);
        d2.reinterpretAsFloats().intoArray(y, PARTS + 176);
        a3.reinterpretAsFloats().intoArray(y, PARTS + 192);
        b3.reinterpretAsFloats().intoArray(y, PARTS + 208);
        c3.reinterpretAsFloats().intoArray(y, PARTS + 224);
        d3.reinterpretAsFloats().intoArray(y, PARTS + 240);
    }

    /** Decodes the scales of the four blocks of a group. */
    private static void scales(int[] exponents, int at, float[] y) {
        IntVector mask = IntVector.fromArray(INTS, EXPONENT, 0);
        for (int lane = 0; lane < Panel.LANES; lane += PackedMatrix.ROW) {
            IntVector bytes = IntVector.fromArray(INTS, exponents, at + lane);
            int to = SCALES + lane;
            bytes.lanewise(LSHL, 23).and(mask).reinterpretAsFloats().intoArray(y, to);
            bytes.lanewise(LSHL, 15).and(mask).reinterpretAsFloats().intoArray(y, to + 32);
            bytes.lanewise(LSHL, 7).and(mask).reinterpretAsFloats().intoArray(y, to + 64);
            bytes.lanewise(LSHR, 1).and(mask).reinterpretAsFloats().intoArray(y, to + 96);
        }
    }

    /** Adds the scaled sums of a group to one row of {@code y}. */
    private static void addOne(float[] factors, int factor, float[] y, int row) {
        IntVector upper = IntVector.fromArray(INTS, UPPER_HALF, 0);
        int parts = PARTS + row * ROW_PARTS;
        int to = row * Panel.LANES;
        for (int lane = 0; lane < Panel.LANES; lane += PackedMatrix.ROW) {
            IntVector even = FloatVector.fromArray(FLOATS, y, parts + lane).reinterpretAsInts();
            IntVector odd = FloatVector.fromArray(FLOATS, y, parts + lane + 32).reinterpretAsInts();
            FloatVector sum = FloatVector.fromArray(FLOATS, y, to + lane);
            FloatVector part =
                    ((FloatVector) even.lanewise(LSHL, 16).convert(VectorOperators.I2F, 0)).mul(factors[factor]);
            sum = part.fma(FloatVector.fromArray(FLOATS, y, SCALES + lane), sum);
            part = ((FloatVector) odd.lanewise(LSHL, 16).convert(VectorOperators.I2F, 0)).mul(factors[factor + 1]);
            sum = part.fma(FloatVector.fromArray(FLOATS, y, SCALES + lane + 32), sum);
            part = ((FloatVector) even.and(upper).convert(VectorOperators.I2F, 0)).mul(factors[factor + 2]);
            sum = part.fma(FloatVector.fromArray(FLOATS, y, SCALES + lane + 64), sum);
            part = ((FloatVector) odd.and(upper).convert(VectorOperators.I2F, 0)).mul(factors[factor + 3]);
            sum = part.fma(FloatVector.fromArray(FLOATS, y, SCALES + lane + 96), sum);
            sum.intoArray(y, to + lane);
        }
    }

    /** The same for two rows, this and the next, whose factors are in two places. */
    private static void addTwo(float[] factors, int factor, int next, float[] y, int row) {
        IntVector upper = IntVector.fromArray(INTS, UPPER_HALF, 0);
        int parts = PARTS + row * ROW_PARTS;
        int to = row * Panel.LANES;
        for (int lane = 0; lane < Panel.LANES; lane += PackedMatrix.ROW) {
            IntVector even = FloatVector.fromArray(FLOATS, y, parts + lane).reinterpretAsInts();
            IntVector odd = FloatVector.fromArray(FLOATS, y, parts + lane + 32).reinterpretAsInts();
            FloatVector sum = FloatVector.fromArray(FLOATS, y, to + lane);
            FloatVector part =
                    ((FloatVector) even.lanewise(LSHL, 16).convert(VectorOperators.I2F, 0)).mul(factors[factor]);
            sum = part.fma(FloatVector.fromArray(FLOATS, y, SCALES + lane), sum);
            part = ((FloatVector) odd.lanewise(LSHL, 16).convert(VectorOperators.I2F, 0)).mul(factors[factor + 1]);
            sum = part.fma(FloatVector.fromArray(FLOATS, y, SCALES + lane + 32), sum);
            part = ((FloatVector) even.and(upper).convert(VectorOperators.I2F, 0)).mul(factors[factor + 2]);
            sum = part.fma(FloatVector.fromArray(FLOATS, y, SCALES + lane + 64), sum);
            part = ((FloatVector) odd.and(upper).convert(VectorOperators.I2F, 0)).mul(factors[factor + 3]);
            sum = part.fma(FloatVector.fromArray(FLOATS, y, SCALES + lane + 96), sum);
            sum.intoArray(y, to + lane);
            even = FloatVector.fromArray(FLOATS, y, parts + lane + ROW_PARTS).reinterpretAsInts();
            odd = FloatVector.fromArray(FLOATS, y, parts + lane + ROW_PARTS + 32)
                    .reinterpretAsInts();
            sum = FloatVector.fromArray(FLOATS, y, to + lane + Panel.LANES);
            part = ((FloatVector) even.lanewise(LSHL, 16).convert(VectorOperators.I2F, 0)).mul(factors[next]);
            sum = part.fma(FloatVector.fromArray(FLOATS, y, SCALES + lane), sum);
            part = ((FloatVector) odd.lanewise(LSHL, 16).convert(VectorOperators.I2F, 0)).mul(factors[next + 1]);
            sum = part.fma(FloatVector.fromArray(FLOATS, y, SCALES + lane + 32), sum);
            part = ((FloatVector) even.and(upper).convert(VectorOperators.I2F, 0)).mul(factors[next + 2]);
            sum = part.fma(FloatVector.fromArray(FLOATS, y, SCALES + lane + 64), sum);
            part = ((FloatVector) odd.and(upper).convert(VectorOperators.I2F, 0)).mul(factors[next + 3]);
            sum = part.fma(FloatVector.fromArray(FLOATS, y, SCALES + lane + 96), sum);
            sum.intoArray(y, to + lane + Panel.LANES);
        }
    }
}
