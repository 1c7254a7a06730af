package dev.hadal.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hadal.model.v4.StepTimes;
import java.util.List;
import org.junit.jupiter.api.Test;

class MeasurementTest {
    private static final long MILLI = 1_000_000;

    private static final WarmUp.Outcome WARM = new WarmUp.Outcome(1, MILLI, WarmUp.Compiler.AT_REST);

    /** Ten tokens of two sequences in 200, 100 and 400 ms, reading a gigabyte. */
    private static final Measurement ODD = new Measurement(
            Workload.decode(10, 4096, 2),
            WARM,
            List.of(
                    new Measurement.Run(200 * MILLI, 300 * MILLI),
                    new Measurement.Run(100 * MILLI, 200 * MILLI),
                    new Measurement.Run(400 * MILLI, 500 * MILLI)),
            StepTimes.of(1),
            1e9,
            2e9);

    @Test
    void speedIsTheMedianOverAllSequences() {
        assertThat(ODD.tokensPerSecond()).isCloseTo(100, within(1e-9));
        assertThat(ODD.wallMillisPerToken()).isCloseTo(10, within(1e-9));
        assertThat(ODD.cpuMillisPerToken()).isCloseTo(15, within(1e-9));
    }

    @Test
    void spreadIsHalfTheRange() {
        assertThat(ODD.spread()).isCloseTo((200 - 50) / 2.0, within(1e-9));
    }

    @Test
    void ratesComeFromTheMedianTime() {
        assertThat(ODD.gigabytesPerSecond()).isCloseTo(5, within(1e-9));
        assertThat(ODD.gigaflopsPerSecond()).isCloseTo(10, within(1e-9));
    }

    @Test
    void anEvenNumberOfRunsHasTheMeanOfTheMiddleTwo() {
        Measurement even =
                new Measurement(Workload.prefill(30, 0), WARM, ODD.runs().subList(0, 2), StepTimes.of(1), 1, 1);
        assertThat(even.seconds()).isCloseTo(0.15, within(1e-9));
        assertThat(even.tokensPerSecond()).isCloseTo(200, within(1e-9));
    }

    @Test
    void workloadsAreNamedAsInLlamaBench() {
        assertThat(Workload.prefill(512, 0).name()).isEqualTo("pp512");
        assertThat(Workload.decode(64, 0, 1).name()).isEqualTo("tg64");
        assertThat(ODD.workload().name()).isEqualTo("tg10 x 2");
    }
}
