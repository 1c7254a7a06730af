package dev.hadal.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ExpTest {
    @Test
    void isExactAtTheEnds() {
        assertThat(Exp.exp(0)).isEqualTo(1);
        assertThat(Exp.exp(-0.0)).isEqualTo(1);
    }

    @Test
    void agreesWithTheStrictExponentialToTwoOfTheLastPlace() {
        Random random = new Random(1);
        for (int round = 0; round < 300_000; round++) {
            double x = -random.nextDouble() * (round % 3 == 0 ? 50 : round % 3 == 1 ? 1 : 700);
            // The reference may itself be off by one place.
            assertThat(Math.abs(Exp.exp(x) - StrictMath.exp(x)))
                    .as("exp(%s)", x)
                    .isLessThanOrEqualTo(2 * Math.ulp(StrictMath.exp(x)));
        }
    }
}
