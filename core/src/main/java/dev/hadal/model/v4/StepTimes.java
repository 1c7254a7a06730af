package dev.hadal.model.v4;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * Adds up the time of steps by part of the model. {@link DeepSeekV4#measure} fills one; a model that is not measured
 * has one that is off, which costs a comparison at each mark. Time runs on the calling thread: a part lasts from the
 * mark before it to its own, waiting included. Only {@link Part#GATHER} goes on inside a loop that is shared out; it
 * gets its share of the workers' time.
 */
public final class StepTimes {
    /** Values between two workers' counters, so that they do not share a cache line. */
    private static final int PAD = 8;

    private final Map<Part, Long> nanos = new EnumMap<>(Part.class);
    private final long[] gathering;
    private final boolean on;
    private long last;
    private int steps;

    /** The parts of a step, in the order in which a layer passes them. */
    public enum Part {
        /** Mixing of the residual streams, norms, embedding. */
        MIXING,
        /** Queries, keys, what compressors pool, and the output of attention, with norms and rotation. */
        PROJECTIONS,
        /** Pooling of tokens into compressed entries. */
        COMPRESSION,
        /** Index keys and queries, scores, selection. */
        INDEXER,
        /** Reading the keys that a row attends to out of its caches. */
        GATHER,
        /** The products with gathered keys and values, and the softmax. */
        ATTENTION,
        /** Router, routed and shared experts. */
        EXPERTS,
        /** The final mix, the output matrix. */
        HEAD;

        /** In words. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private StepTimes(int threads, boolean on) {
        this.gathering = new long[threads * PAD];
        this.on = on;
    }

    /** An empty sum for a model that computes on {@code threads} threads. */
    public static StepTimes of(int threads) {
        return new StepTimes(threads, true);
    }

    /** One that does nothing. */
    static StepTimes off() {
        return new StepTimes(0, false);
    }

    /** A step begins. */
    void start() {
        if (on) {
            steps++;
            last = System.nanoTime();
        }
    }

    /** What was done since the last mark belongs to {@code part}. */
    void mark(Part part) {
        if (on) {
            long now = System.nanoTime();
            nanos.merge(part, now - last, Long::sum);
            last = now;
        }
    }

    /** As {@link #mark}, for a loop in which workers gathered. */
    void markAttention() {
        if (on) {
            long gathered = 0;
            for (int i = 0; i < gathering.length; i += PAD) {
                gathered += gathering[i];
                gathering[i] = 0;
            }
            mark(Part.ATTENTION);
            long share = gathered * PAD / gathering.length;
            nanos.merge(Part.GATHER, share, Long::sum);
            nanos.merge(Part.ATTENTION, -share, Long::sum);
        }
    }

    /** The time now, for {@link #gathered}. */
    long clock() {
        return on ? System.nanoTime() : 0;
    }

    /** A worker has gathered since {@code start}. */
    void gathered(int worker, long start) {
        if (on) {
            gathering[worker * PAD] += System.nanoTime() - start;
        }
    }

    /** Batches measured. */
    public int steps() {
        return steps;
    }

    /** Time of a part in all steps, in nanoseconds. */
    public long nanos(Part part) {
        return nanos.getOrDefault(part, 0L);
    }

    /** Time of all parts, in nanoseconds. */
    public long nanos() {
        return nanos.values().stream().mapToLong(Long::longValue).sum();
    }
}
