package dev.hadal.server.script;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Time for a scripted model.
 *
 * @param nanos the time
 * @param pause waits until a time
 */
record ScriptClock(LongSupplier nanos, Pause pause) {
    /** Waits. */
    interface Pause {
        /** Returns when it is so late, or when this thread is interrupted. */
        void until(long nanos);
    }

    /** Real time. */
    static ScriptClock real() {
        return new ScriptClock(System::nanoTime, ScriptClock::pause);
    }

    private static void pause(long until) {
        long left = until - System.nanoTime();
        while (left > 0 && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(left);
            left = until - System.nanoTime();
        }
    }
}
