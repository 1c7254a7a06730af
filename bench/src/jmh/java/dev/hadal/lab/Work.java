package dev.hadal.lab;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What a benchmark gets done, which JMH shows by the second: 10^9 bytes read, floating-point operations, or values. */
public class Work {
    private Work() {}

    /** GB/s of weights as they are stored, without their scales. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Read {
        /** 10^9 bytes. */
        public double gigabytes;

        void add(double bytes) {
            gigabytes += bytes / 1e9;
        }
    }

    /** GFLOP/s, a multiply-add being two. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Computed {
        /** 10^9 operations. */
        public double gigaflops;

        void add(double flops) {
            gigaflops += flops / 1e9;
        }
    }

    /** 10^9 values looked at. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Seen {
        /** 10^9 values. */
        public double gigavalues;

        void add(double values) {
            gigavalues += values / 1e9;
        }
    }
}
