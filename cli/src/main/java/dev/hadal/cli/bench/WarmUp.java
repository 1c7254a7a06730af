package dev.hadal.cli.bench;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Repeats a workload unmeasured until the just-in-time compiler has come to rest: until it took less than a hundredth of
 * the time of the last runs, of a second or more together. Otherwise the first figures would be those of code that is
 * still being compiled, on processors that the compiler shares.
 */
public final class WarmUp {
    /** Compilations are counted when they end, so shorter times would hide those that take longer. */
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long mostNanos;
    private final LongSupplier nanos;
    private final @Nullable LongSupplier compiledMillis;

    /** Whether the compiler worked during the last runs. */
    public enum Compiler {
        /** Hardly at all. */
        AT_REST,
        /** Still, when the time was up. */
        AT_WORK,
        /** The virtual machine does not tell. */
        UNKNOWN
    }

    /**
     * What was done before the measured runs.
     *
     * @param runs unmeasured runs
     * @param nanos what they took
     * @param compiler whether it worked until the end
     */
    public record Outcome(int runs, long nanos, Compiler compiler) {}

    /**
     * A warm-up.
     *
     * @param mostNanos after which no other run begins
     * @param nanos the time
     * @param compiledMillis time that the compiler has worked so far; null if the virtual machine does not tell, which
     *     leaves one run
     */
    WarmUp(long mostNanos, LongSupplier nanos, @Nullable LongSupplier compiledMillis) {
        this.mostNanos = mostNanos;
        this.nanos = nanos;
        this.compiledMillis = compiledMillis;
    }

    /** One that asks this virtual machine. */
    static WarmUp ofThisProcess(long mostNanos) {
        CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        boolean tells = compiler != null && compiler.isCompilationTimeMonitoringSupported();
        return new WarmUp(mostNanos, System::nanoTime, tells ? compiler::getTotalCompilationTime : null);
    }

    /** Runs the workload at least once. */
    Outcome run(Runnable workload) {
        long begin = nanos.getAsLong();
        if (compiledMillis == null) {
            workload.run();
            return new Outcome(1, nanos.getAsLong() - begin, Compiler.UNKNOWN);
        }
        int runs = 0;
        long now = begin;
        while (true) {
            long windowBegin = now;
            long compiledBefore = compiledMillis.getAsLong();
            do {
                workload.run();
                runs++;
                now = nanos.getAsLong();
            } while (now - windowBegin < WINDOW_NANOS && now - begin < mostNanos);
            long compiled = TimeUnit.MILLISECONDS.toNanos(compiledMillis.getAsLong() - compiledBefore);
            if (compiled * 100 < now - windowBegin) {
                return new Outcome(runs, now - begin, Compiler.AT_REST);
            }
            if (now - begin >= mostNanos) {
                return new Outcome(runs, now - begin, Compiler.AT_WORK);
            }
        }
    }
}
