package dev.hadal.cli.bench;

/**
 * What this machine was measured to do at most.
 *
 * @param threads how many "all" threads are
 * @param readOne memory read by one thread, GB/s
 * @param readAll memory read by all threads, GB/s
 * @param fmaOne single-precision multiply-adds of one thread, GFLOP/s
 * @param fmaAll the same of all threads
 */
public record MachineLimits(int threads, double readOne, double readAll, double fmaOne, double fmaAll) {
    /** The better of two measurements, figure by figure: other processes can only take away. */
    public MachineLimits best(MachineLimits other) {
        return new MachineLimits(
                threads,
                Math.max(readOne, other.readOne),
                Math.max(readAll, other.readAll),
                Math.max(fmaOne, other.fmaOne),
                Math.max(fmaAll, other.fmaAll));
    }
}
