package dev.hadal.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** On clocks that only the workload moves. */
class WarmUpTest {
    private static final long MOST_SECONDS = 20;

    private long millis;
    private long compiled;
    private int runs;

    @Test
    void endsWithTheFirstLongRunInWhichHardlyAnythingWasCompiled() {
        // 800, 400, 200, ... of 2,000 ms: fewer than 20 in the seventh run.
        assertThat(warmUp(MOST_SECONDS).run(() -> spend(2000, 800 >> runs)))
                .isEqualTo(outcome(7, 14_000, WarmUp.Compiler.AT_REST));
    }

    @Test
    void oneRunIsEnoughIfNothingIsCompiled() {
        assertThat(warmUp(MOST_SECONDS).run(() -> spend(2000, 0))).isEqualTo(outcome(1, 2000, WarmUp.Compiler.AT_REST));
    }

    @Test
    void shortRunsAreJudgedTogetherByTheSecond() {
        // In each of the first two seconds one run of five ends a compilation.
        assertThat(warmUp(MOST_SECONDS).run(() -> spend(200, runs == 4 || runs == 7 ? 50 : 0)))
                .isEqualTo(outcome(15, 3000, WarmUp.Compiler.AT_REST));
    }

    @Test
    void saysThatTheCompilerWasStillAtWorkWhenTheTimeWasUp() {
        assertThat(warmUp(MOST_SECONDS).run(() -> spend(3000, 30)))
                .isEqualTo(outcome(7, 21_000, WarmUp.Compiler.AT_WORK));
    }

    @Test
    void aWorkloadThatTakesLongerThanTheTimeRunsOnce() {
        assertThat(warmUp(MOST_SECONDS).run(() -> spend(45_000, 9000)))
                .isEqualTo(outcome(1, 45_000, WarmUp.Compiler.AT_WORK));
    }

    @Test
    void withoutTimeForMoreOneRunIsMade() {
        assertThat(warmUp(0).run(() -> spend(10, 10))).isEqualTo(outcome(1, 10, WarmUp.Compiler.AT_WORK));
    }

    @Test
    void aVirtualMachineThatDoesNotTellKeepsOneRun() {
        WarmUp blind = new WarmUp(TimeUnit.SECONDS.toNanos(MOST_SECONDS), this::nanos, null);
        assertThat(blind.run(() -> spend(100, 100))).isEqualTo(outcome(1, 100, WarmUp.Compiler.UNKNOWN));
    }

    @Test
    void thisVirtualMachineTells() {
        WarmUp.Outcome outcome = WarmUp.ofThisProcess(0).run(() -> runs++);
        assertThat(outcome.runs()).isEqualTo(1);
        assertThat(runs).isEqualTo(1);
        assertThat(outcome.compiler()).isNotEqualTo(WarmUp.Compiler.UNKNOWN);
    }

    private WarmUp warmUp(long seconds) {
        return new WarmUp(TimeUnit.SECONDS.toNanos(seconds), this::nanos, () -> compiled);
    }

    private long nanos() {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private void spend(long runMillis, long compileMillis) {
        millis += runMillis;
        compiled += compileMillis;
        runs++;
    }

    /** Also that the workload ran so often and no more. */
    private WarmUp.Outcome outcome(int expectedRuns, long expectedMillis, WarmUp.Compiler compiler) {
        assertThat(runs).isEqualTo(expectedRuns);
        return new WarmUp.Outcome(expectedRuns, TimeUnit.MILLISECONDS.toNanos(expectedMillis), compiler);
    }
}
