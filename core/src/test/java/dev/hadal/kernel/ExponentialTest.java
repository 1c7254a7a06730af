package dev.hadal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExponentialTest {
    /** Prime, so that over all bit patterns every mantissa bit takes both values at every exponent. */
    private static final int STEP = 1999;

    @Test
    void isWithinTwoUnitsInTheLastPlaceOverAllBitPatterns() {
        double worst = 0;
        for (long bits = 0; bits < 1L << 32; bits += STEP) {
            worst = Math.max(worst, error(Float.intBitsToFloat((int) bits)));
        }
        assertThat(worst).isLessThanOrEqualTo(2);
    }

    @Test
    void isWithinTwoUnitsInTheLastPlaceWhereItIsUsedMost() {
        double worst = 0;
        for (float x = -88f; x < 1f; x += 0x1p-14f) {
            worst = Math.max(worst, error(x));
        }
        assertThat(worst).isLessThanOrEqualTo(2);
    }

    /** Every float for a stretch around both ends, where exponents overflow if the reduction is off by one. */
    @ParameterizedTest
    @ValueSource(floats = {Exponential.LOWEST, Exponential.HIGHEST})
    void isRightUpToItsLimits(float limit) {
        double worst = 0;
        float x = limit;
        for (int i = 0; i < 200_000; i++) {
            worst = Math.max(worst, error(x));
            x = limit < 0 ? Math.nextUp(x) : Math.nextDown(x);
        }
        assertThat(worst).isLessThanOrEqualTo(2);
    }

    @Test
    void endsWhereTheFloatsEnd() {
        assertThat(Exponential.exp(Exponential.LOWEST)).isGreaterThanOrEqualTo(Float.MIN_NORMAL);
        assertThat(Exponential.exp(Math.nextDown(Exponential.LOWEST))).isZero();
        assertThat(Math.exp(Math.nextDown(Exponential.LOWEST))).isLessThan(Float.MIN_NORMAL);
        assertThat(Exponential.exp(Exponential.HIGHEST)).isLessThanOrEqualTo(Float.MAX_VALUE);
        assertThat(Exponential.exp(Math.nextUp(Exponential.HIGHEST))).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(Math.exp(Math.nextUp(Exponential.HIGHEST))).isGreaterThan(Float.MAX_VALUE);
    }

    @Test
    void knowsTheSpecialValues() {
        assertThat(Exponential.exp(0f)).isEqualTo(1f);
        assertThat(Exponential.exp(-0f)).isEqualTo(1f);
        assertThat(Exponential.exp(Float.NEGATIVE_INFINITY)).isZero();
        assertThat(Exponential.exp(Float.POSITIVE_INFINITY)).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(Exponential.exp(Float.NaN)).isNaN();
        assertThat(Exponential.exp(Float.MIN_VALUE)).isEqualTo(1f);
    }

    /** Distance from the true value in units of its last place; outside of the limits, from what is promised there. */
    private static double error(float x) {
        float actual = Exponential.exp(x);
        if (Float.isNaN(x)) {
            return Float.isNaN(actual) ? 0 : Double.POSITIVE_INFINITY;
        }
        if (x < Exponential.LOWEST || x > Exponential.HIGHEST) {
            return actual == (x < 0 ? 0f : Float.POSITIVE_INFINITY) ? 0 : Double.POSITIVE_INFINITY;
        }
        double expected = StrictMath.exp(x);
        return Math.abs(actual - expected) / Math.ulp((float) expected);
    }
}
