package dev.hadal.cache;

import org.jspecify.annotations.Nullable;

/**
 * What is known of a sequence of ids.
 *
 * @param matched  how many of its first ids are a known path
 * @param reused   position of the nearest snapshot on it, 0 if there is none; what follows is to be computed
 * @param given    the id after the match, {@link #NO_ID} if the sequence ends there
 * @param cached   the id that the known path has there, of several the youngest; {@link #NO_ID} if it ends there
 * @param evicted  position of the last snapshot beyond {@code reused} that would have served but was evicted, 0 if none
 * @param lease    the snapshot, pinned; null if there is none
 */
public record PrefixMatch(
        int matched,
        int reused,
        int given,
        int cached,
        int evicted,
        @Nullable Lease lease) {
    /** In place of an id where there is none. */
    public static final int NO_ID = -1;

    /** Why not everything that might have been known was of use. */
    public enum Cause {
        /** Everything known was of use; at most the way from the last waypoint is computed again. */
        NONE,
        /** No path begins like this one. */
        NOTHING_KNOWN,
        /** The known path has another id after the match. */
        DIFFERENT_ID,
        /** A snapshot nearer to the end of the match was evicted. */
        EVICTED
    }

    /** Why not everything that might have been known was of use. */
    public Cause cause() {
        if (evicted > 0) {
            return Cause.EVICTED;
        }
        if (cached != NO_ID && given != NO_ID) {
            return matched == 0 ? Cause.NOTHING_KNOWN : Cause.DIFFERENT_ID;
        }
        return matched == 0 ? Cause.NOTHING_KNOWN : Cause.NONE;
    }
}
