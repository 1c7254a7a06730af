package dev.hadal.model.v4;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hadal.kernel.KernelSelector;
import dev.hadal.model.NumericsMode;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class StepTimesTest {
    @Test
    void aMeasuredModelGivesEachPartItsTime() {
        try (Golden golden = Golden.open("flash");
                DeepSeekV4 model = golden.model(NumericsMode.QAT, KernelSelector.scalar(), 2)) {
            int[] ids = Arrays.copyOf(golden.ids(), 40);
            StepTimes times = StepTimes.of(model.threads());
            model.measure(times);
            long start = System.nanoTime();
            golden.logits(model, ids, 20);
            long elapsed = System.nanoTime() - start;
            assertThat(times.steps()).isEqualTo(2);
            for (StepTimes.Part part : StepTimes.Part.values()) {
                assertThat(times.nanos(part)).as(part.label()).isPositive();
            }
            assertThat(times.nanos()).isBetween(elapsed / 4, elapsed);
            model.measure(null);
            golden.logits(model, ids, 40);
            assertThat(times.steps()).isEqualTo(2);
        }
    }

    @Test
    void gatheringGetsItsShareOfTheWorkersTime() {
        StepTimes times = StepTimes.of(2);
        times.start();
        long secondAgo = System.nanoTime() - 1_000_000_000;
        times.gathered(1, secondAgo);
        times.markAttention();
        assertThat(times.nanos(StepTimes.Part.GATHER)).isBetween(500_000_000L, 600_000_000L);
        assertThat(times.nanos(StepTimes.Part.ATTENTION)).isNegative();
    }

    @Test
    void timesThatAreOffCountNothing() {
        StepTimes off = StepTimes.off();
        off.start();
        off.mark(StepTimes.Part.HEAD);
        off.gathered(3, off.clock());
        off.markAttention();
        assertThat(off.nanos()).isZero();
        assertThat(off.steps()).isZero();
    }
}
