package dev.hadal.engine;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Whether the engine works as it should, told by its own thread and asked by others. */
final class Health {
    private final int faultsUntilUnhealthy;
    private final Duration longestStep;
    private final LongSupplier clock;
    private final AtomicInteger faultsInARow = new AtomicInteger();
    private volatile long stepBegan = -1;
    private volatile @Nullable Throwable collapse;

    Health(EngineOptions options, LongSupplier clock) {
        this.faultsUntilUnhealthy = options.faultsUntilUnhealthy();
        this.longestStep = options.longestStep();
        this.clock = clock;
    }

    /** A step begins; gives the time. */
    long stepBegins() {
        long now = clock.getAsLong();
        stepBegan = now;
        return now;
    }

    void stepFailed() {
        stepBegan = -1;
        faultsInARow.incrementAndGet();
    }

    void stepSucceeded() {
        stepBegan = -1;
        faultsInARow.set(0);
    }

    void collapsed(Throwable cause) {
        collapse = cause;
    }

    /** What is wrong; empty if nothing is. */
    String complaint() {
        Throwable fatal = collapse;
        if (fatal != null) {
            return "the engine failed: " + fatal;
        }
        int faults = faultsInARow.get();
        if (faults >= faultsUntilUnhealthy) {
            return "the last " + faults + " steps failed";
        }
        long began = stepBegan;
        if (began >= 0 && clock.getAsLong() - began > longestStep.toNanos()) {
            return "a step has been running for more than " + longestStep.toSeconds() + " s";
        }
        return "";
    }
}
