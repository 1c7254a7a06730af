package dev.hadal.cache;

/**
 * What a {@link PrefixTree} holds and has done.
 *
 * @param snapshots    snapshots held
 * @param bytes        memory of the snapshots, what snapshots of one path share once; running sequences may share it too
 * @param pinned       snapshots that a lease holds
 * @param ids          token ids of all paths, 4 bytes each
 * @param spacing      distance of waypoints now
 * @param counts       events since the start
 */
public record CacheStatus(int snapshots, long bytes, int pinned, long ids, int spacing, Counts counts) {
    /**
     * Events.
     *
     * @param hits         lookups that found a snapshot
     * @param misses       lookups that did not
     * @param reusedTokens positions of the snapshots found, together
     * @param inserted     snapshots taken in
     * @param refused      snapshots not taken in, because what is there is worth more
     * @param evicted      snapshots that had to go
     */
    public record Counts(long hits, long misses, long reusedTokens, long inserted, long refused, long evicted) {
        static final Counts ZERO = new Counts(0, 0, 0, 0, 0, 0);

        Counts withHit(int tokens) {
            return new Counts(hits + 1, misses, reusedTokens + tokens, inserted, refused, evicted);
        }

        Counts withMiss() {
            return new Counts(hits, misses + 1, reusedTokens, inserted, refused, evicted);
        }

        Counts withInserted() {
            return new Counts(hits, misses, reusedTokens, inserted + 1, refused, evicted);
        }

        Counts withRefused() {
            return new Counts(hits, misses, reusedTokens, inserted, refused + 1, evicted);
        }

        Counts withEvicted() {
            return new Counts(hits, misses, reusedTokens, inserted, refused, evicted + 1);
        }
    }
}
