package dev.hadal.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/** Expected values come from sign, exponent and mantissa in double arithmetic, and from search among all codes. */
class FormatsTest {
    private static final int E4M3_MAX_CODE = 0x7e;
    private static final int E2M1_MAX_CODE = 7;

    /** The magnitude of a small float format's code; the exponent's highest value is not special. */
    private static double magnitude(int code, int mantissaBits, int bias) {
        int exponent = code >> mantissaBits;
        int mantissa = code & (1 << mantissaBits) - 1;
        return exponent == 0
                ? mantissa * Math.scalb(1.0, 1 - bias - mantissaBits)
                : ((1 << mantissaBits) + mantissa) * Math.scalb(1.0, exponent - bias - mantissaBits);
    }

    private static double e4m3(int code) {
        return magnitude(code, 3, 7);
    }

    private static double e2m1(int code) {
        return magnitude(code, 1, 1);
    }

    private static double bf16(int code) {
        return magnitude(code, 7, 127);
    }

    /** The code of the value nearest to {@code v >= 0}, ties to even, at most {@code maxCode}. */
    private static int nearest(IntToDoubleFunction decode, int maxCode, double v) {
        int best = 0;
        for (int code = 1; code <= maxCode; code++) {
            double distance = Math.abs(decode.applyAsDouble(code) - v);
            double least = Math.abs(decode.applyAsDouble(best) - v);
            if (distance < least || (distance == least && code % 2 == 0)) {
                best = code;
            }
        }
        return best;
    }

    @Test
    void decodesEveryBf16Code() {
        for (int code = 0; code < 0x8000; code++) {
            float positive = Formats.bf16((short) code);
            float negative = Formats.bf16((short) (code | 0x8000));
            if (code > 0x7f80) {
                assertThat(positive).isNaN();
                assertThat(negative).isNaN();
            } else {
                float expected = code == 0x7f80 ? Float.POSITIVE_INFINITY : (float) bf16(code);
                assertThat(Float.floatToRawIntBits(positive)).isEqualTo(Float.floatToRawIntBits(expected));
                assertThat(Float.floatToRawIntBits(negative)).isEqualTo(Float.floatToRawIntBits(-expected));
            }
        }
    }

    @Test
    void roundsToBf16AtEveryMidpoint() {
        for (int code = 0; code < 0x7f80; code++) {
            float value = (float) bf16(code);
            float midpoint = (float) ((bf16(code) + bf16(code + 1)) / 2);
            int even = code + (code & 1);
            assertThat(Formats.toBf16(value)).isEqualTo((short) code);
            assertThat(Formats.toBf16(-value)).isEqualTo((short) (code | 0x8000));
            assertThat(Formats.toBf16(midpoint)).isEqualTo((short) even);
            assertThat(Formats.toBf16(-midpoint)).isEqualTo((short) (even | 0x8000));
            assertThat(Formats.toBf16(Math.nextUp(midpoint))).isEqualTo((short) (code + 1));
            assertThat(Formats.toBf16(Math.nextDown(midpoint))).isEqualTo((short) code);
        }
    }

    @Test
    void keepsInfinityAndQuietNanInBf16() {
        assertThat(Formats.toBf16(Float.POSITIVE_INFINITY)).isEqualTo((short) 0x7f80);
        assertThat(Formats.toBf16(Float.NEGATIVE_INFINITY)).isEqualTo((short) 0xff80);
        assertThat(Formats.toBf16(Float.intBitsToFloat(0x7f800001))).isEqualTo((short) 0x7fc0);
        assertThat(Formats.toBf16(Float.intBitsToFloat(0xffffffff))).isEqualTo((short) 0xffff);
        assertThat(Formats.roundBf16(0x1.01p0f)).isEqualTo(1f);
        assertThat(Formats.roundBf16(0x1.03p0f)).isEqualTo(1.015625f);
    }

    @Test
    void decodesEveryE4m3Code() {
        for (int code = 0; code < 0x7f; code++) {
            float expected = (float) e4m3(code);
            assertThat(Float.floatToRawIntBits(Formats.e4m3((byte) code))).isEqualTo(Float.floatToRawIntBits(expected));
            assertThat(Float.floatToRawIntBits(Formats.e4m3((byte) (code | 0x80))))
                    .isEqualTo(Float.floatToRawIntBits(-expected));
        }
        assertThat(Formats.e4m3((byte) 0x7e)).isEqualTo(448f);
        assertThat(Formats.e4m3((byte) 0x7f)).isNaN();
        assertThat(Formats.e4m3((byte) 0xff)).isNaN();
    }

    @Test
    void roundsToE4m3AtEveryMidpoint() {
        for (int code = 0; code < E4M3_MAX_CODE; code++) {
            float midpoint = (float) ((e4m3(code) + e4m3(code + 1)) / 2);
            int even = code + (code & 1);
            assertThat(Formats.toE4m3((float) e4m3(code))).isEqualTo((byte) code);
            assertThat(Formats.toE4m3(midpoint)).isEqualTo((byte) even);
            assertThat(Formats.toE4m3(-midpoint)).isEqualTo((byte) (even | 0x80));
            assertThat(Formats.toE4m3(Math.nextUp(midpoint))).isEqualTo((byte) (code + 1));
            assertThat(Formats.toE4m3(Math.nextDown(midpoint))).isEqualTo((byte) code);
        }
    }

    @Test
    void saturatesE4m3() {
        for (float v : new float[] {448, Math.nextUp(448f), 464, 480, Float.MAX_VALUE, Float.POSITIVE_INFINITY}) {
            assertThat(Formats.toE4m3(v)).isEqualTo((byte) 0x7e);
            assertThat(Formats.toE4m3(-v)).isEqualTo((byte) 0xfe);
        }
        assertThat(Formats.toE4m3(Float.NaN)).isEqualTo((byte) 0x7f);
        assertThat(Formats.toE4m3(Float.intBitsToFloat(0xffc00000))).isEqualTo((byte) 0x7f);
    }

    @Test
    void decodesEveryE8m0Code() {
        for (int code = 0; code < 255; code++) {
            assertThat(Formats.e8m0((byte) code)).isEqualTo((float) Math.scalb(1.0, code - 127));
        }
        assertThat(Formats.e8m0((byte) 255)).isNaN();
    }

    @Test
    void decodesEveryE2m1Code() {
        for (int code = 0; code < 8; code++) {
            float expected = (float) e2m1(code);
            assertThat(Float.floatToRawIntBits(Formats.e2m1(code))).isEqualTo(Float.floatToRawIntBits(expected));
            assertThat(Float.floatToRawIntBits(Formats.e2m1(code | 8))).isEqualTo(Float.floatToRawIntBits(-expected));
        }
    }

    @Test
    void roundsToE2m1AtEveryMidpoint() {
        for (int code = 0; code < E2M1_MAX_CODE; code++) {
            float midpoint = (float) ((e2m1(code) + e2m1(code + 1)) / 2);
            int even = code + (code & 1);
            assertThat(Formats.toE2m1((float) e2m1(code))).isEqualTo(code);
            assertThat(Formats.toE2m1(midpoint)).isEqualTo(even);
            assertThat(Formats.toE2m1(-midpoint)).isEqualTo(even | 8);
            assertThat(Formats.toE2m1(Math.nextUp(midpoint))).isEqualTo(code + 1);
            assertThat(Formats.toE2m1(Math.nextDown(midpoint))).isEqualTo(code);
        }
        assertThat(Formats.toE2m1(6)).isEqualTo(7);
        assertThat(Formats.toE2m1(Float.POSITIVE_INFINITY)).isEqualTo(7);
        assertThat(Formats.toE2m1(-1000)).isEqualTo(15);
    }

    @Test
    void scalesGroupsByTheLeastSufficientPowerOfTwo() {
        for (int exponent = -20; exponent < 100; exponent++) {
            assertThat(Formats.fp8GroupScale(Math.scalb(448f, exponent))).isEqualTo(Math.scalb(1f, exponent));
            assertThat(Formats.fp8GroupScale(Math.scalb(449f, exponent))).isEqualTo(Math.scalb(1f, exponent + 1));
            assertThat(Formats.fp8GroupScale(Math.scalb(447f, exponent))).isEqualTo(Math.scalb(1f, exponent));
        }
        for (int exponent = -125; exponent < 120; exponent++) {
            assertThat(Formats.fp4GroupScale(Math.scalb(6f, exponent))).isEqualTo(Math.scalb(1f, exponent));
            assertThat(Formats.fp4GroupScale(Math.scalb(6.01f, exponent))).isEqualTo(Math.scalb(1f, exponent + 1));
            assertThat(Formats.fp4GroupScale(Math.scalb(5.99f, exponent))).isEqualTo(Math.scalb(1f, exponent));
        }
    }

    @Test
    void scalesGroupsByTheRoundedProductBesideExactPowers() {
        for (int exponent = -20; exponent < 100; exponent++) {
            for (int ulps = -4; ulps <= 4; ulps++) {
                float fp8 = Float.intBitsToFloat(Float.floatToRawIntBits(Math.scalb(448f, exponent)) + ulps);
                assertThat(Formats.fp8GroupScale(fp8)).isEqualTo(groupScale(fp8, 1 / 448f));
                float fp4 = Float.intBitsToFloat(Float.floatToRawIntBits(Math.scalb(6f, exponent)) + ulps);
                assertThat(Formats.fp4GroupScale(fp4)).isEqualTo(groupScale(fp4, 1 / 6f));
            }
        }
    }

    /** The exact product rounded once, then the least power of two not below it. */
    private static float groupScale(float maxAbs, float reciprocal) {
        float product =
                new BigDecimal(maxAbs).multiply(new BigDecimal(reciprocal)).floatValue();
        float scale = 0x1p-126f;
        while (scale < product) {
            scale *= 2;
        }
        return scale;
    }

    @Test
    void keepsTheScaleOfAnEmptyGroupAboveItsFloor() {
        assertThat(Formats.fp8GroupScale(0)).isEqualTo(0x1p-22f);
        assertThat(Formats.fp8GroupScale(1e-4f)).isEqualTo(0x1p-22f);
        assertThat(Formats.fp4GroupScale(0)).isEqualTo(0x1p-126f);
        assertThat(Formats.fp4GroupScale(Float.MIN_VALUE)).isEqualTo(0x1p-126f);
    }

    @Test
    void givesNoScaleToAGroupThatIsNotFinite() {
        assertThat(Formats.fp8GroupScale(Float.NaN)).isNaN();
        assertThat(Formats.fp8GroupScale(Float.POSITIVE_INFINITY)).isNaN();
        assertThat(Formats.fp4GroupScale(Float.NaN)).isNaN();
        assertThat(Formats.fp4GroupScale(Float.POSITIVE_INFINITY)).isNaN();
    }

    @Test
    void quantisesGroupsOnTheirOwnWithAShortLastOne() {
        Random random = new Random(42);
        float[] original = new float[107];
        for (int i = 0; i < original.length; i++) {
            original[i] = (float) (random.nextGaussian() * Math.exp(3 * random.nextGaussian()));
        }
        float[] fp8 = original.clone();
        float[] fp4 = original.clone();
        Formats.fakeFp8(fp8, 3, 100, 64);
        Formats.fakeFp4(fp4, 3, 100, 32);
        for (int i = 0; i < original.length; i++) {
            boolean inside = i >= 3 && i < 103;
            assertThat(fp8[i])
                    .isEqualTo(inside ? stored(original, i, 64, FormatsTest::e4m3, E4M3_MAX_CODE) : original[i]);
            assertThat(fp4[i])
                    .isEqualTo(inside ? stored(original, i, 32, FormatsTest::e2m1, E2M1_MAX_CODE) : original[i]);
        }
    }

    private static float stored(float[] v, int i, int group, IntToDoubleFunction decode, int maxCode) {
        int start = 3 + (i - 3) / group * group;
        float max = 0;
        for (int j = start; j < Math.min(start + group, 103); j++) {
            max = Math.max(max, Math.abs(v[j]));
        }
        double scale = groupScale(max, (float) (1 / decode.applyAsDouble(maxCode)));
        double magnitude = decode.applyAsDouble(nearest(decode, maxCode, Math.abs(v[i]) / scale)) * scale;
        return (float) Math.copySign(magnitude, v[i]);
    }

    @Test
    void showsAFaultInEveryValueOfItsGroup() {
        for (float fault : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            float[] fp8 = new float[128];
            fp8[5] = fault;
            float[] fp4 = fp8.clone();
            Formats.fakeFp8(fp8, 0, 128, 64);
            Formats.fakeFp4(fp4, 0, 128, 32);
            for (int i = 0; i < 128; i++) {
                assertThat(Float.isNaN(fp8[i])).isEqualTo(i < 64);
                assertThat(Float.isNaN(fp4[i])).isEqualTo(i < 32);
            }
        }
    }

    @Test
    void changesNothingWhenRepeated() {
        Random random = new Random(7);
        float[] once = new float[1024];
        for (int i = 0; i < once.length; i++) {
            once[i] = (float) random.nextGaussian();
        }
        Formats.fakeFp8(once, 0, once.length, 64);
        float[] twice = once.clone();
        Formats.fakeFp8(twice, 0, twice.length, 64);
        assertThat(Arrays.equals(once, twice)).isTrue();
    }
}
