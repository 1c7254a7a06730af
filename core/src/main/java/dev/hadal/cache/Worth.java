package dev.hadal.cache;

import org.jspecify.annotations.Nullable;

/**
 * What a snapshot is worth: the tokens that it saves, times how likely it is to be asked for, for each byte that it
 * takes; above a floor that rises with what had to be evicted, so that what is not used sinks (Cao and Irani's
 * GreedyDual-Size with frequency).
 */
final class Worth {
    /** Nearly every conversation goes on from its last turn; few leave the path just after a given waypoint. */
    private static final double TURN_END = 16;

    private double floor;

    /** A snapshot was of use just now, or is new. */
    void touch(Snapshot snapshot) {
        snapshot.floor = floor;
    }

    /** A snapshot was evicted: it was the least worth. */
    void evicted(double worth) {
        floor = Math.max(floor, worth);
    }

    /** What the snapshot at a place is worth. */
    double of(Node node) {
        Snapshot snapshot = Accounts.snapshot(node);
        Node above = node.snapshotAbove();
        double tokens = node.depth - (above == null ? 0 : above.depth);
        return snapshot.floor + gain(tokens, weight(node, snapshot), snapshot.freedBytes);
    }

    /** What a snapshot would be worth that is to be put below {@code above}. */
    double ofNew(@Nullable Node above, int position, SnapshotKind kind, long bytes) {
        double tokens = position - (above == null ? 0 : above.depth);
        return floor + gain(tokens, kind == SnapshotKind.TURN_END ? TURN_END : 1, bytes);
    }

    private static double gain(double tokens, double weight, long bytes) {
        return tokens * weight / Math.max(1, bytes);
    }

    /** A turn that was followed by another one is a waypoint. */
    private static double weight(Node node, Snapshot snapshot) {
        boolean last = snapshot.kind == SnapshotKind.TURN_END
                && Accounts.snapshotsBelow(node).stream()
                        .noneMatch(below -> Accounts.snapshot(below).kind == SnapshotKind.TURN_END);
        return (last ? TURN_END : 1) + snapshot.hits;
    }
}
