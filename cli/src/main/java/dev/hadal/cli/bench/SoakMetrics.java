package dev.hadal.cli.bench;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/** The metrics of a server under test. */
final class SoakMetrics {
    private static final long SOON_NANOS = 5_000_000_000L;

    private static final double MEGA = 1e6;

    private final SoakClient client;

    SoakMetrics(SoakClient client) {
        this.client = client;
    }

    /** A metric, summed over its labels; 0 if there is none or this key may not see it. */
    double read(String name) throws IOException {
        try (SoakClient.Response response = client.get("/metrics")) {
            return response.status() != 200
                    ? 0
                    : response.text()
                            .lines()
                            .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                            .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                            .sum();
        }
    }

    /** A metric that should become zero soon after the last request: its value then, or after some seconds. */
    double settled(String name) throws IOException {
        long until = System.nanoTime() + SOON_NANOS;
        double value = read(name);
        while (value != 0 && System.nanoTime() < until) {
            LockSupport.parkNanos(SOON_NANOS / 100);
            value = read(name);
        }
        return value;
    }

    /** Waits until a metric is as large, but not for long. */
    void awaitAtLeast(double wanted, String name) throws IOException {
        long until = System.nanoTime() + SOON_NANOS;
        while (read(name) < wanted && System.nanoTime() < until) {
            LockSupport.parkNanos(SOON_NANOS / 100);
        }
    }

    /**
     * Heap of this process in use by what is alive, in MB; the full collection for it takes a fraction of a second from
     * whatever runs.
     */
    static double liveHeap() {
        System.gc();
        return (Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()) / MEGA;
    }
}
