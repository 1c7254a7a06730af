package dev.hadal.cli;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Counts the requests to stop (SIGTERM, Ctrl-C). Shutdown hooks would see the first only, and could not choose the exit
 * code; the JVM's own class for signals is reached by reflection, as nothing promises that there will be one.
 */
final class StopSignals {
    private final Semaphore received = new Semaphore(0);

    /** Counts from now on. */
    static StopSignals listen() {
        StopSignals signals = new StopSignals();
        for (String name : new String[] {"TERM", "INT"}) {
            signals.handle(name);
        }
        return signals;
    }

    private void handle(String name) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object counting = Proxy.newProxyInstance(
                    handler.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            received.release();
                        }
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), counting);
        } catch (ReflectiveOperationException e) {
            // Then the process ends as any other does, without waiting for what runs.
            return;
        }
    }

    /** Waits for a signal. */
    void await() throws InterruptedException {
        received.acquire();
    }

    /** Waits for a signal for some time; whether one came. */
    boolean await(Duration limit) throws InterruptedException {
        return received.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Whether a signal has come that nobody has waited for. */
    boolean pending() {
        return received.availablePermits() > 0;
    }
}
