package dev.hadal.cli.bench;

import dev.hadal.kernel.KernelSelector;
import dev.hadal.kernel.WorkerPool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Measures the limits that a model's speed is compared with: how fast threads sum up an array that no cache holds, and
 * how fast they multiply and add in registers. Of the passes over memory the median counts: the bus is shared with
 * others on the same host, and a model has to live with what it gives over time. Of multiply-adds the best pass counts.
 */
public final class MachineProbe implements AutoCloseable {
    /**
     * Of 128 MiB a cache of 32 MiB would still hold a part from one round to the next, and the figure come out a fifth
     * too high.
     */
    private static final long MOST_ARRAY_BYTES = 512L << 20;
    /** In passing, where the array adds to what a server holds. */
    private static final long FEWER_ARRAY_BYTES = 192L << 20;
    /** The array is read a piece at a time. */
    private static final int PIECES = 16;

    private static final int MULTIPLY_ADDS = 1 << 20;

    private final WorkerPool one = new WorkerPool(1);
    private final WorkerPool all;
    private final long[] array;
    private final boolean vectors = KernelSelector.vectorModulePresent();
    private int piece;
    private final long nanos;
    /** What the threads compute, kept so that the compiler cannot leave it out. */
    private final double[] results;

    private MachineProbe(int threads, long nanos, long room) {
        long bytes = Math.min(MOST_ARRAY_BYTES, room / 4);
        this.all = new WorkerPool(threads);
        this.nanos = nanos;
        this.results = new double[threads];
        this.array = new long[(int) (bytes / Long.BYTES)];
        // Memory that nobody has written is all the same page of zeros.
        Arrays.setAll(array, i -> i);
    }

    /**
     * Measures, with an array of at most a quarter of the heap that is garbage afterwards.
     *
     * @param threads of the second measurement of each pair
     * @param nanos for how long each figure is measured
     */
    public static MachineLimits measure(int threads, long nanos) {
        // The array of an earlier measurement would count as memory that the model needed.
        Runtime.getRuntime().gc();
        try (MachineProbe probe =
                new MachineProbe(threads, nanos, Runtime.getRuntime().maxMemory())) {
            return new MachineLimits(
                    threads,
                    probe.median(() -> probe.read(probe.one)) / 1e9,
                    probe.median(() -> probe.read(probe.all)) / 1e9,
                    probe.best(() -> probe.multiplyAdd(probe.one)) / 1e9,
                    probe.best(() -> probe.multiplyAdd(probe.all)) / 1e9);
        }
    }

    /**
     * Bytes a second that so many threads read together, measured in passing: without a collection of garbage first, and
     * with a quarter of what the heap has left.
     */
    public static double readRate(int threads, long nanos) {
        Runtime runtime = Runtime.getRuntime();
        long left = runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory();
        long room = Math.min(left, 4 * FEWER_ARRAY_BYTES);
        try (MachineProbe probe = new MachineProbe(threads, nanos, room)) {
            return probe.median(() -> probe.read(probe.all));
        }
    }

    /** The middle one of the rates, in units per second, that passes of so many units reach within the time. */
    private double median(LongSupplier pass) {
        List<Double> rates = new ArrayList<>();
        long end = System.nanoTime() + nanos;
        long start = System.nanoTime();
        do {
            long units = pass.getAsLong();
            long now = System.nanoTime();
            rates.add(units * 1e9 / (now - start));
            start = now;
        } while (start < end);
        Collections.sort(rates);
        return rates.get(rates.size() / 2);
    }

    /** The highest of the rates, in units per second, that passes of so many units reach within the time. */
    private double best(LongSupplier pass) {
        double best = 0;
        long end = System.nanoTime() + nanos;
        long start = System.nanoTime();
        do {
            long units = pass.getAsLong();
            long now = System.nanoTime();
            best = Math.max(best, units * 1e9 / (now - start));
            start = now;
        } while (start < end);
        return best;
    }

    private long read(WorkerPool pool) {
        int part = array.length / PIECES / pool.threads();
        int first = piece * (array.length / PIECES);
        piece = (piece + 1) % PIECES;
        pool.run(pool.threads(), (item, worker) -> {
            int from = first + item * part;
            results[item] = vectors ? VectorSum.run(array, from, from + part) : sum(from, from + part);
        });
        return (long) part * pool.threads() * Long.BYTES;
    }

    private long sum(int from, int to) {
        long sum = 0;
        for (int i = from; i < to; i++) {
            sum += array[i];
        }
        return sum;
    }

    private long multiplyAdd(WorkerPool pool) {
        pool.run(
                pool.threads(),
                (item, worker) -> results[item] =
                        vectors ? VectorMultiplyAdd.run(MULTIPLY_ADDS) : scalarMultiplyAdd(MULTIPLY_ADDS));
        int lanes = vectors ? VectorMultiplyAdd.LANES : 1;
        return 2L * VectorMultiplyAdd.CHAINS * lanes * MULTIPLY_ADDS * pool.threads();
    }

    /** For a JVM without the vector module, whose kernels are limited by this too. */
    private static float scalarMultiplyAdd(int steps) {
        float[] chain = new float[VectorMultiplyAdd.CHAINS];
        for (int step = 0; step < steps; step++) {
            for (int i = 0; i < chain.length; i++) {
                chain[i] = Math.fma(chain[i], 0.5f, 0.25f);
            }
        }
        return chain[0];
    }

    @Override
    public void close() {
        one.close();
        all.close();
    }
}
