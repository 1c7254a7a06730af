package dev.hadal.cache;

/**
 * How far apart waypoints are: twice as far when snapshots had to be evicted for want of memory, half as far again when
 * for a while none had to.
 */
final class Spacing {
    /** So many snapshots are taken in before another eviction widens again: a change needs time to show. */
    private static final int CALM = 16;
    /** So many without an eviction narrow. */
    private static final int EASE = 64;

    private final int least;
    private final int widest;
    private int current;
    private int sinceChange = CALM;
    private int sinceEviction;

    Spacing(CacheOptions options) {
        least = options.spacing();
        widest = options.widestSpacing();
        current = least;
    }

    int tokens() {
        return current;
    }

    /** A snapshot came in. */
    void inserted() {
        sinceChange++;
        if (++sinceEviction >= EASE && current > least) {
            change(current / 2);
        }
    }

    /** A snapshot had to go. */
    void evicted() {
        sinceEviction = 0;
        if (sinceChange >= CALM && current < widest) {
            change(2 * current);
        }
    }

    private void change(int tokens) {
        current = tokens;
        sinceChange = 0;
        sinceEviction = 0;
    }
}
