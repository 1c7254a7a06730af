package dev.hadal.cli.bench;

import dev.hadal.model.v4.StepTimes;
import java.util.List;

/**
 * What was measured of a workload.
 *
 * @param workload what was timed
 * @param warmUp what was run before, unmeasured
 * @param runs one for each repeat
 * @param times of all runs, by part of the model
 * @param weightBytes bytes of weights that one run reads, by the stored formats, each once for a batch
 * @param matrixFlops floating-point operations of the matrix products of one run, a multiply-add being two
 */
public record Measurement(
        Workload workload,
        WarmUp.Outcome warmUp,
        List<Run> runs,
        StepTimes times,
        double weightBytes,
        double matrixFlops) {
    /** Copies the list. */
    public Measurement {
        runs = List.copyOf(runs);
    }

    /**
     * One repeat.
     *
     * @param wallNanos time that passed
     * @param cpuNanos processor time of the whole process, in the ticks of the system
     */
    public record Run(long wallNanos, long cpuNanos) {}

    /** The median of the time that passed, in seconds. */
    public double seconds() {
        return median(runs.stream().mapToLong(Run::wallNanos).sorted().toArray()) / 1e9;
    }

    /** The median of the speed, over all sequences. */
    public double tokensPerSecond() {
        return workload.totalTokens() / seconds();
    }

    /** Half of what lies between the fastest and the slowest run, in tokens per second. */
    public double spread() {
        long[] nanos = runs.stream().mapToLong(Run::wallNanos).sorted().toArray();
        return workload.totalTokens() * (1e9 / nanos[0] - 1e9 / nanos[nanos.length - 1]) / 2;
    }

    /** Median of the time that passed for one token, in milliseconds. */
    public double wallMillisPerToken() {
        return 1e3 * seconds() / workload.totalTokens();
    }

    /** Median of the processor time for one token, in milliseconds. */
    public double cpuMillisPerToken() {
        return median(runs.stream().mapToLong(Run::cpuNanos).sorted().toArray()) / 1e6 / workload.totalTokens();
    }

    /** Mean of the time of one token that a part of the model took, in milliseconds. */
    public double millisPerToken(StepTimes.Part part) {
        return times.nanos(part) / 1e6 / runs.size() / workload.totalTokens();
    }

    /** Weights read, in GB/s. */
    public double gigabytesPerSecond() {
        return weightBytes / seconds() / 1e9;
    }

    /** Matrix products, in GFLOP/s. */
    public double gigaflopsPerSecond() {
        return matrixFlops / seconds() / 1e9;
    }

    private static double median(long[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2.0;
    }
}
