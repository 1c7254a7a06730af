package dev.hadal.kernel;

import dev.hadal.tensor.Formats;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector twin of {@link ScalarStateKernels}, for one width; defined once for each width as a hidden class, as
 * {@link VectorKernels} is, with the same consequences.
 */
final class VectorStateKernels implements StateKernels {
    private static final VectorSpecies<Float> FLOATS = species();
    private static final int WIDTH = FLOATS.length();
    private static final VectorSpecies<Integer> INTS = FLOATS.withLanes(int.class);
    private static final VectorSpecies<Byte> BYTES = FLOATS.withLanes(byte.class);
    /** As many shorts, and bytes where there is such a vector, as a vector has floats. */
    private static final VectorSpecies<Short> HALVES =
            VectorSpecies.of(short.class, VectorShape.forBitSize(16 * WIDTH));

    private static final VectorSpecies<Byte> HALF_BYTES = HALVES.withLanes(byte.class);

    /** Exchange lanes whose numbers differ by 1, the two values of a pair; by 2, 4, 8. */
    private static final VectorShuffle<Float> PAIRS = partners(1);

    private static final VectorShuffle<Float> SECONDS = partners(2);
    private static final VectorShuffle<Float> FOURTHS = partners(4);
    private static final VectorShuffle<Float> EIGHTHS = partners(8);
    /** For each of these differences the sign that a lane's own value has in the Hadamard transform. */
    private static final float[] SIGNS = {
        1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1,
        1, 1, -1, -1, 1, 1, -1, -1, 1, 1, -1, -1, 1, 1, -1, -1,
        1, 1, 1, 1, -1, -1, -1, -1, 1, 1, 1, 1, -1, -1, -1, -1,
        1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1, -1
    };

    /** Sign, exponent and mantissa of an e4m3 code whose byte has been moved to bits 20 to 27, sign-extended. */
    private static final int E4M3 = 0x87f00000;
    /** Read as floats such codes are too small by this. */
    private static final float E4M3_BIAS = 0x1p120f;
    /** The same for e2m1 codes at bits 22 to 25. */
    private static final int E2M1 = 0x81c00000;

    private static final float E2M1_BIAS = 0x1p126f;
    /** Adding this to a float below 2^14 rounds it to a multiple of 2^-9, the least step of e4m3. */
    private static final float E4M3_ROUNDER = 24576f;

    private static final int E4M3_ROUNDER_BITS = Float.floatToRawIntBits(E4M3_ROUNDER);

    private static VectorSpecies<Float> species() {
        try {
            int bits = MethodHandles.classData(MethodHandles.lookup(), "_", Integer.class);
            return VectorSpecies.of(float.class, VectorShape.forBitSize(bits));
        } catch (IllegalAccessException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static VectorShuffle<Float> partners(int difference) {
        int[] lanes = new int[WIDTH];
        for (int lane = 0; lane < WIDTH; lane++) {
            lanes[lane] = (lane ^ difference) % WIDTH;
        }
        return VectorShuffle.fromArray(FLOATS, lanes, 0);
    }

    VectorStateKernels() {}

    @Override
    public void storeEntry(float[] values, int offset, EntryLayout layout, byte[] to, int at) {
        for (int group = 0; group < layout.plain(); group += EntryLayout.GROUP) {
            float scale = Formats.fp8GroupScale(maxAbs(values, offset + group, EntryLayout.GROUP));
            to[at + layout.scalesAt() + group / EntryLayout.GROUP] = (byte) (Float.floatToRawIntBits(scale) >>> 23);
            storeCodes(values, offset + group, scale, to, at + group);
        }
        for (int i = layout.plain(), place = at + layout.rotaryAt(); i < layout.width(); i++, place += 2) {
            short bits = Formats.toBf16(values[offset + i]);
            to[place] = (byte) bits;
            to[place + 1] = (byte) (bits >> 8);
        }
    }

    private static float maxAbs(float[] values, int from, int length) {
        FloatVector max = FloatVector.zero(FLOATS);
        for (int i = from; i < from + length; i += WIDTH) {
            max = max.max(FloatVector.fromArray(FLOATS, values, i).abs());
        }
        return max.reduceLanes(VectorOperators.MAX);
    }

    /** {@link Formats#toE4m3} of the scaled numbers of a group, or zeros if its scale is no number. */
    private static void storeCodes(float[] values, int from, float scale, byte[] to, int at) {
        float inverse = 1f / scale;
        int numbers = Float.isNaN(scale) ? 0 : -1;
        for (int l = 0; l < 16; l += WIDTH) {
            IntVector codes = IntVector.zero(INTS);
            // Spelled out, as in loadEntry, which says why.
            for (int shift = 0, i = from + l; shift < 32; shift += 8, i += 16) {
                FloatVector v = FloatVector.fromArray(FLOATS, values, i).mul(inverse);
                FloatVector magnitude = v.abs().min(448f);
                IntVector sign =
                        v.reinterpretAsInts().lanewise(VectorOperators.LSHR, 24).and(0x80);
                IntVector small =
                        magnitude.add(E4M3_ROUNDER).reinterpretAsInts().sub(E4M3_ROUNDER_BITS);
                IntVector m = magnitude.reinterpretAsInts();
                IntVector normal = m.add(m.lanewise(VectorOperators.LSHR, 20).and(1))
                        .add(0x7ffff)
                        .lanewise(VectorOperators.LSHR, 20)
                        .sub(120 << 3);
                VectorMask<Integer> subnormal =
                        magnitude.compare(VectorOperators.LT, 0x1p-6f).cast(INTS);
                codes = codes.or(normal.blend(small, subnormal).or(sign).lanewise(VectorOperators.LSHL, shift));
            }
            codes.and(numbers).reinterpretAsBytes().intoArray(to, at + 4 * l);
        }
    }

    @Override
    public void loadEntry(byte[] from, int at, EntryLayout layout, float[] values, int offset) {
        FloatVector bias = FloatVector.broadcast(FLOATS, E4M3_BIAS);
        FloatVector zero = FloatVector.broadcast(FLOATS, -0f);
        int scales = at + layout.scalesAt();
        for (int group = 0; group < layout.plain(); group += EntryLayout.GROUP, scales++) {
            float scale = Float.intBitsToFloat((from[scales] & 0xff) << 23);
            for (int l = 0; l < 16; l += WIDTH) {
                IntVector codes =
                        ByteVector.fromArray(BYTES, from, at + group + 4 * l).reinterpretAsInts();
                // Spelled out: a method of its own is not always inlined, and would then get its vectors as objects.
                for (int shift = 24, to = offset + group + l; shift >= 0; shift -= 8, to += 16) {
                    IntVector code = codes.lanewise(VectorOperators.LSHL, shift).lanewise(VectorOperators.ASHR, 4);
                    FloatVector small = code.and(E4M3).reinterpretAsFloats();
                    small.fma(bias, zero).mul(scale).intoArray(values, to);
                }
            }
        }
        int i = layout.plain();
        int rotary = at + layout.rotaryAt();
        for (; i + WIDTH <= layout.width(); i += WIDTH, rotary += 2 * WIDTH) {
            ShortVector bits = ByteVector.fromArray(HALF_BYTES, from, rotary).reinterpretAsShorts();
            IntVector ints = (IntVector) bits.convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
            ints.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().intoArray(values, offset + i);
        }
        ScalarStateKernels.loadRotary(from, at, layout, values, offset, i);
    }

    @Override
    public void loadKeys(byte[] from, KeyLayout layout, float[] panel) {
        for (int lane = 0; lane < Panel.LANES; lane += WIDTH) {
            for (int group = 0; group < layout.width(); group += KeyLayout.GROUP) {
                int fourth = group / KeyLayout.GROUP % 4;
                // The scale NaN becomes infinite, which makes NaN of its codes, all zero.
                FloatVector scale = ByteVector.fromArray(BYTES, from, layout.scaleAt(group, lane) - fourth)
                        .reinterpretAsInts()
                        .lanewise(VectorOperators.LSHL, 24 - 8 * fourth)
                        .lanewise(VectorOperators.LSHR, 24)
                        .lanewise(VectorOperators.LSHL, 23)
                        .reinterpretAsFloats();
                for (int k = group; k < group + KeyLayout.GROUP; k += KeyLayout.CODES) {
                    IntVector codes = ByteVector.fromArray(BYTES, from, layout.codesAt(k, lane))
                            .reinterpretAsInts();
                    int to = k * Panel.LANES + lane;
                    for (int i = 0; i < KeyLayout.CODES; i++) {
                        codes.lanewise(VectorOperators.LSHL, 28 - 4 * i)
                                .lanewise(VectorOperators.ASHR, 6)
                                .and(E2M1)
                                .reinterpretAsFloats()
                                .mul(E2M1_BIAS)
                                .mul(scale)
                                .intoArray(panel, to + i * Panel.LANES);
                    }
                }
            }
        }
    }

    /**
     * To the nearest e2m1 values: steps of a half below 2, of one below 4, of two above; adding rounds to a step. Spelled
     * out, as in loadEntry.
     */
    @Override
    public void roundKey(float[] values, int offset, int length) {
        for (int group = offset; group < offset + length; group += KeyLayout.GROUP) {
            float scale = Formats.fp4GroupScale(maxAbs(values, group, KeyLayout.GROUP));
            float inverse = 1f / scale;
            for (int i = group; i < group + KeyLayout.GROUP; i += WIDTH) {
                FloatVector v = FloatVector.fromArray(FLOATS, values, i).mul(inverse);
                FloatVector magnitude = v.abs().min(6f);
                FloatVector fine = magnitude.add(0x1.8p22f).sub(0x1.8p22f);
                FloatVector middle = magnitude.add(0x1.8p23f).sub(0x1.8p23f);
                FloatVector coarse = magnitude.add(0x1.8p24f).sub(0x1.8p24f);
                FloatVector rounded = coarse.blend(middle, magnitude.compare(VectorOperators.LT, 4f))
                        .blend(fine, magnitude.compare(VectorOperators.LT, 2f));
                IntVector sign = v.reinterpretAsInts().and(Integer.MIN_VALUE);
                rounded.reinterpretAsInts()
                        .or(sign)
                        .reinterpretAsFloats()
                        .mul(scale)
                        .intoArray(values, i);
            }
        }
    }

    @Override
    public void hadamard(float[] values, int offset, int length) {
        float scale = (float) (1 / Math.sqrt(length));
        if (length < WIDTH) {
            ScalarStateKernels.hadamard(values, offset, length, scale);
            return;
        }
        withinVectors(values, offset, length, PAIRS, 1);
        withinVectors(values, offset, length, SECONDS, 2);
        if (WIDTH > 4) {
            withinVectors(values, offset, length, FOURTHS, 4);
        }
        if (WIDTH > 8) {
            withinVectors(values, offset, length, EIGHTHS, 8);
        }
        for (int half = WIDTH; half < length; half *= 2) {
            for (int start = offset; start < offset + length; start += 2 * half) {
                for (int i = start; i < start + half; i += WIDTH) {
                    FloatVector a = FloatVector.fromArray(FLOATS, values, i);
                    FloatVector b = FloatVector.fromArray(FLOATS, values, i + half);
                    a.add(b).intoArray(values, i);
                    a.sub(b).intoArray(values, i + half);
                }
            }
        }
        for (int i = offset; i < offset + length; i++) {
            values[i] *= scale;
        }
    }

    /** Adds and subtracts the values of lanes whose numbers differ by {@code half}. */
    private static void withinVectors(float[] values, int offset, int length, VectorShuffle<Float> partners, int half) {
        FloatVector sign = FloatVector.fromArray(FLOATS, SIGNS, Integer.numberOfTrailingZeros(half) * 16);
        for (int i = offset; i < offset + length; i += WIDTH) {
            FloatVector v = FloatVector.fromArray(FLOATS, values, i);
            v.mul(sign).add(v.rearrange(partners)).intoArray(values, i);
        }
    }

    @Override
    public void rotate(float[] values, int offset, float[] cosines, float[] sines, int anglesAt, int length) {
        int i = 0;
        for (; i + WIDTH <= length; i += WIDTH) {
            FloatVector v = FloatVector.fromArray(FLOATS, values, offset + i);
            FloatVector crossed = v.rearrange(PAIRS).mul(FloatVector.fromArray(FLOATS, sines, anglesAt + i));
            v.mul(FloatVector.fromArray(FLOATS, cosines, anglesAt + i))
                    .add(crossed)
                    .intoArray(values, offset + i);
        }
        for (; i < length; i += 2) {
            float cos = cosines[anglesAt + i];
            float sin = sines[anglesAt + i + 1];
            float a = values[offset + i];
            float b = values[offset + i + 1];
            values[offset + i] = a * cos - b * sin;
            values[offset + i + 1] = a * sin + b * cos;
        }
    }

    @Override
    public void rotateBack(float[] values, int offset, float[] cosines, float[] sines, int anglesAt, int length) {
        int i = 0;
        for (; i + WIDTH <= length; i += WIDTH) {
            FloatVector v = FloatVector.fromArray(FLOATS, values, offset + i);
            FloatVector crossed = v.rearrange(PAIRS).mul(FloatVector.fromArray(FLOATS, sines, anglesAt + i));
            v.mul(FloatVector.fromArray(FLOATS, cosines, anglesAt + i))
                    .sub(crossed)
                    .intoArray(values, offset + i);
        }
        for (; i < length; i += 2) {
            float cos = cosines[anglesAt + i];
            float sin = sines[anglesAt + i + 1];
            float a = values[offset + i];
            float b = values[offset + i + 1];
            values[offset + i] = a * cos + b * sin;
            values[offset + i + 1] = b * cos - a * sin;
        }
    }

    @Override
    public void belowMax(float[] scores, int rows, int width) {
        int i = 0;
        for (; i + WIDTH <= width; i += WIDTH) {
            FloatVector max = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
            for (int at = i; at < rows * width; at += width) {
                max = max.max(FloatVector.fromArray(FLOATS, scores, at));
            }
            for (int at = i; at < rows * width; at += width) {
                FloatVector.fromArray(FLOATS, scores, at).sub(max).intoArray(scores, at);
            }
        }
        ScalarStateKernels.belowMax(scores, rows, width, i);
    }

    @Override
    public void weightedMean(float[] values, float[] weights, int rows, int width, float[] to) {
        int i = 0;
        for (; i + WIDTH <= width; i += WIDTH) {
            FloatVector sum = FloatVector.zero(FLOATS);
            FloatVector mean = sum;
            for (int at = i; at < rows * width; at += width) {
                FloatVector weight = FloatVector.fromArray(FLOATS, weights, at);
                sum = sum.add(weight);
                mean = mean.add(weight.mul(FloatVector.fromArray(FLOATS, values, at)));
            }
            mean.div(sum).intoArray(to, i);
        }
        ScalarStateKernels.weightedMean(values, weights, rows, to, i, width);
    }

    @Override
    public void collect(float[] values, int offset, int length, int firstIndex, Candidates into) {
        int i = 0;
        for (; i + WIDTH <= length; i += WIDTH) {
            FloatVector v = FloatVector.fromArray(FLOATS, values, offset + i).add(0f);
            IntVector bits = v.reinterpretAsInts();
            IntVector key = bits.lanewise(VectorOperators.ASHR, 31)
                    .and(Integer.MAX_VALUE)
                    .lanewise(VectorOperators.XOR, bits);
            VectorMask<Integer> nan = v.test(VectorOperators.IS_NAN).cast(INTS);
            VectorMask<Integer> above = key.blend(Candidates.NAN, nan).compare(VectorOperators.GT, into.threshold);
            for (long lanes = above.toLong(); lanes != 0; lanes &= lanes - 1) {
                int lane = i + Long.numberOfTrailingZeros(lanes);
                into.add(Candidates.key(values[offset + lane]), firstIndex + lane);
            }
        }
        for (; i < length; i++) {
            ScalarStateKernels.collect(values[offset + i], firstIndex + i, into);
        }
    }

    @Override
    public int countAbove(Candidates candidates, int key) {
        int count = 0;
        int i = 0;
        for (; i + WIDTH <= candidates.size; i += WIDTH) {
            count += IntVector.fromArray(INTS, candidates.keys, i)
                    .compare(VectorOperators.GT, key)
                    .trueCount();
        }
        for (; i < candidates.size; i++) {
            count += candidates.keys[i] > key ? 1 : 0;
        }
        return count;
    }
}
