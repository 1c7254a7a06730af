package dev.hadal.cache;

/** Why there is a snapshot at its position. */
public enum SnapshotKind {
    /** A prompt or an answer ended there: what comes next goes on from it. */
    TURN_END,
    /** On the way, so that a sequence that leaves the known path has not far to go. */
    WAYPOINT
}
