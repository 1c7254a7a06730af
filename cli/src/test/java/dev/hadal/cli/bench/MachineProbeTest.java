package dev.hadal.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MachineProbeTest {
    @Test
    void figuresAreThoseOfAComputer() {
        MachineLimits limits = MachineProbe.measure(2, TimeUnit.MILLISECONDS.toNanos(50));
        assertThat(limits.threads()).isEqualTo(2);
        assertThat(limits.readOne()).isBetween(0.01, 2000.0);
        assertThat(limits.readAll()).isBetween(0.01, 4000.0);
        assertThat(limits.fmaOne()).isBetween(0.001, 2000.0);
        assertThat(limits.fmaAll()).isBetween(0.001, 4000.0);
    }

    @Test
    void theBestOfTwoMeasurementsIsTakenFigureByFigure() {
        MachineLimits quiet = new MachineLimits(2, 20, 30, 100, 150);
        MachineLimits busy = new MachineLimits(2, 10, 40, 90, 200);
        assertThat(quiet.best(busy)).isEqualTo(new MachineLimits(2, 20, 40, 100, 200));
    }

    /** Every chain tends to one half from wherever it starts. */
    @Test
    void multiplyAddsAreReallyDone() {
        assertThat(VectorMultiplyAdd.run(1000)).isEqualTo(0.5f * VectorMultiplyAdd.CHAINS);
        assertThat(VectorMultiplyAdd.run(0)).isEqualTo(0.25f * VectorMultiplyAdd.CHAINS + 45f);
    }
}
